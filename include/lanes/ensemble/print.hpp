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
// Of HMC also the step size and diverged trajectories, and chains that never moved if there are
// any. ESS, F_q and F where the proposals' weights are known. value(error) with two digits of the
// error, in the units of the observable; tau_int in configurations of a chain. Where an error is
// not to be trusted a last column says why (statistics/verdict.hpp). A ReweightedEnsemble has no
// acceptance; of independent draws it has no tau_int, of chains no F_q, and F is that of the theory
// less that of the action of the chains. Measured on the ensemble's threads; on another backend by
// analyse (ensemble/ensemble.hpp).
// Errors: what statistics/ refuses (a chain of fewer than 4 configurations, for one).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <lanes/ensemble/ensemble.hpp>
#include <lanes/ensemble/reweighted_ensemble.hpp>
#include <lanes/observable/observable.hpp>
#include <lanes/statistics/estimate.hpp>
#include <lanes/statistics/weights.hpp>

namespace lanes {

namespace detail {

/// Lines of up to four columns, left aligned.
class Table {
 public:
  void add(std::string label, std::string value, std::string note = {}, Verdict verdict = {}) {
    std::string doubts = verdict.trusted() ? "" : "not to be trusted: " + to_string(verdict);
    lines_.push_back({{std::move(label), std::move(value), std::move(note), std::move(doubts)}});
  }

  std::string text() const {
    std::size_t start[4] = {};  // of the columns
    for (int i = 1; i < 4; ++i)
      for (const Line& line : lines_)
        start[i] = std::max(start[i], start[i - 1] + line.column[i - 1].size() + 2);
    std::string text;
    for (const Line& line : lines_) {
      std::string row = line.column[0];
      for (int i = 1; i < 4; ++i) {
        if (line.column[i].empty()) continue;
        row.resize(start[i], ' ');
        row += line.column[i];
      }
      text += row + "\n";
    }
    return text;
  }

 private:
  struct Line {
    std::string column[4];
  };
  std::vector<Line> lines_;
};

inline std::string value_and_error(double value, double error) {
  Estimate e;
  e.value = value;
  e.error = error;
  return to_string(e);
}

inline void add_ess(Table& table, const EffectiveSampleSize& ess) {
  table.add("ESS", to_string(ess), "of N = " + std::to_string(ess.samples), ess.verdict);
}

/// Of independent draws.
inline void add_weights(Table& table, std::span<const double> log_weights) {
  if (log_weights.size() < 2) return;
  add_ess(table, effective_sample_size(log_weights));
  const Estimate f_q = variational_free_energy(log_weights), f = free_energy(log_weights);
  table.add("F_q", to_string(f_q), "= <S + ln q>_q", f_q.verdict);
  table.add("F", to_string(f), "= -ln Z", f.verdict);
}

template <class Geometry, class O>
void add_results(Table& table, const O& observable, const std::vector<Estimate>& results,
                 bool with_tau) {
  for (std::size_t i = 0; i < results.size(); ++i) {
    const Estimate& e = results[i];
    table.add(result_label<Geometry>(observable, static_cast<int>(i)), to_string(e),
              with_tau ? value_and_error(e.tau_int, e.tau_int_error) : std::string(), e.verdict);
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
  if (const HmcReport& hmc = ensemble.hmc; hmc.step_size > 0) {
    table.add("step size", detail::to_text(hmc.step_size),
              std::isnan(hmc.tuned_acceptance)
                  ? std::string()
                  : "tuned, acceptance " + detail::to_text(hmc.tuned_acceptance));
    if (hmc.diverged > 0)
      table.add("diverged", std::to_string(hmc.diverged),
                "of " + std::to_string(ensemble.decisions) + " trajectories");
  }
  if (const std::size_t stuck = ensemble.stuck_chains(); stuck > 0)
    table.add("never moved", std::to_string(stuck),
              "of " + std::to_string(ensemble.chains) + " chains");
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
  const std::size_t chains = ensemble.lengths.size();
  table.add("configurations", std::to_string(ensemble.size()),
            chains == 0   ? "(reweighted)"
            : chains == 1 ? "(1 chain, reweighted)"
                          : "(" + std::to_string(chains) + " chains, reweighted)");
  if (chains == 0) {
    detail::add_weights(table, ensemble.log_weights);
  } else {
    detail::add_ess(table, effective_sample_size(ensemble));
    const Estimate f = free_energy(ensemble);
    table.add("F - F_0", to_string(f), "= -ln Z / Z_0, 0: the action of the chains", f.verdict);
  }
  if constexpr (sizeof...(Observables) > 0) {
    table.add("", "");
    table.add("", "value", chains == 0 ? "" : "tau_int");
    (detail::add_results<Geometry>(table, observables, analyse(observables, ensemble), chains > 0),
     ...);
  }
  return table.text();
}

/// summary, to standard output.
template <class AnyEnsemble, class... Observables>
void print(const AnyEnsemble& ensemble, const Observables&... observables) {
  std::printf("%s", summary(ensemble, observables...).c_str());
}

}  // namespace lanes
