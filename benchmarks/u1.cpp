// SPDX-License-Identifier: BSD-3-Clause
//
// The reference U(1) model: 16 gauge couplings with StripeMasks, networks 2 -> 32 -> 32 -> 25 (3x3,
// LeakyReLU), circular splines of 9 knots, beta = 2; and a gauge hierarchy
// (support/gauge_model.hpp).
//
//   u1/step/<RE|RT|PG>/L=<L>/Single/batch:256/threads:<threads>/real_time
//       a training step (support/training_step.hpp)
//   u1/layer/<forward|inverse|adjoint>/L=<L>/Single
//       one coupling, one tile of lanes, one thread
//   u1/hierarchy/step/RE/..., u1/hierarchy/<forward|inverse|adjoint>/L=<L>/Single
//       the same of the whole hierarchy
//   u1/spline/<forward|inverse|adjoint>/<precision>
//       points/s of one thread
//
// The adjoint of a layer is that of its inverse, with the gradient of the parameters (what
// REINFORCE needs). GFLOP/s of a layer count its networks alone, convolutions as direct ones: taps
// that read a hidden site and outputs of sites that are not active count nothing.
//
// brief: step/.*/L=8/.*threads:1|spline|(layer|hierarchy)/.*/L=8
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <lanes/core/arena.hpp>
#include <lanes/core/random.hpp>
#include <lanes/core/simd.hpp>
#include <lanes/estimator/path_gradient.hpp>
#include <lanes/estimator/reinforce.hpp>
#include <lanes/estimator/reparameterization.hpp>
#include <lanes/field/u1.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/layer/chain.hpp>
#include <lanes/layer/gauge_coupling.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/sampler.hpp>
#include <lanes/theory/u1_gauge.hpp>
#include <lanes/transform/circular_spline.hpp>
#include <support/gauge_model.hpp>
#include <support/measure.hpp>
#include <support/training_step.hpp>

