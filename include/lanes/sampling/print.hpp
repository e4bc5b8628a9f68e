// SPDX-License-Identifier: BSD-3-Clause
//
// print: an ensemble and its observables as a plain table; summary: the same as a string.
//
//   print(ensemble, Magnetization{}, Susceptibility{});
//
//   configurations   100000  (1 chain)
//   acceptance       0.7123
//   ESS              0.6120(45)     of N = 100000
//   F_q              -12.345(12)    = <S + ln q>_q
//   F                -12.567(31)    = -ln Z
//
//                    value          tau_int
//   magnetization    0.0012(23)     1.234(45)
//
// ESS, F_q and F where the proposals' weights are known. value(error) with two digits of the error,
// in the units of the observable; tau_int in configurations of a chain. A ReweightedEnsemble has no
// acceptance and no tau_int: errors by bootstrap.
// Errors: what analysis/ refuses (a chain of fewer than 4 configurations, for one).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <lanes/analysis/estimate.hpp>
#include <lanes/analysis/observable.hpp>
#include <lanes/analysis/weights.hpp>
#include <lanes/sampling/ensemble.hpp>
#include <lanes/sampling/importance.hpp>

namespace lanes {

namespace detail {

/// Lines of up to three columns, left aligned.
class Table {
 public:
  void add(std::string label, std::string value, std::string note = {}) {
    lines_.push_back({{std::move(label), std::move(value), std::move(note)}});
  }

  std::string text() const {
    std::size_t width[2] = {};
    for (const Line& line : lines_)
      for (int i = 0; i < 2; ++i) width[i] = std::max(width[i], line.column[i].size());
    std::string text;
    for (const Line& line : lines_) {
      std::string row = line.column[0];
      for (int i = 1; i < 3; ++i) {
        if (line.column[i].empty()) continue;
        row.resize(width[0] + 2 + (i == 2 ? width[1] + 2 : 0), ' ');
        row += line.column[i];
      }
      text += row + "\n";
    }
    return text;
  }

 private:
  struct Line {
    std::string column[3];
  };
  std::vector<Line> lines_;
};

inline std::string value_and_error(double value, double error) {
  Estimate e;
  e.value = value;
  e.error = error;
  return to_string(e);
}

inline void add_weights(Table& table, std::span<const double> log_weights) {
  if (log_weights.size() < 2) return;
  const EffectiveSampleSize ess = effective_sample_size(log_weights);
  table.add("ESS", value_and_error(ess.value, ess.error), "of N = " + std::to_string(ess.samples));
  table.add("F_q", to_string(variational_free_energy(log_weights)), "= <S + ln q>_q");
  table.add("F", to_string(free_energy(log_weights)), "= -ln Z");
}

template <class Geometry, class O>
void add_results(Table& table, const O& observable, const std::vector<Estimate>& results,
                 bool with_tau) {
  for (std::size_t i = 0; i < results.size(); ++i) {
    const Estimate& e = results[i];
    table.add(result_label<Geometry>(observable, static_cast<int>(i)), to_string(e),
              with_tau ? value_and_error(e.tau_int, e.tau_int_error) : std::string());
  }
}

}  // namespace detail

template <class Field, class Geometry, class Real, class... Observables>
std::string summary(const Ensemble<Field, Geometry, Real>& ensemble,
                    const Observables&... observables) {
  detail::Table table;
  table.add("configurations", std::to_string(ensemble.size()),
            std::string("(") + std::to_string(ensemble.chains) +
                (ensemble.chains == 1 ? " chain)" : " chains)"));
  if (ensemble.decisions > 0) {
    char text[32];
    std::snprintf(text, sizeof text, "%.4f", ensemble.acceptance());
    table.add("acceptance", text);
  }
  detail::add_weights(table, ensemble.proposal_log_weights);
  if constexpr (sizeof...(Observables) > 0) {
    table.add("", "");
    table.add("", "value", "tau_int");
    (detail::add_results<Geometry>(table, observables, analyse(observables, ensemble), true), ...);
  }
  return table.text();
}

template <class Field, class Geometry, class Real, class... Observables>
std::string summary(const ReweightedEnsemble<Field, Geometry, Real>& ensemble,
                    const Observables&... observables) {
  detail::Table table;
  table.add("configurations", std::to_string(ensemble.size()), "(reweighted)");
  detail::add_weights(table, ensemble.log_weights);
  if constexpr (sizeof...(Observables) > 0) {
    table.add("", "");
    table.add("", "value");
    (detail::add_results<Geometry>(table, observables, analyse(observables, ensemble), false), ...);
  }
  return table.text();
}

/// summary, to standard output.
template <class AnyEnsemble, class... Observables>
void print(const AnyEnsemble& ensemble, const Observables&... observables) {
  std::printf("%s", summary(ensemble, observables...).c_str());
}

}  // namespace lanes
