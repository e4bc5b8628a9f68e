// SPDX-License-Identifier: BSD-3-Clause
//
// Parameters of a smaller lattice on a larger one: the flow of a field that repeats is the smaller
// flow, repeated; coarser levels start as the coarsest. Levels of spins keep their conditional
// densities.
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/autoregressive/hierarchical.hpp>
#include <lanes/autoregressive/symmetric.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/field/u1.hpp>
#include <lanes/layer/coupling.hpp>
#include <lanes/layer/free_field_base.hpp>
#include <lanes/layer/gauge_coupling.hpp>
#include <lanes/layer/gauge_hierarchy.hpp>
#include <lanes/layer/long_waves.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/testing/autoregressive_laws.hpp>
#include <lanes/testing/laws.hpp>
#include <lanes/training/transfer.hpp>
#include <lanes/transform/circular_spline.hpp>
#include <lanes/transform/cubic.hpp>

using namespace lanes;

namespace {

using Net = ConvNet<Channels<3>, Kernel<3>, Tanh, RandomLast>;
using Level = Repeat<2, Coupling<Checkerboard, Cubic, Net>>;
template <int Levels>
using Flow = Chain<FreeFieldBase, Multiscale<Levels, Level, Level, LongWaves>>;
template <class P, class G, int Levels>
using Flowing = Sampler<Scalar, G, Flow<Levels>, P>;

}  // namespace

TEST_CASE_TEMPLATE("the flow of a field that repeats", P, Double, Single) {
  using Small = Lattice<8, 8>;
  using Large = Lattice<16, 24>;
  laws::Workbench<P, Scalar, Small, Flow<2>> few(Seed{5}, 0.4);
  Flowing<P, Small, 2> small{Seed{1}};
  Flowing<P, Large, 2> large{Seed{2}};
  small.set_parameters([&] {
    std::vector<typename P::Real> p;
    for (double v : few.external()) p.push_back(static_cast<typename P::Real>(v));
    return p;
  }());
  transfer(small, large);
  laws::Workbench<P, Scalar, Large, Flow<2>> many(Seed{6}, 0.4);
  many.set_external({large.parameters().begin(), large.parameters().end()});
  constexpr int lanes = decltype(few)::lanes;
  const auto repeated = [](const std::vector<double>& x) {
    std::vector<double> y;
    for (int site = 0; site < Large::volume; ++site) {
      const int of = Large::coordinate(site, 0) % 8 * 8 + Large::coordinate(site, 1) % 8;
      y.insert(y.end(), x.begin() + of * lanes, x.begin() + (of + 1) * lanes);
    }
    return y;
  };
  const auto z = few.base();
  const auto x = few.from_base(z), y = many.from_base(repeated(z));
  CHECK(laws::relative_deviation(y.field, repeated(x.field)) < P::agreement);
}

TEST_CASE("levels of the same spacing; a coarser one starts as the coarsest") {
  Flowing<Double, Lattice<8, 8>, 2> small{Seed{1}};
  Flowing<Single, Lattice<16, 16>, 3> large{Seed{2}};
  std::vector<double> p(std::size_t(small.parameter_count()));
  for (std::size_t i = 0; i < p.size(); ++i) p[i] = double(i);
  small.set_parameters(p);
  transfer(small, large);
  const auto q = large.parameters();
  const std::size_t level = (p.size() - 2) / 2;
  REQUIRE(q.size() == 2 + 3 * level);
  for (std::size_t i = 0; i < 2; ++i) CHECK(q[i] == float(p[i]));
  for (std::size_t i = 0; i < level; ++i) {
    REQUIRE(q[2 + i] == float(p[2 + i]));
    REQUIRE(q[2 + level + i] == float(p[2 + i]));
    REQUIRE(q[2 + 2 * level + i] == float(p[2 + level + i]));
  }
  transfer(large, small);  // and back: the finest levels
  for (std::size_t i = 0; i < 2 * level; ++i)
    REQUIRE(small.parameters()[2 + i] == double(q[2 + level + i]));
}