namespace {

using namespace lanes;
using namespace lanes::benchmarks;

using Spline = CircularSpline<9>;

template <int L>
struct Reference {
  using Geometry = Lattice<L, L>;
  using Network = ConvNet<Channels<32, 32>, Kernel<3>, LeakyRelu>;
  using Layer = GaugeCoupling<StripeMasks, Plaquettes, Spline, Network>;
  using Sampler = lanes::Sampler<U1, Geometry, Repeat<16, Layer>>;
  using Theory = U1Gauge<Geometry>;
  static Theory theory() { return Theory(2.0); }
};

enum class Pass { forward, inverse, adjoint };
constexpr std::pair<const char*, Pass> passes[] = {
    {"forward", Pass::forward}, {"inverse", Pass::inverse}, {"adjoint", Pass::adjoint}};

/// One layer, of so many flops forward.
template <class Flow, int L>
void layer(benchmark::State& state, Pass pass, double forward) {
  using Sampler = lanes::Sampler<U1, Lattice<L, L>, Flow>;
  using Model = typename Sampler::Model;
  using Context = typename Sampler::Context;
  using Real = typename Sampler::Real;
  Sampler sampler{Seed{7}, Cpu(1)};
  std::vector<Real> parameters(sampler.parameters().begin(), sampler.parameters().end());
  for (std::size_t i = 0; i < parameters.size(); ++i)
    parameters[i] += Real(0.02 * std::sin(0.7 * double(i)));
  sampler.set_parameters(parameters);

  Arena arena;
  Context context(arena);
  typename Context::Scope scope(context);
  constexpr int rows = Model::field_rows;
  const auto start = context.template rows<Real>(rows), x = context.template rows<Real>(rows);
  const auto dx = context.template rows<Real>(rows), weight = context.template rows<Real>(1);
  const auto log_q = context.template rows<double>(1);
  AlignedVector<Real> gradient(static_cast<std::size_t>(Model::gradients));
  const Share<Real> share = sampler.share(context, gradient.data());
  fill(context, log_q, 1);
  fill(context, weight, 1, Real(1));
  U1::draw_base<Lattice<L, L>>(context, RandomStream(Seed{1}, Purpose::user), start, log_q);
  copy(context, start, x, rows);
  Model::from_base(context, share, x, log_q);

  const Work work{.flops = (pass == Pass::adjoint ? 2 : 1) * forward * Context::width,
                  .items = Context::width};
  measure<Real>(state, work, [&] {
    if (pass == Pass::adjoint) {
      Model::score(context, share, weight, x, dx);
      return;
    }
    copy(context, start, x, rows);
    if (pass == Pass::inverse)
      Model::density(context, share, x, log_q);
    else
      Model::from_base(context, share, x, log_q);
  });
}

/// Points of a register of lanes each, with parameters of their own, as a coupling has them.
template <class Precision>
void spline(benchmark::State& state, Pass pass) {
  using T = Pack<typename Precision::Real, simd_width<typename Precision::Real>>;
  constexpr int packs = 256;
  std::vector<T> x(packs), y(packs), p(packs * Spline::channels);
  const RandomStream stream(Seed{1}, Purpose::user);
  std::uint32_t block = 0;
  const auto draw = [&] {
    alignas(64) typename Precision::Real value[T::size];
    for (auto& v : value)
      v = uniform_pair<typename Precision::Real>(stream.words(0, block++)).first;
    return T::load(value);
  };
  for (T& at : x) at = draw() * T(two_pi);
  for (T& at : p) at = draw() * T(2) - T(1);
  measure<typename Precision::Real>(
      state, {.items = double(packs * T::size), .item = "points"}, [&] {
        for (int i = 0; i < packs; ++i) {
          T parameters[Spline::channels], gradient[Spline::channels];
          for (int c = 0; c < Spline::channels; ++c) {
            parameters[c] = p[std::size_t(i * Spline::channels + c)];
            gradient[c] = T(0);
          }
          const T at = x[std::size_t(i)];
          if (pass == Pass::forward) {
            const auto r = Spline::forward(at, parameters);
            y[std::size_t(i)] = r.value + r.log_derivative;
          } else if (pass == Pass::inverse) {
            const auto r = Spline::inverse(at, parameters);
            y[std::size_t(i)] = r.value + r.log_derivative;
          } else {
            T sum = Spline::forward_adjoint(at, parameters, T(1), T(1), gradient);
            for (const T& g : gradient) sum += g;
            y[std::size_t(i)] = sum;
          }
        }
        benchmark::DoNotOptimize(y.data());
      });
}

template <class Estimator, class Reference>
void add_step(const std::string& name) {
  add("u1/" + name + "/L=" + std::to_string(Reference::Geometry::extents[0]) + "/Single",
      training_step<Estimator, Reference>)
      ->ArgNames({"batch", "threads"})
      ->ArgsProduct({{256}, {1, 2}})
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
}
template <class Flow, int L>
void add_layer(const std::string& name, double forward) {
  for (const auto& [pass_name, pass] : passes)
    add("u1/" + name + "/" + pass_name + "/L=" + std::to_string(L) + "/Single",
        [pass = pass, forward](benchmark::State& state) { layer<Flow, L>(state, pass, forward); });
}
template <int L>
void add_lattice() {
  add_step<Reinforce, Reference<L>>("step/RE");
  add_step<Reparameterization, Reference<L>>("step/RT");
  add_step<PathGradient, Reference<L>>("step/PG");
  using Hierarchy = GaugeModel<L, Cpu>;
  add_step<Reinforce, Hierarchy>("hierarchy/step/RE");
  // Of the nine taps of the first convolution four and a half read a frozen site.
  add_layer<Repeat<1, typename Reference<L>::Layer>, L>(
      "layer", 2.0 * L * L * (4.5 * 2 * 32 + 9.0 * 32 * 32 + 9.0 * 32 * 25 / 4));
  add_layer<typename Hierarchy::Flow, L>("hierarchy", Hierarchy::forward_flops());
}
template <class Precision>
void add_spline() {
  for (const auto& [name, pass] : passes)
    add("u1/spline/" + std::string(name) + "/" + Precision::name,
        [pass = pass](benchmark::State& state) { spline<Precision>(state, pass); });
}

const bool added = [] {
  add_lattice<8>();
#ifndef LANES_BRIEF
  add_lattice<16>();
#endif
  add_spline<Single>();
  add_spline<Double>();
  return true;
}();

}  // namespace
