// SPDX-License-Identifier: BSD-3-Clause
//
// The laws hold for the shipped transform and notice each kind of mistake in a user's own.
#include <doctest/doctest.h>

#include <lanes/field/scalar.hpp>
#include <lanes/flow/coupling.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/testing/laws.hpp>

using namespace lanes;

namespace {

enum class Mistake {
  none,
  log_det,
  inverse,
  forward_adjoint_x,
  forward_adjoint_p,
  inverse_adjoint_x,
  inverse_adjoint_l
};

// Affine with one mistake of a part in a thousand.
template <Mistake M>
struct Mistaken {
  static constexpr int channels = 2;
  template <class T>
  static T off(Mistake here, T value) {
    return M == here ? value * T(1.001) : value;
  }
  template <class T>
  static Transformed<T> forward(T x, const T (&p)[2]) {
    const auto y = Affine::forward(x, p);
    return {y.value, off(Mistake::log_det, y.log_derivative)};
  }
  template <class T>
  static Transformed<T> inverse(T y, const T (&p)[2]) {
    const auto x = Affine::inverse(y, p);
    return {off(Mistake::inverse, x.value), off(Mistake::log_det, x.log_derivative)};
  }
  template <class T>
  static T forward_adjoint(T x, const T (&p)[2], T dy, T dl, T (&dp)[2]) {
    const T dx = Affine::forward_adjoint(x, p, dy, dl, dp);
    dp[0] = off(Mistake::forward_adjoint_p, dp[0]);
    return off(Mistake::forward_adjoint_x, dx);
  }
  template <class T>
  static T inverse_adjoint(T x, const T (&p)[2], T dx, T dl, T (&dp)[2]) {
    return off(Mistake::inverse_adjoint_x,
               Affine::inverse_adjoint(x, p, dx, off(Mistake::inverse_adjoint_l, dl), dp));
  }
};

template <Mistake M>
laws::FlowReport report() {
  using Flow =
      Repeat<2, Coupling<Checkerboard, Mistaken<M>, ConvNet<Channels<3>, Kernel<3>, Tanh>>>;
  return laws::check_flow<Double, Scalar, Lattice<4>, Flow>(Seed{2});
}

}  // namespace

TEST_CASE("no mistake: every law holds") {
  const auto r = report<Mistake::none>();
  CHECK(r.round_trip < Double::round_trip);
  for (double d :
       {r.log_det, r.score_field, r.score_parameters, r.pullback_field, r.pullback_parameters})
    CHECK(d < Double::gradient);
}
TEST_CASE("each mistake breaks its law") {
  CHECK(report<Mistake::log_det>().log_det > Double::gradient);
  CHECK(report<Mistake::inverse>().round_trip > Double::round_trip);
  const auto x = report<Mistake::forward_adjoint_x>();
  CHECK(x.pullback_field > Double::gradient);
  CHECK(x.score_field < Double::gradient);
  const auto p = report<Mistake::forward_adjoint_p>();
  CHECK(p.pullback_parameters > Double::gradient);
  const auto ix = report<Mistake::inverse_adjoint_x>();
  CHECK(ix.score_field > Double::gradient);
  CHECK(ix.pullback_field < Double::gradient);
  CHECK(report<Mistake::inverse_adjoint_l>().score_parameters > Double::gradient);
}
TEST_CASE("relative_deviation sees what is not a number") {
  CHECK(laws::relative_deviation({1, 2}, {1, 4}) == 0.5);
  CHECK(std::isinf(laws::relative_deviation({1, NAN}, {1, 4})));
}
