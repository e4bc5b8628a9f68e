// SPDX-License-Identifier: BSD-3-Clause
//
// Laws of a flow, for anybody's layers, transforms, networks and fields: each returns how far it is
// from holding, to be compared with a tolerance of the precision policy.
//
//   auto r = lanes::laws::check_flow<lanes::Double, lanes::Scalar, lanes::Lattice<4, 4>, MyLayer>(lanes::Seed{1});
//   CHECK(r.round_trip < lanes::Double::round_trip);   ...
//
//   round_trip    max |f^-1(f(z)) - z|, and of ln q(x) computed by draw and by density
//   log_det       max over lanes of | ln|det df/dz| - ln|det numerical Jacobian| |
//   score_*       score against central differences of density: in x, and in the parameters
//   pullback_*    pullback against central differences of from_base: in z, and in the parameters
//   null_gradient score in x where no gradient is wanted (path gradients), against score with one
//   check_translation   max |f(T z) - T f(z)| over translations T by `period` sites (2: a checkerboard's)
//
// Parameters are random (amplitude `scale`), not the start values, at which most layers are
// trivial. Derivatives are compared relative to their largest component; use Double for them.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include <Eigen/Dense>

#include <lanes/backend/default.hpp>
#include <lanes/flow/flow_model.hpp>
#include <lanes/testing/workbench.hpp>

namespace lanes::laws {

struct FlowReport {
  double round_trip = 0, log_det = 0;
  double score_field = 0, score_parameters = 0;
  double pullback_field = 0, pullback_parameters = 0;
  double null_gradient = 0;
};

/// Largest component of a - b relative to the largest of b.
inline double relative_deviation(const std::vector<double>& a, const std::vector<double>& b) {
  double difference = 0, size = 1e-300;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference = std::max(difference, std::isfinite(a[i]) ? std::abs(a[i] - b[i]) : INFINITY);
    size = std::max(size, std::abs(b[i]));
  }
  return difference / size;
}

/// a - b, on the circle where the field is a point on one.
template <class Field>
double field_difference(double a, double b) {
  if constexpr (requires { Field::period; })
    return std::remainder(a - b, Field::period);
  else
    return a - b;
}

template <class Precision, class Field, class Geometry, class Flow, class Backend = DefaultBackend>
double check_round_trip(Seed seed, double scale = 0.3) {
  Workbench<Precision, Field, Geometry, Flow, Backend> bench(seed, scale);
  const auto z = bench.base();
  const auto there = bench.from_base(z);
  const auto back = bench.density(there.field);
  double worst = 0;
  for (std::size_t i = 0; i < z.size(); ++i)
    worst = std::max(worst, std::abs(field_difference<Field>(back.field[i], z[i])));
  for (std::size_t k = 0; k < there.log_q.size(); ++k)
    worst = std::max(worst, std::abs(back.log_q[k] - there.log_q[k]) / bench.field_rows);
  return worst;
}

template <class Precision, class Field, class Geometry, class Flow, class Backend = DefaultBackend>
double check_null_gradient(Seed seed, double scale = 0.3) {
  Workbench<Precision, Field, Geometry, Flow, Backend> bench(seed, scale);
  const auto x = bench.base();
  std::vector<double> weight(std::size_t(bench.lanes));
  for (std::size_t k = 0; k < weight.size(); ++k) weight[k] = 1 + 0.5 * std::sin(2.3 * double(k));
  return relative_deviation(bench.score(x, weight, false).field, bench.score(x, weight).field);
}

