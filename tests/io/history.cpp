// SPDX-License-Identifier: BSD-3-Clause
#include <string>

#include <doctest/doctest.h>

#include <lanes/io/history.hpp>
#include <lanes/io/npy.hpp>
#include <support/temporary_folder.hpp>

using namespace lanes;

TEST_CASE("a history is a table [steps][7] and a table [evaluations][3]") {
  const TemporaryFolder folder;
  History history;
  history.add({.step = 0,
               .loss = 1,
               .loss_error = 2,
               .ess = 3,
               .acceptance = 4,
               .gradient_norm = 5,
               .learning_rate = 6});
  history.add({.step = 1,
               .loss = 11,
               .loss_error = 12,
               .ess = 13,
               .acceptance = 14,
               .gradient_norm = 15,
               .learning_rate = 16});
  history.evaluation_step = {2};
  history.evaluation_ess = {0.5};
  history.evaluation_ess_error = {0.01};
  save_history(folder / "history.npy", history);
  save_evaluations(folder / "evaluations.npy", history);

  const auto table = load_npy<double>(folder / "history.npy", {2, 7});
  for (int column = 0; column < 7; ++column) {
    CHECK(table(0, column) == column);
    CHECK(table(1, column) == (column == 0 ? 1 : 10 + column));
  }
  CHECK(std::string(history_columns[1]) == "loss");
  CHECK(std::string(history_columns[6]) == "learning_rate");
  const auto evaluations = load_npy<double>(folder / "evaluations.npy", {1, 3});
  CHECK(evaluations(0, 0) == 2);
  CHECK(evaluations(0, 1) == 0.5);
  CHECK(evaluations(0, 2) == 0.01);
}

TEST_CASE("an empty history has no rows; a folder that is not there is an error") {
  const TemporaryFolder folder;
  save_history(folder / "history.npy", {});
  save_evaluations(folder / "evaluations.npy", {});
  CHECK(load_npy<double>(folder / "history.npy", {0, 7}).size() == 0);
  CHECK(load_npy<double>(folder / "evaluations.npy", {0, 3}).size() == 0);
  const std::string path = folder / "none/history.npy";
  CHECK(message_of([&] {
          save_history(path, {});
        }).starts_with("lanes: cannot write " + path + ": "));
}
