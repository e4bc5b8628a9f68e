// SPDX-License-Identifier: BSD-3-Clause
//
// Networks as plain loops over one configuration, in external (PyTorch's) parameter order; and a
// bench that runs the library's on a tile.
#pragma once

#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/contraction/stencil.hpp>
#include <lanes/core/precision.hpp>
#include <lanes/geometry/partition.hpp>
#include <lanes/network/initialiser.hpp>
#include <lanes/network/options.hpp>

#include "testing/tile.hpp"

namespace lanes::reference {

using Function = std::function<double(double)>;

inline double leaky_relu(double x) { return x > 0 ? x : 0.01 * x; }
inline double relu(double x) { return x > 0 ? x : 0; }
inline double gelu(double x) { return 0.5 * x * std::erfc(-x / std::sqrt(2.0)); }
inline double identity(double x) { return x; }
inline double hyperbolic_tangent(double x) { return std::tanh(x); }

struct Convolution {
  int in, out, kernel, dilation = 1;
  bool bias = true;
};

/// x [in][sites] -> [out][sites], every site.
template <class G>
std::vector<double> apply(const Convolution& c, const double*& parameter,
                          const std::vector<double>& x) {
  int taps = 1;
  for (int mu = 0; mu < G::dimension; ++mu) taps *= c.kernel;
  const double *weight = parameter, *bias = weight + c.out * c.in * taps;
  parameter = bias + (c.bias ? c.out : 0);
  std::vector<double> y(std::size_t(G::volume * c.out));
  for (int site = 0; site < G::volume; ++site)
    for (int o = 0; o < c.out; ++o) {
      double sum = c.bias ? bias[o] : 0;
      for (int t = 0; t < taps; ++t) {
        int from = 0;  // taps in C order: the last direction runs fastest
        for (int mu = 0, rest = taps; mu < G::dimension; ++mu) {
          rest /= c.kernel;
          const int offset = (t / rest % c.kernel - c.kernel / 2) * c.dilation, e = G::extent(mu);
          from = from * e + ((G::coordinate(site, mu) + offset) % e + e) % e;
        }
        for (int i = 0; i < c.in; ++i)
          sum += weight[(o * c.in + i) * taps + t] * x[std::size_t(i * G::volume + from)];
      }
      y[std::size_t(o * G::volume + site)] = sum;
    }
  return y;
}

template <class G>
std::vector<double> conv_net(const std::vector<Convolution>& layers, const Function& hidden,
                             const Function& last, const std::vector<double>& parameters,
                             std::vector<double> x) {
  const double* parameter = parameters.data();
  for (std::size_t l = 0; l < layers.size(); ++l) {
    x = apply<G>(layers[l], parameter, x);
    for (double& v : x) v = (l + 1 < layers.size() ? hidden : last)(v);
  }
  CHECK(parameter == parameters.data() + parameters.size());
  return x;
}

/// Widths of the layers, inputs first.
inline std::vector<double> dense_net(const std::vector<int>& widths, bool with_bias,
                                     const Function& hidden, const Function& last,
                                     const std::vector<double>& parameters, std::vector<double> x) {
  const double* parameter = parameters.data();
  for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
    const int in = widths[l], out = widths[l + 1];
    const double *weight = parameter, *bias = weight + out * in;
    parameter = bias + (with_bias ? out : 0);
    std::vector<double> y(static_cast<std::size_t>(out), 0.0);
    for (int o = 0; o < out; ++o) {
      double sum = with_bias ? bias[o] : 0;
      for (int i = 0; i < in; ++i) sum += weight[o * in + i] * x[std::size_t(i)];
      y[std::size_t(o)] = (l + 2 < widths.size() ? hidden : last)(sum);
    }
    x = y;
  }
  CHECK(parameter == parameters.data() + parameters.size());
  return x;
}

template <class Real>
struct AddTo {
  Rows<Real> to;
  template <class Lane, class T>
  void operator()(Lane lane, long row, T value) const {
    lane.store(to, row, lane.load(to, row) + value);
  }
};

/// A network bound to a tile. Inputs [In][sites] of each lane, outputs [Out][outputs], without the
/// gaps that the network's own rows have.
template <class Precision, class NetworkPolicy, class G, int In, int Out, class Inputs,
          class Outputs>
class NetworkBench {
 public:
  using Tile = testing::Tile<Precision>;
  using Real = typename Precision::Real;
  using Network = NetworkOf<NetworkPolicy, typename Tile::Context, G, In, Out, Inputs, Outputs>;
  static constexpr int lanes = Tile::lanes, input_rows = G::volume * In,
                       output_rows = Outputs::size * Out;
  static constexpr int input_pitch = Stencil<G, In, Out, 1, 1, false, Inputs, Outputs>::in_pitch;
  static_assert(Network::outputs == Out * Network::pitch);

  explicit NetworkBench(double scale) {
    Initialiser random(Seed{23});
    for (double& p : parameters) p = double(Real(random.uniform(scale)));
  }

  std::vector<double> parameters = std::vector<double>(std::size_t(Network::parameters));

