// SPDX-License-Identifier: BSD-3-Clause
//
// Networks as plain loops over one configuration, in external (PyTorch's) parameter order.
#pragma once

#include <cmath>
#include <functional>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/testing/network_laws.hpp>

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

/// One lane of inputs, with zeros where there is none.
template <class Bench>
std::vector<double> lane_of(const std::vector<double>& rows, int lane) {
  std::vector<double> x;
  for (std::size_t e = std::size_t(lane); e < rows.size(); e += std::size_t(Bench::lanes))
    x.push_back(std::isnan(rows[e]) ? 0 : rows[e]);
  return x;
}

/// The adjoints of a laws::NetworkWorkbench.
template <class Bench>
void check_adjoint(Bench& bench, int variant) {
  laws::Report report;
  laws::check_adjoints(report, bench, variant);
  CHECK_MESSAGE(report.passed(), to_string(report));
}

}  // namespace lanes::reference
