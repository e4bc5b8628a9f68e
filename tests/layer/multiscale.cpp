// SPDX-License-Identifier: BSD-3-Clause
//
// Flows from coarse to fine: laws, what a level leaves alone, the sum of the levels, translations.
#include <lanes/backend/cpu.hpp>

using TestBackend = lanes::Cpu;

#include <lanes/layer/rescaling.hpp>

#include "layer/multiscale.hpp"

using namespace multiscale;

template <class P, class G, class Flow>
using Bench = laws::Workbench<P, Scalar, G, Flow>;

TEST_CASE("laws: another dimension, more levels") {
  check_laws<Lattice<16>, Multiscale<4, Chain<Refine<Cubic, Narrow>, Board<Affine, Narrow>>>>();
}

TEST_CASE_TEMPLATE("a sublattice: its layer there, nothing elsewhere", P, Double, Single) {
  using G = Lattice<6, 9>;
  using Small = Chain<Rescaling, FreeFieldBase>;
  Bench<P, G, Sublattice<3, Small>> whole(Seed{4}, 0.5);
  Bench<P, Coarse<G, 3>, Small> alone(Seed{4}, 0.5);
  static_assert(Coarse<G, 3>::volume == 6 && Coarse<G, 3>::extent(1) == 3);
  REQUIRE(whole.external() == alone.external());
  constexpr int lanes = decltype(whole)::lanes;
  const auto z = whole.base();
  std::vector<double> few(std::size_t(6 * lanes));
  const auto site = [](int i) { return 3 * (i / 3) * 9 + 3 * (i % 3); };
  for (int i = 0; i < 6; ++i)
    for (int k = 0; k < lanes; ++k)
      few[std::size_t(i * lanes + k)] = z[std::size_t(site(i) * lanes + k)];
  const auto x = whole.from_base(z), y = alone.from_base(few);
  auto expected = z;
  for (int i = 0; i < 6; ++i)
    for (int k = 0; k < lanes; ++k)
      expected[std::size_t(site(i) * lanes + k)] = y.field[std::size_t(i * lanes + k)];
  CHECK(laws::relative_deviation(x.field, expected) < P::agreement);
  CHECK(laws::relative_deviation(x.log_det, y.log_det) < P::agreement);
}

// With refinements alone the coarse sites are final when their level is done, and ln q of the
// coarser lattice is that of the same flow with one level less.
TEST_CASE("ln q is the sum of the levels") {
  using G = Lattice<8, 4>;
  using C = Coarse<G, 2>;
  using Fine = Refine<Cubic, Narrow>;
  using Coarsest = Repeat<2, Board<Cubic, Narrow>>;
  Bench<Double, G, Multiscale<2, Fine, Coarsest>> both(Seed{8}, 0.4);
  Bench<Double, C, Coarsest> coarse(Seed{1}, 0.4);
  Bench<Double, G, Fine> fine(Seed{1}, 0.4);
  const auto p = both.external();
  const auto cut = p.begin() + decltype(coarse)::parameters;
  coarse.set_external({p.begin(), cut});
  fine.set_external({cut, p.end()});
  constexpr int lanes = decltype(both)::lanes;
  const auto on_coarse = [&](const std::vector<double>& x) {
    std::vector<double> few;
    for (int i = 0; i < C::volume; ++i) {
      const int site = 2 * C::coordinate(i, 0) * 4 + 2 * C::coordinate(i, 1);
      few.insert(few.end(), x.begin() + site * lanes, x.begin() + (site + 1) * lanes);
    }
    return few;
  };
  const auto z = both.base();
  const auto x = both.from_base(z), q = both.density(x.field);
  const auto c = coarse.density(on_coarse(x.field));
  const auto f = fine.density(x.field);
  CHECK(laws::relative_deviation(on_coarse(x.field), coarse.from_base(on_coarse(z)).field) <
        Double::agreement);
  for (int k = 0; k < lanes; ++k) {
    double base = 0;  // the coarse sites' part of ln r in f: those sites are not noise there
    for (int i = 0; i < C::volume; ++i) {
      const double v = on_coarse(x.field)[std::size_t(i * lanes + k)];
      base += -0.5 * v * v - 0.9189385332046727;
    }
    CHECK(q.log_q[std::size_t(k)] ==
          doctest::Approx(c.log_q[std::size_t(k)] + f.log_q[std::size_t(k)] - base)
              .epsilon(Double::agreement));
  }
}

TEST_CASE_TEMPLATE("translations by the period of the coarsest level", P, Double, Single) {
  using G = Lattice<8, 8>;
  using Flow = Multiscale<2, Chain<Refine<Cubic>, Repeat<2, Board<Cubic>>>>;
  CHECK(laws::check_translation<P, Scalar, G, Flow>(Seed{6}, 4) < P::agreement);
  CHECK(laws::check_translation<P, Scalar, G, Flow>(Seed{6}, 2) > 100 * P::agreement);
}