namespace {

// Spins of a square's lines and inside, [D + 1][D + 1], and others inside.
template <int D>
struct Patch {
  bool other;
  double at(int x, int y) const {
    const bool inside = x > 0 && x < D && y > 0 && y < D;
    return std::sin(1.7 * x * x + 2.9 * y + 5.3 * x * y + (other && inside ? 4 * y : 0)) > 0 ? 1
                                                                                             : -1;
  }
};

/// ln q(one inside | border) - ln q(other inside | border) of the square whose first corner is (x0,
/// y0).
template <int D, class Sampler>
double change(Sampler& sampler, int x0, int y0) {
  constexpr int L = Sampler::Geometry::extent(0);
  std::vector<double> both(2 * L * L, 1.0);
  for (int c = 0; c < 2; ++c)
    for (int x = 0; x <= D; ++x)
      for (int y = 0; y <= D; ++y)
        both[std::size_t((c * L + (x0 + x) % L) * L + (y0 + y) % L)] = Patch<D>{c == 1}.at(x, y);
  const auto log_q = sampler.log_density(both);
  return log_q[0] - log_q[1];
}

using Levels = Hierarchical<Depth<2>, Width<2>, Tanh>;

}  // namespace

TEST_CASE("the inside of a square given its border has the same density on a larger lattice") {
  auto small = laws::generic_spin_sampler<Double, Lattice<16, 16>, Levels>(Seed{7});
  auto large = laws::generic_spin_sampler<Double, Lattice<32, 32>, Levels>(Seed{8});
  const std::vector<double> before(large.parameters().begin(), large.parameters().end());
  const double of_four = change<4>(small, 4, 8), of_eight = change<8>(small, 8, 0);
  CHECK(std::abs(of_four) > 0.1);
  CHECK(std::abs(of_eight) > 0.1);
  CHECK(std::abs(change<8>(large, 16, 24) - of_eight) > 0.1);
  transfer(small, large);
  const auto after = large.parameters();
  const auto within = 1024 * Double::agreement;
  for (int corner : {0, 12, 28}) {
    CHECK(std::abs(change<4>(large, corner, 28 - corner) - of_four) < within);
    CHECK(std::abs(change<8>(large, corner / 8 * 8, 24) - of_eight) < within);
  }
  // The skeleton and the largest squares stay.
  for (std::size_t i = 0; i < before.size() - small.parameters().size(); ++i)
    REQUIRE(after[i] == before[i]);

  auto back = laws::generic_spin_sampler<Single, Lattice<16, 16>, Levels>(Seed{9});
  transfer(large, back);
  CHECK(std::abs(change<8>(back, 8, 0) - of_eight) < 64 * Single::agreement);
}

TEST_CASE("a symmetric model's inner one; the same lattice takes everything") {
  Sampler<Ising, Lattice<8, 8>, Symmetric<Z2, Levels>, Double> small{Seed{1}};
  Sampler<Ising, Lattice<8, 8>, Symmetric<Z2, Levels>, Single> same{Seed{2}};
  Sampler<Ising, Lattice<16, 16>, Symmetric<Z2, Levels>, Single> large{Seed{2}};
  std::vector<double> p(std::size_t(small.parameter_count()));
  for (std::size_t i = 0; i < p.size(); ++i) p[i] = double(i);
  small.set_parameters(p);
  transfer(small, same);
  transfer(small, large);
  for (std::size_t i = 0; i < p.size(); ++i) REQUIRE(same.parameters()[i] == float(p[i]));
  const auto q = large.parameters();
  const std::size_t shared = std::size_t(Sampler<Ising, Lattice<8, 8>, Levels>::Model::shared);
  REQUIRE(shared < p.size());
  for (std::size_t i = 1; i <= shared; ++i) REQUIRE(q[q.size() - i] == float(p[p.size() - i]));
}

TEST_CASE(
    "the finer levels of a gauge hierarchy, and what follows it; the coarser ones stay as they "
    "are") {
  using Coupled = GaugeCoupling<SchwingerMasks, Plaquettes, CircularSpline<3>, Net>;
  using Links = Chain<GaugeHierarchy<CircularSpline<3>, ConvNet<Channels<2>, Kernel<1>, Tanh>>,
                      Repeat<2, Coupled>>;
  Sampler<U1, Lattice<4, 4>, Links, Double> small{Seed{1}};
  Sampler<U1, Lattice<8, 4>, Links, Double> large{Seed{2}};
  const auto before = large.parameters();
  const std::vector<double> start(before.begin(), before.end());
  std::vector<double> values(std::size_t(small.parameter_count()));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = 0.01 * double(i) + 5;
  small.set_parameters(values);
  transfer(small, large);
  const std::size_t coarser = (2 * 2 + 2) + (2 * 7 + 7);  // one level
  REQUIRE(large.parameter_count() == int(values.size() + coarser));
  const auto after = large.parameters();
  for (std::size_t i = 0; i < after.size(); ++i)
    CHECK(after[i] == (i < coarser ? start[i] : values[i - coarser]));
}