template <class Precision, class Field, class Geometry, class Flow, class Backend = DefaultBackend>
double check_translation(Seed seed, int period = 2, double scale = 0.3) {
  Workbench<Precision, Field, Geometry, Flow, Backend> bench(seed, scale);
  constexpr int lanes = Workbench<Precision, Field, Geometry, Flow, Backend>::lanes;
  const auto translated = [](const std::vector<double>& x, int mu, int by) {
    auto to = x;
    for (int site = 0; site < Geometry::volume; ++site)
      for (int c = 0; c < Field::template components<Geometry>; ++c)
        for (int k = 0; k < lanes; ++k)
          to[std::size_t(Field::template row<Geometry>(Geometry::shifted(site, mu, by), c) * lanes +
                         k)] = x[std::size_t(Field::template row<Geometry>(site, c) * lanes + k)];
    return to;
  };
  const auto z = bench.base();
  const auto at = bench.from_base(z);
  double worst = 0;
  for (int mu = 0; mu < Geometry::dimension; ++mu) {
    const auto moved = bench.from_base(translated(z, mu, period));
    const auto expected = translated(at.field, mu, period);
    for (std::size_t i = 0; i < expected.size(); ++i)
      worst = std::max(worst, std::abs(field_difference<Field>(moved.field[i], expected[i])));
    for (std::size_t k = 0; k < at.log_q.size(); ++k)
      worst = std::max(worst, std::abs(moved.log_q[k] - at.log_q[k]));
  }
  return worst;
}

/// Links: f commutes with theta_mu(x) -> theta_mu(x) + alpha(x) - alpha(x + mu), and ln q does not
/// see it.
template <class Precision, class Field, class Geometry, class Flow, class Backend = DefaultBackend>
double check_gauge_equivariance(Seed seed, double scale = 0.3) {
  Workbench<Precision, Field, Geometry, Flow, Backend> bench(seed, scale);
  constexpr int lanes = Workbench<Precision, Field, Geometry, Flow, Backend>::lanes;
  const auto turned = [](std::vector<double> x) {
    const auto alpha = [](int site, int k) { return 3 * std::sin(1.3 * site + 0.7 * k); };
    for (int site = 0; site < Geometry::volume; ++site)
      for (int mu = 0; mu < Geometry::dimension; ++mu)
        for (int k = 0; k < lanes; ++k)
          x[std::size_t(Field::template row<Geometry>(site, mu) * lanes + k)] +=
              alpha(site, k) - alpha(Geometry::forward(site, mu), k);
    return x;
  };
  const auto z = bench.base();
  const auto at = bench.from_base(z), moved = bench.from_base(turned(z));
  const auto expected = turned(at.field);
  double worst = 0;
  for (std::size_t i = 0; i < expected.size(); ++i)
    worst = std::max(worst, std::abs(field_difference<Field>(moved.field[i], expected[i])));
  for (std::size_t k = 0; k < at.log_q.size(); ++k)
    worst = std::max(worst, std::abs(moved.log_q[k] - at.log_q[k]) / bench.field_rows);
  return worst;
}

