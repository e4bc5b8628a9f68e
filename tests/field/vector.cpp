// SPDX-License-Identifier: BSD-3-Clause
//
// Vector<N>, by the O(N) model: affine and cubic couplings that see all components keep the laws of
// flows, HMC has the free field's propagator, and a flow its free energy.
// width: depends
#include <cmath>
#include <cstddef>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/backend/cpu.hpp>
#include <lanes/estimator/path_gradient.hpp>
#include <lanes/field/vector.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/layer/chain.hpp>
#include <lanes/layer/coupling.hpp>
#include <lanes/layer/rescaling.hpp>
#include <lanes/markov/hmc.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/observable/analyse.hpp>
#include <lanes/sampler.hpp>
#include <lanes/sampling/importance.hpp>
#include <lanes/statistics/weights.hpp>
#include <lanes/testing/laws.hpp>
#include <lanes/theory/vector_phi4.hpp>
#include <lanes/training/train.hpp>
#include <lanes/transform/affine.hpp>
#include <lanes/transform/cubic.hpp>
#include <support/seed.hpp>

using namespace lanes;

namespace {

using G = Lattice<4, 4>;
template <class Transform>
using Coupled =
    Repeat<2, Coupling<Checkerboard, Transform, ConvNet<Channels<4>, Kernel<3>, Tanh, RandomLast>>>;

// |phi|^2 and phi_0 phi_1, a site.
template <int N>
struct Squares {
  static constexpr const char* name = "phi phi";
  template <class Field, class Geometry>
  static constexpr bool measures = true;
  template <class Geometry>
  static constexpr int entries() {
    return N * Geometry::volume;
  }
  template <class Geometry>
  static constexpr int primaries() {
    return 2;
  }
  template <class Geometry, class Real>
  void measure(const Real* phi, double* out) const {
    constexpr int V = Geometry::volume;
    for (int i = 0; i < N * V; ++i) out[0] += double(phi[i]) * double(phi[i]) / V;
    for (int x = 0; x < V; ++x) out[1] += double(phi[x]) * double(phi[V + x]) / V;
  }
};

/// f(khat^2) summed over the momenta of G.
template <class F>
double over_momenta(const F& f) {
  double sum = 0;
  for (int i = 0; i < G::volume; ++i) {
    double k2 = 0;
    for (int mu = 0; mu < 2; ++mu) {
      const double s = 2 * std::sin(3.141592653589793 * G::coordinate(i, mu) / G::extent(mu));
      k2 += s * s;
    }
    sum += f(k2);
  }
  return sum;
}

}  // namespace

TEST_CASE("couplings of vectors keep the laws of flows") {
  const auto affine = laws::check_flow<Double, Vector<2>, G, Coupled<Affine>>(Seed{3});
  CHECK_MESSAGE(affine.passed(), to_string(affine));
  const auto cubic =
      laws::check_flow<Double, Vector<3>, G, Chain<Coupled<Cubic>, Rescaling>>(Seed{3}, 0.2);
  CHECK_MESSAGE(cubic.passed(), to_string(cubic));
}

TEST_CASE("a network sees every component: turning one changes what becomes of the other") {
  laws::Workbench<Double, Vector<2>, G,
                  Coupling<Checkerboard, Affine, ConvNet<Channels<4>, Kernel<3>, Tanh, RandomLast>>>
      bench(Seed{1}, 0.3);
  const auto z = bench.base(), y = bench.from_base(z).field;
  auto turned = z;  // the second component of the frozen sites
  const std::size_t n = std::size_t(bench.lanes), V = std::size_t(G::volume);
  for (std::size_t i = 0; i < V * n; ++i)
    if (G::parity(int(i / n)) == 1) turned[V * n + i] += 0.5;
  const auto other = bench.from_base(turned).field;
  double change = 0;
  for (std::size_t i = 0; i < V * n; ++i)
    if (G::parity(int(i / n)) == 0) change = std::fmax(change, std::abs(other[i] - y[i]));
  CHECK(change > 1000 * Double::gradient);
}

// Over 10 seeds of v4 (support/seed.hpp): ESS 0.12 to 0.32.
TEST_CASE("two free fields: propagator by HMC, free energy by a flow") {
  const double m2 = 0.6;
  const VectorPhi4<G, 2> theory(m2, 0);
  const double square = 2 * over_momenta([&](double k2) { return 1 / (k2 + m2); }) / G::volume;
  const auto chains =
      sample_hmc(theory, {.chains = 32, .trajectories = 1500, .thermalisation = 200}, Seed{4});
  const auto e = analyse(Squares<2>{}, chains);
  CHECK(e[0].error < 0.02 * square);
  CHECK(std::abs(e[0].value - square) < 4.5 * e[0].error);
  CHECK(std::abs(e[1].value) < 4.5 * e[1].error);

  using Flow =
      Chain<Rescaling,
            Repeat<8, Coupling<Checkerboard, Affine, ConvNet<Channels<8>, Kernel<3>, Tanh>>>>;
  Sampler<Vector<2>, G, Flow, Single> sampler(testing::seed(3));
  train<PathGradient>(
      sampler, theory,
      {.steps = 1000, .batch = 128, .optimizer = {.learning_rate = 5e-3}, .progress = false});
  const auto draws = sample_reweighted(sampler, theory, {.configurations = 20'000});
  const auto ess = effective_sample_size(draws.log_weights);
  LANES_MARGIN("ESS ", ess.value);
  CHECK(ess.value > 0.05);
  const double f =
      over_momenta([&](double k2) { return std::log((k2 + m2) / (2 * 3.141592653589793)); });
  const Estimate free = free_energy(draws.log_weights);
  CHECK(std::abs(free.value - f) < 4.5 * free.error);
  CHECK(free.error < 0.05);
}
