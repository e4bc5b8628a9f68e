// SPDX-License-Identifier: BSD-3-Clause
//
// Symmetrized: q_s(x) = (q(x) + q(-x)) / 2 of proposals whose density is known by hand, also where
// it vanishes in double precision.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <lanes/field/scalar.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/sampling/symmetrized.hpp>

using namespace lanes;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// Fields of two sites; ln q is the first number where the second is positive, and nothing
// elsewhere.
struct Half {
  using Field = Scalar;
  using Geometry = Lattice<2>;
  using Real = double;
  static constexpr std::size_t rows = 2;
  static Seed seed() { return Seed{5}; }

  static std::vector<double> log_density(const std::vector<double>& x) {
    std::vector<double> log_q;
    for (std::size_t i = 0; i < x.size(); i += 2) log_q.push_back(x[i + 1] > 0 ? x[i] : -infinity);
    return log_q;
  }
  static std::vector<double> action(int, const std::vector<double>& x) {
    std::vector<double> s;
    for (std::size_t i = 0; i < x.size(); i += 2) s.push_back(10 * x[i] + x[i + 1]);
    return s;
  }
  void propose(int theory, std::uint64_t first, std::size_t count, double* x, double* log_q,
               double* s) const {
    std::vector<double> drawn;
    for (std::size_t k = 0; k < count; ++k) {
      drawn.push_back(-1 - double(first + k));
      drawn.push_back(1);
    }
    const auto q = log_density(drawn), a = action(theory, drawn);
    std::copy(drawn.begin(), drawn.end(), x);
    std::copy(q.begin(), q.end(), log_q);
    std::copy(a.begin(), a.end(), s);
  }
};

}  // namespace

TEST_CASE("the mean of both densities, and of none") {
  Half half;
  const auto log_q =
      Symmetrized(half).log_density(std::vector<double>{-3, 1, 3, -1, 0.5, 0, -800, 2});
  CHECK(log_q[0] == doctest::Approx(-3 - std::log(2.0)));
  CHECK(log_q[1] == doctest::Approx(-3 - std::log(2.0)));
  CHECK(log_q[2] == -infinity);  // density 0 on both sides: not NaN
  CHECK(log_q[3] == doctest::Approx(-800 - std::log(2.0)));
}
TEST_CASE("proposals: half of them reflected, with their ln q and action") {
  Half half;
  Symmetrized both(half);
  constexpr std::size_t n = 400;
  std::vector<double> x(2 * n), log_q(n), s(n);
  both.propose(0, 0, n, x.data(), log_q.data(), s.data());
  int reflected = 0;
  for (std::size_t k = 0; k < n; ++k) {
    const double sign = x[2 * k + 1];
    reflected += sign < 0;
    CHECK(x[2 * k] == sign * (-1 - double(k)));
    CHECK(s[k] == 10 * x[2 * k] + x[2 * k + 1]);
    CHECK(log_q[k] == doctest::Approx(-1 - double(k) - std::log(2.0)));
  }
  CHECK(std::abs(reflected - 200) < 50);  // 5 sigma
}
