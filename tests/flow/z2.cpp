// SPDX-License-Identifier: BSD-3-Clause
//
// Z2-equivariant couplings: the laws of a flow, and f(-z) = -f(z), q(-x) = q(x) at random
// parameters.
#include <doctest/doctest.h>

#include <lanes/field/scalar.hpp>
#include <lanes/flow/coupling.hpp>
#include <lanes/flow/rescaling.hpp>
#include <lanes/network/dense_net.hpp>
#include <lanes/network/z2_net.hpp>
#include <lanes/testing/laws.hpp>

using namespace lanes;
using G = Lattice<4, 4>;

template <class Network>
using Flow = Chain<Repeat<3, Coupling<Checkerboard, Affine, Network>>, Rescaling>;
using Convolutional = Flow<Z2ConvNet<Channels<8, 4>, Kernel<3>>>;
using Dense = Flow<Z2Net<DenseNet<Channels<6>, Gelu>, DenseNet<Channels<7>, Tanh, NoBias>>>;
using Ordinary = Flow<ConvNet<Channels<8, 4>, Kernel<3>, Tanh>>;

template <class Precision, class F>
double asymmetry() {
  laws::Workbench<Precision, Scalar, G, F> bench(Seed{5}, 0.4);
  const auto z = bench.base();
  auto reflected = z;
  for (double& v : reflected) v = -v;
  const auto a = bench.from_base(z), b = bench.from_base(reflected);
  double worst = 0;
  for (std::size_t i = 0; i < z.size(); ++i)
    worst = std::max(worst, std::abs(a.field[i] + b.field[i]));
  for (std::size_t k = 0; k < a.log_q.size(); ++k)
    worst = std::max(worst, std::abs(a.log_q[k] - b.log_q[k]));
  return worst;
}

TEST_CASE("reflection symmetry") {
  CHECK(asymmetry<Double, Convolutional>() < Double::agreement);
  CHECK(asymmetry<Double, Dense>() < Double::agreement);
  CHECK(asymmetry<Single, Convolutional>() < Single::agreement);
  CHECK(asymmetry<Double, Ordinary>() > 0.1);  // the check can fail
}

TEST_CASE_TEMPLATE("laws", F, Convolutional, Dense) {
  const auto r = laws::check_flow<Double, Scalar, G, F>(Seed{3});
  CHECK(r.round_trip < Double::round_trip);
  CHECK(r.log_det < Double::gradient);
  CHECK(r.score_field < Double::gradient);
  CHECK(r.score_parameters < Double::gradient);
  CHECK(r.pullback_field < Double::gradient);
  CHECK(r.pullback_parameters < Double::gradient);
}
