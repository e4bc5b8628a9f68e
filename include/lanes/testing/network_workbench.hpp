// SPDX-License-Identifier: BSD-3-Clause
//
// NetworkWorkbench: a tile and a network with random parameters, with plain vectors in and out:
// inputs [In][sites of the lattice][lanes], outputs [Out][slots of Outputs][lanes], without the
// gaps that the network's own rows have; parameters in external order.
#pragma once

#include <cmath>
#include <limits>
#include <vector>

#include <lanes/contraction/stencil.hpp>
#include <lanes/core/kernels.hpp>
#include <lanes/geometry/partition.hpp>
#include <lanes/network/initialiser.hpp>
#include <lanes/network/network.hpp>
#include <lanes/testing/workbench.hpp>

namespace lanes::laws {

template <class Precision, class Policy, class Geometry, int In, int Out,
          class Inputs = AllSites<Geometry>, class Outputs = AllSites<Geometry>,
          class Transform = void, class Backend = DefaultBackend>
class NetworkWorkbench : public Tile<Precision, Backend> {
  using Own = Tile<Precision, Backend>;

 public:
  using Own::lanes, Own::visit, Own::rows, Own::values;
  using typename Own::Context, typename Own::Real;
  using Network = NetworkOf<Policy, Context, Geometry, In, Out, Inputs, Outputs, Transform>;
  /// Of the plain vectors.
  static constexpr int input_rows = Geometry::volume * In, output_rows = Outputs::size * Out;
  /// Rows of a channel of the network's input.
  static constexpr int input_pitch =
      Stencil<Geometry, In, Out, 1, 1, false, Inputs, Outputs>::in_pitch;
  static constexpr int variants =
      Inputs::variants > Outputs::variants ? Inputs::variants : Outputs::variants;
  static_assert(Network::outputs == Out * Network::pitch,
                "lanes: the outputs of a Network are rows [out][pitch]; see "
                "lanes/network/network.hpp.");

  std::vector<double> parameters = std::vector<double>(std::size_t(Network::parameters));

  NetworkWorkbench(Seed seed, double scale) {
    Initialiser random(seed);
    for (double& p : parameters) p = double(Real(random.uniform(scale)));
  }

  /// Normal numbers; sites outside Inputs hold NaN, which must not be read.
  std::vector<double> inputs(int variant, int seed = 6) const {
    std::vector<double> x(std::size_t(input_rows * lanes),
                          std::numeric_limits<double>::quiet_NaN());
    const auto from = normal_field<Precision, Backend>(input_rows, seed);
    for (int i = 0; i < Inputs::size; ++i)
      for (int c = 0; c < In; ++c)
        for (int k = 0; k < lanes; ++k) {
          const std::size_t e =
              std::size_t((c * Geometry::volume + Inputs::site(variant, i)) * lanes + k);
          x[e] = from[e];
        }
    return x;
  }

  std::vector<double> forward(int variant, const std::vector<double>& x) {
    std::vector<double> output;
    prepare();
    visit([&](Context& context) {
      const auto y = context.template rows<Real>(Network::outputs);
      Network::forward(context, share(context, variant),
                       spread(context, x, Geometry::volume, input_pitch), y);
      output = gathered(context, y, Out, Outputs::size, Network::pitch);
    });
    return output;
  }

  /// Adjoint of the input, and the gradient.
  struct Adjoint {
    std::vector<double> input, parameters;
  };
  /// Of output -> sum d_output output. The gradient is added to `before` in every component, and
  /// collected to as much; both are taken off again. No gradient is wanted: parameters are empty.
  Adjoint adjoint(int variant, const std::vector<double>& x, const std::vector<double>& d_output,
                  bool gradient = true, double before = 0) {
    Adjoint a;
    prepare();
    visit([&](Context& context) {
      const auto input = spread(context, x, Geometry::volume, input_pitch),
                 d = spread(context, d_output, Outputs::size, Network::pitch);
      const auto y = context.template rows<Real>(Network::outputs),
                 dx = context.template rows<Real>(In * input_pitch);
      if (gradient)
        gradient_.assign(std::vector<Real>(std::size_t(Network::gradients), Real(before)));
      const auto all = share(context, variant, gradient ? gradient_.data() : nullptr);
      Network::forward(context, all, input, y);
      fill(context, dx, In * input_pitch);
      Network::adjoint(context, all, input, y, d, AddTo<Real>{dx});
      a.input = gathered(context, dx, In, Geometry::volume, input_pitch);
      if (!gradient) return;
      const auto host = gradient_.host();
      a.parameters = collected({host.begin(), host.end()}, before);
    });
    if (!gradient) return a;
    const auto none =
        collected(AlignedVector<Real>(std::size_t(Network::gradients), Real(before)), 0);
    for (std::size_t p = 0; p < none.size(); ++p) a.parameters[p] -= none[p] + before;
    return a;
  }

 private:
  static std::vector<double> collected(const AlignedVector<Real>& gradient, double before) {
    std::vector<Real> external(static_cast<std::size_t>(Network::parameters), Real(before));
    Network::collect(gradient.data(), external.data());
    return {external.begin(), external.end()};
  }
  // [channels][size] to rows [channels][pitch] with NaN in the gaps, and back.
  static Rows<Real> spread(Context& context, const std::vector<double>& dense, int size,
                           int pitch) {
    const std::size_t n = std::size_t(size * lanes), step = std::size_t(pitch * lanes);
    std::vector<double> wide(dense.size() / n * step, std::numeric_limits<double>::quiet_NaN());
    for (std::size_t i = 0; i < dense.size(); ++i) wide[i / n * step + i % n] = dense[i];
    return rows(context, wide);
  }
  static std::vector<double> gathered(Context& context, Rows<Real> from, int channels, int size,
                                      int pitch) {
    const auto wide = values(context, from, channels * pitch);
    const std::size_t n = std::size_t(size * lanes), step = std::size_t(pitch * lanes);
    std::vector<double> dense(std::size_t(channels) * n);
    for (std::size_t i = 0; i < dense.size(); ++i) dense[i] = wide[i / n * step + i % n];
    return dense;
  }

  void prepare() {
    std::vector<Real> external(parameters.begin(), parameters.end());
    std::vector<Real> weights(std::size_t(Network::weights), Real(0));
    Network::prepare(external.data(), weights.data());
    weights_.assign(weights);
  }
  Share<Real> share(Context& context, int variant, Real* gradient = nullptr) const {
    return {weights_.data(), gradient, context.template rows<Real>(Network::tape_rows), variant};
  }

  typename Backend::template Vector<Real> weights_, gradient_;
};

}  // namespace lanes::laws