  /// Random inputs; sites outside Inputs hold NaN, which must not be read.
  std::vector<double> inputs(int variant) const {
    std::vector<double> x(std::size_t(input_rows * lanes),
                          std::numeric_limits<double>::quiet_NaN());
    const auto values = testing::normal_field<Precision>(input_rows, 6);
    for (int i = 0; i < Inputs::size; ++i) {
      const int site = Inputs::site(variant, i);
      for (int c = 0; c < In; ++c)
        for (int k = 0; k < lanes; ++k) {
          const std::size_t e = std::size_t((c * G::volume + site) * lanes + k);
          x[e] = values[e];
        }
    }
    return x;
  }
  /// One lane, with zeros where there is no input.
  std::vector<double> lane_of(const std::vector<double>& rows, int lane) const {
    std::vector<double> x;
    for (std::size_t row = 0; row < rows.size() / std::size_t(lanes); ++row) {
      const double v = rows[row * std::size_t(lanes) + std::size_t(lane)];
      x.push_back(std::isnan(v) ? 0 : v);
    }
    return x;
  }

  std::vector<double> forward(int variant, const std::vector<double>& x) {
    auto& context = tile_.context();
    typename Tile::Context::Scope scope(context);
    const auto y = context.template rows<Real>(Network::outputs);
    prepare();
    Network::forward(context, share(variant), spread(x, G::volume, input_pitch), y);
    return gathered(y, Out, Outputs::size, Network::pitch);
  }

  struct Adjoint {
    std::vector<double> input, parameters;
  };
  Adjoint adjoint(int variant, const std::vector<double>& x, const std::vector<double>& d_output) {
    auto& context = tile_.context();
    typename Tile::Context::Scope scope(context);
    const auto input = spread(x, G::volume, input_pitch),
               d = spread(d_output, Outputs::size, Network::pitch);
    const auto y = context.template rows<Real>(Network::outputs),
               dx = context.template rows<Real>(In * input_pitch);
    prepare();
    AlignedVector<Real> gradient(std::size_t(Network::gradients), Real(0));
    const Share<Real> all = share(variant, gradient.data());
    Network::forward(context, all, input, y);
    fill(context, dx, In * input_pitch);
    Network::adjoint(context, all, input, y, d, AddTo<Real>{dx});
    std::vector<Real> external(std::size_t(Network::parameters), Real(0));
    Network::collect(gradient.data(), external.data());
    return {gathered(dx, In, G::volume, input_pitch), {external.begin(), external.end()}};
  }

 private:
  // [channels][size] to rows [channels][pitch] with NaN in the gaps, and back.
  Rows<Real> spread(const std::vector<double>& dense, int size, int pitch) {
    const std::size_t n = std::size_t(size * lanes), step = std::size_t(pitch * lanes);
    std::vector<double> wide(dense.size() / n * step, std::numeric_limits<double>::quiet_NaN());
    for (std::size_t i = 0; i < dense.size(); ++i) wide[i / n * step + i % n] = dense[i];
    return tile_.rows(wide);
  }
  std::vector<double> gathered(Rows<Real> rows, int channels, int size, int pitch) const {
    const auto wide = tile_.values(rows, channels * pitch);
    const std::size_t n = std::size_t(size * lanes), step = std::size_t(pitch * lanes);
    std::vector<double> dense(std::size_t(channels) * n);
    for (std::size_t i = 0; i < dense.size(); ++i) dense[i] = wide[i / n * step + i % n];
    return dense;
  }

  void prepare() {
    std::vector<Real> external(parameters.begin(), parameters.end());
    weights_.assign(std::size_t(Network::weights), Real(0));
    Network::prepare(external.data(), weights_.data());
  }
  Share<Real> share(int variant, Real* gradient = nullptr) {
    return {weights_.data(), gradient, tile_.context().template rows<Real>(Network::tape_rows),
            variant};
  }
  Tile tile_;
  AlignedVector<Real> weights_;
};

/// The adjoint against central differences of the output weighed by fixed numbers: in every input
/// row, and in the parameters along random directions. Double.
template <class Bench>
void check_adjoint(Bench& bench, int variant) {
  constexpr std::size_t lanes = std::size_t(Bench::lanes);
  const auto x = bench.inputs(variant);
  const auto weight = testing::normal_field<Double>(Bench::output_rows, 8);
  const auto adjoint = bench.adjoint(variant, x, weight);
  auto per_lane = [&](const std::vector<double>& at) {
    const auto y = bench.forward(variant, at);
    std::vector<double> sum(lanes, 0.0);
    for (std::size_t e = 0; e < y.size(); ++e) sum[e % lanes] += y[e] * weight[e];
    return sum;
  };
  CHECK(testing::deviation(adjoint.input, testing::central_differences(per_lane, x, Bench::lanes)) <
        Double::gradient);

  const auto centre = bench.parameters;
  std::vector<double> along, differences;
  for (int d = 0; d < 20; ++d) {
    const double step = 1e-5;  // as in testing/tile.hpp
    double sum = 0, difference = 0;
    std::vector<double> direction(centre.size());
    for (std::size_t p = 0; p < centre.size(); ++p) {
      direction[p] = std::sin(1.7 * double(p) * (d + 1) + d);
      sum += direction[p] * adjoint.parameters[p];
    }
    for (int sign : {1, -1}) {
      for (std::size_t p = 0; p < centre.size(); ++p)
        bench.parameters[p] = centre[p] + sign * step * direction[p];
      for (double v : per_lane(x)) difference += sign * v / (2 * step);
    }
    along.push_back(sum);
    differences.push_back(difference);
  }
  bench.parameters = centre;
  CHECK(testing::deviation(along, differences) < Double::gradient);
}

}  // namespace lanes::reference
