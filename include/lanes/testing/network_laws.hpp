// SPDX-License-Identifier: BSD-3-Clause
//
// Laws of a network, for anybody's (network/network.hpp).
//
//   const auto r = laws::check_network<Double, MyNet, Lattice<4, 4>, 1, 2>(Seed{1});
//   // failed: adjoint_input is off by 0.3 (allowed: 1e-06)
//   CHECK_MESSAGE(r.passed(), to_string(r));
//
//   finite            outputs are numbers, where all that it must not read is none: sites outside
//                     Inputs and the gaps between channels
//   gradient_adds     a gradient is added to what is there, and collected to what is there
//   null_gradient     the adjoint of the input is the same where no gradient is wanted
//   external_order    the same parameters make the same network, with the same gradient, on Serial,
//                     which keeps them in external order
//   odd               output(-x) = -output(x) of a policy that says odd = true
//
// and in Double
//
//   adjoint_input, adjoint_parameters     against numerical derivatives (testing/differences.hpp)
//
// In and Out: channels; Inputs and Outputs: sets of sites, all by default; Transform: what the
// outputs are parameters of, where the network asks. Parameters are uniform in [-scale, scale].
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include <lanes/backend/serial.hpp>
#include <lanes/testing/network_workbench.hpp>
#include <lanes/testing/report.hpp>

namespace lanes::laws {

namespace detail {

template <class Policy>
inline constexpr bool is_odd = false;
template <class Policy>
requires requires { requires Policy::odd; }
inline constexpr bool is_odd<Policy> = true;

/// Sum of weight output, per lane.
inline std::vector<double> weighed(const std::vector<double>& output,
                                   const std::vector<double>& weight, int lanes) {
  std::vector<double> sum(std::size_t(lanes), 0.0);
  for (std::size_t e = 0; e < output.size(); ++e)
    sum[e % std::size_t(lanes)] += output[e] * weight[e];
  return sum;
}

}  // namespace detail

/// Adjoints at a variant of the masks, by every input and along directions of the parameters, of a
/// NetworkWorkbench.
template <class Bench>
void check_adjoints(Report& report, Bench& bench, int variant, double step = 1e-4) {
  const auto x = bench.inputs(variant);
  const auto weight = normal_field<typename Bench::Precision>(Bench::output_rows, 8);
  const auto adjoint = bench.adjoint(variant, x, weight);
  const auto by_input = by_rows(
      [&](const auto& at) {
        return detail::weighed(bench.forward(variant, at), weight, Bench::lanes);
      },
      x, Bench::lanes, step);
  // What is not read is NaN and has no adjoint.
  auto want = by_input;
  for (std::size_t e = 0; e < x.size(); ++e)
    if (std::isnan(x[e])) want.value[e] = want.error[e] = 0;
  report.add("adjoint_input", relative_deviation(adjoint.input, want, report.unknown),
             Double::gradient);

  const auto centre = bench.parameters;
  const std::size_t n = centre.size(), directions = std::min<std::size_t>(n, 40);
  const auto component = [&](std::size_t d, std::size_t p) {
    return n == directions ? double(p == d) : std::sin(1.7 * double(p) * double(d + 1) + double(d));
  };
  std::vector<double> along(directions, 0.0);
  for (std::size_t d = 0; d < directions; ++d)
    for (std::size_t p = 0; p < n; ++p) along[d] += component(d, p) * adjoint.parameters[p];
  const auto numerical = extrapolated(
      [&](double h) {
        std::vector<double> slope(directions, 0.0);
        for (std::size_t d = 0; d < directions; ++d)
          for (int sign : {1, -1}) {
            for (std::size_t p = 0; p < n; ++p)
              bench.parameters[p] = centre[p] + sign * h * component(d, p);
            for (double v : detail::weighed(bench.forward(variant, x), weight, Bench::lanes))
              slope[d] += sign * v / (2 * h);
          }
        return slope;
      },
      step);
  bench.parameters = centre;
  report.add("adjoint_parameters", relative_deviation(along, numerical, report.unknown),
             Double::gradient);
}

template <class Precision, class Policy, class Geometry, int In, int Out,
          class Inputs = AllSites<Geometry>, class Outputs = AllSites<Geometry>,
          class Transform = void, class Backend = DefaultBackend>
Report check_network(Seed seed, double scale = 0.4, double step = 1e-4) {
  static_assert(Network<Policy>,
                "lanes: a Network has an inner template Network<Setting>; see "
                "lanes/network/network.hpp.");
  using Bench =
      NetworkWorkbench<Precision, Policy, Geometry, In, Out, Inputs, Outputs, Transform, Backend>;
  using Plain =
      NetworkWorkbench<Precision, Policy, Geometry, In, Out, Inputs, Outputs, Transform, Serial>;
  constexpr std::size_t lanes = std::size_t(Bench::lanes);
  Bench bench(seed, scale);
  Plain plain(seed, scale);
  Report report;
  for (int variant = 0; variant < Bench::variants; ++variant) {
    const auto x = bench.inputs(variant), y = bench.forward(variant, x);
    const auto d = normal_field<Precision, Backend>(Bench::output_rows, 8);
    const bool finite = std::all_of(y.begin(), y.end(), [](double v) { return std::isfinite(v); });
    report.add("finite", finite ? 0 : INFINITY, Precision::agreement);

    const auto a = bench.adjoint(variant, x, d), more = bench.adjoint(variant, x, d, true, 1);
    report.add("gradient_adds", deviation(more.parameters, a.parameters), Precision::agreement);
    report.add("null_gradient", deviation(bench.adjoint(variant, x, d, false).input, a.input),
               Precision::agreement);

    std::vector<double> gradient(a.parameters.size(), 0.0);
    for (std::size_t k = 0; k < lanes; ++k) {
      const auto lane = [&](const std::vector<double>& all) {
        std::vector<double> one;
        for (std::size_t e = k; e < all.size(); e += lanes) one.push_back(all[e]);
        return one;
      };
      const auto b = plain.adjoint(variant, lane(x), lane(d));
      report.add("external_order", deviation(lane(y), plain.forward(variant, lane(x))),
                 Precision::agreement);
      report.add("external_order", deviation(lane(a.input), b.input), Precision::agreement);
      for (std::size_t p = 0; p < gradient.size(); ++p) gradient[p] += b.parameters[p];
    }
    report.add("external_order", deviation(a.parameters, gradient), Precision::agreement);

    if constexpr (detail::is_odd<Policy>) {
      auto mirrored = x;
      for (double& v : mirrored) v = -v;
      auto z = bench.forward(variant, mirrored);
      for (double& v : z) v = -v;
      report.add("odd", deviation(z, y), Precision::agreement);
    }
    if constexpr (std::is_same_v<typename Precision::Real, double>)
      check_adjoints(report, bench, variant, step);
  }
  return report;
}

}  // namespace lanes::laws