template <class Precision, class Field, class Geometry, class Flow, class Backend = DefaultBackend>
FlowReport check_flow(Seed seed, double scale = 0.3, double step = 1e-5) {
  using Bench = Workbench<Precision, Field, Geometry, Flow, Backend>;
  Bench bench(seed, scale);
  constexpr int n = Bench::field_rows, lanes = Bench::lanes;
  FlowReport report;
  report.round_trip = check_round_trip<Precision, Field, Geometry, Flow, Backend>(seed, scale);
  report.null_gradient =
      check_null_gradient<Precision, Field, Geometry, Flow, Backend>(seed, scale);

  // Everything that depends on one row at a time: row j of every lane is moved at once.
  const auto z = bench.base();
  const auto at = bench.from_base(z);
  std::vector<double> x_bar(z.size()), l_bar(lanes), weight(lanes);
  for (std::size_t i = 0; i < x_bar.size(); ++i) x_bar[i] = std::sin(0.7 * double(i) + 0.2);
  for (int k = 0; k < lanes; ++k) l_bar[std::size_t(k)] = 0.5 + std::cos(1.1 * k);
  for (int k = 0; k < lanes; ++k) weight[std::size_t(k)] = 1 + 0.5 * std::sin(2.3 * k);
  const auto pulled = bench.pullback(z, x_bar, l_bar);
  const auto scored = bench.score(at.field, weight);

  std::vector<Eigen::MatrixXd> jacobian(lanes, Eigen::MatrixXd(n, n));
  std::vector<double> z_numerical(z.size()), x_numerical(z.size());
  for (int j = 0; j < n; ++j) {
    auto moved = [&](const std::vector<double>& from, double by) {
      auto to = from;
      for (int k = 0; k < lanes; ++k) to[std::size_t(j * lanes + k)] += by;
      return to;
    };
    const auto up = bench.from_base(moved(z, step)), down = bench.from_base(moved(z, -step));
    const auto q_up = bench.density(moved(at.field, step)),
               q_down = bench.density(moved(at.field, -step));
    for (int k = 0; k < lanes; ++k) {
      double sum =
          l_bar[std::size_t(k)] * (up.log_det[std::size_t(k)] - down.log_det[std::size_t(k)]);
      for (int i = 0; i < n; ++i) {
        const std::size_t e = std::size_t(i * lanes + k);
        const double d = field_difference<Field>(up.field[e], down.field[e]);
        jacobian[std::size_t(k)](i, j) = d / (2 * step);
        sum += x_bar[e] * d;
      }
      z_numerical[std::size_t(j * lanes + k)] = sum / (2 * step);
      x_numerical[std::size_t(j * lanes + k)] =
          weight[std::size_t(k)] * (q_up.log_q[std::size_t(k)] - q_down.log_q[std::size_t(k)]) /
          (2 * step);
    }
  }
  report.pullback_field = relative_deviation(pulled.field, z_numerical);
  report.score_field = relative_deviation(scored.field, x_numerical);
  for (int k = 0; k < lanes; ++k) {
    const Eigen::FullPivLU<Eigen::MatrixXd> lu(jacobian[std::size_t(k)]);
    const double numerical = lu.matrixLU().diagonal().array().abs().log().sum();
    report.log_det = std::max(report.log_det, std::abs(numerical - at.log_det[std::size_t(k)]) / n);
  }

  // Parameters: one at a time where they are few, else in random directions.
  const int parameters = Bench::parameters, directions = std::min(parameters, 60);
  std::vector<double> pull_a, pull_n, score_a, score_n;
  const auto centre = bench.external();
  for (int d = 0; d < directions; ++d) {
    std::vector<double> direction(std::size_t(parameters), 0.0);
    if (parameters <= directions)
      direction[std::size_t(d)] = 1;
    else
      for (int p = 0; p < parameters; ++p)
        direction[std::size_t(p)] = (p + d) % 3 == 0 ? std::sin(1.7 * p * (d + 1) + d) : 0;
    double pa = 0, sa = 0, pn = 0, sn = 0;
    for (int p = 0; p < parameters; ++p) {
      pa += direction[std::size_t(p)] * pulled.gradient[std::size_t(p)];
      sa += direction[std::size_t(p)] * scored.gradient[std::size_t(p)];
    }
    for (int sign : {1, -1}) {
      auto moved = centre;
      for (int p = 0; p < parameters; ++p)
        moved[std::size_t(p)] += sign * step * direction[std::size_t(p)];
      bench.set_external(moved);
      const auto forth = bench.from_base(z);
      const auto back = bench.density(at.field);
      for (int k = 0; k < lanes; ++k) {
        pn += sign * l_bar[std::size_t(k)] * forth.log_det[std::size_t(k)] / (2 * step);
        sn += sign * weight[std::size_t(k)] * back.log_q[std::size_t(k)] / (2 * step);
        for (int i = 0; i < n; ++i)
          pn += sign * x_bar[std::size_t(i * lanes + k)] *
                field_difference<Field>(forth.field[std::size_t(i * lanes + k)],
                                        at.field[std::size_t(i * lanes + k)]) /
                (2 * step);
      }
    }
    pull_a.push_back(pa), pull_n.push_back(pn), score_a.push_back(sa), score_n.push_back(sn);
  }
  bench.set_external(centre);
  report.pullback_parameters = relative_deviation(pull_a, pull_n);
  report.score_parameters = relative_deviation(score_a, score_n);
  return report;
}

}  // namespace lanes::laws
