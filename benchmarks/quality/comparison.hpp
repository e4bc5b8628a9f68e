// SPDX-License-Identifier: BSD-3-Clause
//
// What the studies share: a table of observables from two independent ensembles of one theory,
// with the difference in combined standard deviations and a word where a number is not to be
// trusted, as text and as JSON; and the list of claims that a study makes about its own output.
#pragma once

#include <cmath>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <lanes/lanes.hpp>

namespace studies {

/// Claims that turned out false; a study ends with exit status 1 if there is any.
class Claims {
 public:
  void check(bool holds, const std::string& sentence) {
    if (!holds) broken_.push_back(sentence);
  }
  /// That a value is the true one, within five standard deviations; of an error that is not to be
  /// trusted nothing is claimed.
  void check_value(const lanes::Estimate& e, double truth, const std::string& sentence) {
    check(!e.trusted() || std::abs(e.value - truth) <= 5 * e.error, sentence);
  }
  bool hold() const { return broken_.empty(); }
  void print() const {
    for (const std::string& sentence : broken_)
      std::fprintf(stderr, "FAILED: %s\n", sentence.c_str());
  }

 private:
  std::vector<std::string> broken_;
};

/// One observable from the flow's ensemble and from HMC's.
struct Row {
  std::string name;
  lanes::Estimate flow, hmc;

  /// (flow - HMC) in combined standard deviations.
  double deviation() const { return (flow.value - hmc.value) / std::hypot(flow.error, hmc.error); }
};

/// A row for every result of every observable.
template <class Flow, class Hmc, class... Observables>
std::vector<Row> compare(const Flow& flow, const Hmc& hmc, const Observables&... observables) {
  using Geometry = typename Flow::Geometry;
  std::vector<Row> rows;
  const auto add = [&](const auto& observable) {
    const auto from_flow = analyse(observable, flow), from_hmc = analyse(observable, hmc);
    for (std::size_t i = 0; i < from_flow.size(); ++i)
      rows.push_back({lanes::result_label<Geometry>(observable, static_cast<int>(i)), from_flow[i],
                      from_hmc[i]});
  };
  (add(observables), ...);
  return rows;
}

/// value(error)
inline std::string value_text(double value, double error) {
  lanes::Estimate e;
  e.value = value;
  e.error = error;
  return to_string(e);
}

inline void print(const std::vector<Row>& rows) {
  std::printf("%-28s%-18s%-12s%-18s%-12s%s\n", "", "flow", "tau_int", "HMC", "tau_int",
              "difference");
  for (const Row& row : rows) {
    std::printf("%-28s%-18s%-12s%-18s%-12s", row.name.c_str(), to_string(row.flow).c_str(),
                value_text(row.flow.tau_int, row.flow.tau_int_error).c_str(),
                to_string(row.hmc).c_str(),
                value_text(row.hmc.tau_int, row.hmc.tau_int_error).c_str());
    if (std::isfinite(row.deviation()))
      std::printf("%+.1f sigma", row.deviation());
    else
      std::printf("-");
    for (const auto& [side, e] : {std::pair{"flow", &row.flow}, {"HMC", &row.hmc}})
      if (!e->verdict.trusted())
        std::printf("  %s not to be trusted: %s", side, to_string(e->verdict).c_str());
    std::printf("\n");
  }
}

/// The two agree within five standard deviations on every row whose errors are to be trusted.
inline void check_agreement(Claims& claims, const std::vector<Row>& rows) {
  for (const Row& row : rows)
    claims.check(!row.flow.trusted() || !row.hmc.trusted() || std::abs(row.deviation()) <= 5,
                 "flow and HMC agree on " + row.name);
}

inline nlohmann::json json_of(const lanes::Estimate& e) {
  return {{"value", e.value},
          {"error", e.error},
          {"tau_int", e.tau_int},
          {"tau_int_error", e.tau_int_error},
          {"doubts", to_string(e.verdict)}};
}

inline nlohmann::json json_of(const std::vector<Row>& rows) {
  nlohmann::json table = nlohmann::json::array();
  for (const Row& row : rows)
    table.push_back({{"name", row.name},
                     {"flow", json_of(row.flow)},
                     {"hmc", json_of(row.hmc)},
                     {"sigmas", row.deviation()}});
  return table;
}

}  // namespace studies
