// SPDX-License-Identifier: BSD-3-Clause
//
// The history of a training run as NPY files of doubles:
//
//   save_history("history.npy", result.history);          // [steps][7], as history_columns
//   save_evaluations("evaluations.npy", result.history);  // [evaluations][3]: updates so far,
//                                                         //   ESS of fresh draws, its error
//
// In Python:  step, loss, loss_error, ess, acceptance, gradient_norm, learning_rate =
// numpy.load("history.npy").T
//
// Errors: std::runtime_error with the path and the reason where the file cannot be written
// (io/npy_file.hpp).
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include <lanes/io/npy_file.hpp>
#include <lanes/training/history.hpp>

namespace lanes {

/// Names of the columns of save_history.
inline constexpr std::array<const char*, 7> history_columns = {
    "step", "loss", "loss_error", "ess", "acceptance", "gradient_norm", "learning_rate"};

inline void save_history(const std::string& path, const History& history) {
  const std::array columns = {&history.loss,       &history.loss_error,    &history.ess,
                              &history.acceptance, &history.gradient_norm, &history.learning_rate};
  static_assert(columns.size() + 1 == history_columns.size());
  std::vector<double> table;
  const std::size_t steps = history.loss.size();
  for (std::size_t i = 0; i < steps; ++i) {
    table.push_back(static_cast<double>(i));
    for (const auto* column : columns) table.push_back(column->at(i));
  }
  save_npy(path, table.data(),
           {static_cast<std::ptrdiff_t>(steps), std::ptrdiff_t(history_columns.size())});
}

inline void save_evaluations(const std::string& path, const History& history) {
  std::vector<double> table;
  const std::size_t count = history.evaluation_ess.size();
  for (std::size_t i = 0; i < count; ++i) {
    table.push_back(history.evaluation_step.at(i));
    table.push_back(history.evaluation_ess[i]);
    table.push_back(history.evaluation_ess_error.at(i));
  }
  save_npy(path, table.data(), {static_cast<std::ptrdiff_t>(count), 3});
}

}  // namespace lanes
