// SPDX-License-Identifier: BSD-3-Clause
//
// Long waves: the layer sees exactly the waves below the cut-off, and short waves stay; the
// free-field base: laws, and the propagator of the exact free field.
#include <cmath>

#include <doctest/doctest.h>

#include <lanes/exact/exact.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/layer/chain.hpp>
#include <lanes/layer/free_field_base.hpp>
#include <lanes/layer/long_waves.hpp>
#include <lanes/layer/rescaling.hpp>
#include <lanes/theory/free_field.hpp>
#include <support/flow_laws.hpp>

using namespace lanes;

namespace {

template <class P, class G, class Flow>
using Bench = laws::Workbench<P, Scalar, G, Flow>;

template <class Geometry, class Flow>
void check_laws() {
  check_report<Double>(laws::check_flow<Double, Scalar, Geometry, Flow>(Seed{11}, 1.0));
}

}  // namespace

TEST_CASE("laws in one to three dimensions, odd extents") {
  check_laws<Lattice<9>, LongWaves<3, Chain<FreeFieldBase, Rescaling>>>();
  check_laws<Lattice<6, 4>, Chain<FreeFieldBase, LongWaves<2, FreeFieldBase>>>();
  check_laws<Lattice<2, 4, 3>, Chain<FreeFieldBase, LongWaves<1, Rescaling>>>();
  check_laws<Lattice<4, 4, 6>, LongWaves<2, Rescaling>>();
}

// A plane wave is multiplied where |k_mu| < pi / Spacing, and stays as it is where it is above.
TEST_CASE_TEMPLATE("a layer on long waves moves those below the cut-off", P, Double, Single) {
  using G = Lattice<12, 8>;
  Bench<P, G, LongWaves<2, Rescaling>> bench(Seed{2}, 0.7);
  const double factor = std::exp(bench.external()[0]);
  REQUIRE(std::abs(factor - 1) > 0.01);
  constexpr int lanes = decltype(bench)::lanes;
  for (const auto& [k0, k1] : {std::pair{0, 0}, {2, 1}, {1, -1}, {4, 0}, {1, 3}, {6, 4}}) {
    const bool cut = std::abs(k0) > 3 || std::abs(k1) > 2;
    std::vector<double> z(std::size_t(G::volume * lanes)), expected(z.size());
    for (int site = 0; site < G::volume; ++site)
      for (int k = 0; k < lanes; ++k) {
        const double angle = 6.283185307179586 * (k0 * G::coordinate(site, 0) / 12.0 +
                                                  k1 * G::coordinate(site, 1) / 8.0);
        const std::size_t e = std::size_t(site * lanes + k);
        z[e] = std::cos(angle + 0.3 * k);
        expected[e] = z[e] * (cut ? 1 : factor);
      }
    CAPTURE(k0);
    CAPTURE(k1);
    CHECK(laws::relative_deviation(bench.from_base(z).field, expected) < P::agreement);
  }
}

TEST_CASE_TEMPLATE("translations by the spacing; of the base by any", P, Double, Single) {
  using G = Lattice<8, 8>;
  using Flow = LongWaves<4, Chain<FreeFieldBase, Rescaling>>;
  CHECK(laws::check_translation<P, Scalar, G, Flow>(Seed{6}, 4) < P::agreement);
  CHECK(laws::check_translation<P, Scalar, G, FreeFieldBase>(Seed{6}, 1) < P::agreement);
}

// The base density of mass m is the free field's: ln q + S = ln Z on every sample.
TEST_CASE("the free-field base is the free field") {
  using G = Lattice<6, 8>;
  const double m2 = 0.7;
  Bench<Double, G, FreeFieldBase> bench(Seed{3}, 1.0);
  bench.set_external({std::log(m2), 0.0});
  const auto x = bench.from_base(bench.base());
  const auto s = bench.action(FreeField<G>(m2), x.field);
  for (std::size_t k = 0; k < s.size(); ++k)
    CHECK(x.log_q[k] + s[k] ==
          doctest::Approx(ExactFreeField<G>(m2).free_energy()).epsilon(Double::agreement));
}
