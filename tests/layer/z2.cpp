// SPDX-License-Identifier: BSD-3-Clause
//
// Z2-equivariant couplings: the laws of a flow, and f(-z) = -f(z), q(-x) = q(x) at random
// parameters; also in every kind of level of a multiscale flow (whose laws: layer/multiscale.hpp).
#include <doctest/doctest.h>

#include <lanes/field/scalar.hpp>
#include <lanes/layer/coupling.hpp>
#include <lanes/layer/free_field_base.hpp>
#include <lanes/layer/long_waves.hpp>
#include <lanes/layer/multiscale.hpp>
#include <lanes/layer/rescaling.hpp>
#include <lanes/network/dense_net.hpp>
#include <lanes/network/z2_net.hpp>
#include <lanes/transform/cubic.hpp>
#include <support/flow_laws.hpp>

using namespace lanes;

namespace {

using G = Lattice<4, 4>;
using G8 = Lattice<8, 4>;

template <class Network>
using Flow = Chain<Repeat<3, Coupling<Checkerboard, Affine, Network>>, Rescaling>;
using Convolutional = Flow<Z2ConvNet<Channels<8, 4>, Kernel<3>>>;
using Dense = Flow<Z2Net<DenseNet<Channels<6>, Gelu>, DenseNet<Channels<7>, Tanh, NoBias>>>;
using Ordinary = Flow<ConvNet<Channels<8, 4>, Kernel<3>, Tanh>>;

using Small = Z2ConvNet<Channels<3>, Kernel<1>>;
template <class Partition, class Network>
using Sites = Coupling<Partition, Cubic, Network>;
template <class Network>
using Waves = Chain<FreeFieldBase, Multiscale<2, Sites<Checkerboard, Network>,
                                              Repeat<2, Sites<Checkerboard, Small>>, LongWaves>>;
template <class Network>
using Refined = Multiscale<2, Chain<Sites<Refinement, Network>, Sites<Checkerboard, Small>>,
                           Chain<Coupling<Checkerboard, Affine, Small>, Rescaling>>;
using OddWaves = Waves<Z2ConvNet<Channels<4>, Kernel<3>>>;
using OddRefined = Refined<Z2ConvNet<Channels<4>, Kernel<3>>>;
using OddDense =
    Refined<Z2Net<DenseNet<Channels<5>, LeakyRelu>, DenseNet<Channels<4>, Tanh, NoBias>>>;

/// Largest of |f(-z) + f(z)|, |ln q(f(-z)) - ln q(f(z))| in sampling, and |ln q(-x) - ln q(x)|
/// backwards.
template <class Precision, class Geometry, class F>
double asymmetry() {
  laws::Workbench<Precision, Scalar, Geometry, F> bench(Seed{5}, 0.4);
  const auto reflected = [](std::vector<double> x) {
    for (double& v : x) v = -v;
    return x;
  };
  const auto z = bench.base();
  const auto a = bench.from_base(z), b = bench.from_base(reflected(z));
  const auto q = bench.density(a.field), p = bench.density(reflected(a.field));
  double worst = 0;
  for (std::size_t i = 0; i < z.size(); ++i)
    worst = std::max(worst, std::abs(a.field[i] + b.field[i]));
  for (std::size_t k = 0; k < a.log_q.size(); ++k)
    worst = std::max({worst, std::abs(a.log_q[k] - b.log_q[k]), std::abs(q.log_q[k] - p.log_q[k])});
  return worst;
}

}  // namespace

TEST_CASE("reflection symmetry") {
  CHECK(asymmetry<Double, G, Convolutional>() < Double::agreement);
  CHECK(asymmetry<Double, G, Dense>() < Double::agreement);
  CHECK(asymmetry<Single, G, Convolutional>() < Single::agreement);
  CHECK(asymmetry<Double, G, Ordinary>() > 0.1);  // the check can fail
}

TEST_CASE("reflection symmetry of every level") {
  CHECK(asymmetry<Double, G8, OddWaves>() < Double::agreement);
  CHECK(asymmetry<Single, G8, OddWaves>() < Single::agreement);
  CHECK(asymmetry<Double, G8, OddRefined>() < Double::agreement);
  CHECK(asymmetry<Double, G8, OddDense>() < Double::agreement);
  CHECK(asymmetry<Double, G8, Waves<ConvNet<Channels<4>, Kernel<3>, Tanh>>>() > 0.1);
}

TEST_CASE_TEMPLATE("laws", F, Convolutional, Dense) {
  check_report<Double>(laws::check_flow<Double, Scalar, G, F>(Seed{3}));
}
