// SPDX-License-Identifier: BSD-3-Clause
//
// Parameters of a smaller lattice on a larger one: the flow of a field that repeats is the smaller
// flow, repeated; coarser levels start as the coarsest.
#include <vector>

#include <doctest/doctest.h>

#include <lanes/field/scalar.hpp>
#include <lanes/flow/coupling.hpp>
#include <lanes/flow/cubic.hpp>
#include <lanes/flow/free_field_base.hpp>
#include <lanes/flow/long_waves.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/testing/laws.hpp>
#include <lanes/training/transfer.hpp>

using namespace lanes;

namespace {

using Net = ConvNet<Channels<3>, Kernel<3>, Tanh, RandomLast>;
using Level = Repeat<2, Coupling<Checkerboard, Cubic, Net>>;
template <int Levels>
using Flow = Chain<FreeFieldBase, Multiscale<Levels, Level, Level, LongWaves>>;
template <class P, class G, int Levels>
using Model = Sampler<Scalar, G, Flow<Levels>, P>;

}  // namespace

TEST_CASE_TEMPLATE("the flow of a field that repeats", P, Double, Single) {
  using Small = Lattice<8, 8>;
  using Large = Lattice<16, 24>;
  laws::Workbench<P, Scalar, Small, Flow<2>> few(Seed{5}, 0.4);
  Model<P, Small, 2> small{Seed{1}};
  Model<P, Large, 2> large{Seed{2}};
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
  Model<Double, Lattice<8, 8>, 2> small{Seed{1}};
  Model<Single, Lattice<16, 16>, 3> large{Seed{2}};
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
