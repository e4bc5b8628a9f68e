// SPDX-License-Identifier: BSD-3-Clause
//
// Series and Estimate: storage, means, what is refused, how a result is printed.
#include <array>
#include <limits>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/statistics/estimate.hpp>
#include <lanes/statistics/series.hpp>

using lanes::Series;

TEST_CASE("append fills replicas of different lengths") {
  Series series(2);
  series.begin_replica();  // before any measurement: nothing
  series.append({1, 10});
  series.append({2, 20});
  series.append({6, 60});
  series.begin_replica();
  series.begin_replica();
  series.append({5, 50});

  CHECK(series.primaries() == 2);
  CHECK(series.measurements() == 4);
  REQUIRE(series.replicas() == 2);
  CHECK(series.lengths()[0] == 3);
  CHECK(series.lengths()[1] == 1);
  CHECK(series.row(2)[1] == 60);
  CHECK(series.means() == std::vector<double>{3.5, 35});
  CHECK(series.replica_means(0) == std::vector<double>{3, 30});
  CHECK(series.replica_means(1) == std::vector<double>{5, 50});
}

TEST_CASE("the constructor agrees with append") {
  const std::array<std::size_t, 2> lengths = {3, 1};
  const Series series(2, {1, 10, 2, 20, 6, 60, 5, 50}, lengths);
  CHECK(series.replicas() == 2);
  CHECK(series.replica_means(1) == std::vector<double>{5, 50});
  CHECK(Series(2, {1, 10, 2, 20}).replicas() == 1);
  CHECK(Series(2, {}).replicas() == 0);
}

TEST_CASE("the mean of a constant is the constant") {
  Series series(1);
  for (int i = 0; i < 1000; ++i) series.append(0.1);
  CHECK(series.means()[0] == 0.1);
}

TEST_CASE("bad values are refused and not stored") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  Series series(2);
  CHECK_THROWS_WITH_AS(series.append({1, nan}),
                       "lanes: Series: measured value is nan (allowed: finite)",
                       std::invalid_argument);
  CHECK_THROWS_AS(series.append({1, 2, 3}), std::invalid_argument);
  CHECK(series.measurements() == 0);
  CHECK_THROWS_AS(Series(0), std::invalid_argument);
  CHECK_THROWS_AS(Series(2, {1, 2, 3}), std::invalid_argument);
  CHECK_THROWS_AS(Series(1, {1, 1 / 0.0}), std::invalid_argument);
  const std::array<std::size_t, 2> wrong = {3, 2}, empty = {4, 0};
  CHECK_THROWS_AS(Series(1, {1, 2, 3, 4}, wrong), std::invalid_argument);
  CHECK_THROWS_AS(Series(1, {1, 2, 3, 4}, empty), std::invalid_argument);
  CHECK_THROWS_AS(series.means(), std::invalid_argument);
  CHECK_THROWS_AS(series.replica_means(0), std::invalid_argument);
}

TEST_CASE("an estimate prints with two digits of its error") {
  const auto text = [](double value, double error) {
    lanes::Estimate e;
    e.value = value;
    e.error = error;
    return lanes::to_string(e);
  };
  CHECK(text(0.123456, 0.00067) == "0.12346(67)");
  CHECK(text(-71.2372, 1.38) == "-71.2(1.4)");
  CHECK(text(1234.4, 56) == "1234(56)");
  CHECK(text(0.5, 0.0996) == "0.50(10)");  // 0.0996 is 0.10 to two digits
  CHECK(text(3.04, 0.996) == "3.0(1.0)");
  CHECK(text(0.5, 0) == "0.5(0)");
  CHECK(lanes::to_string(lanes::Estimate{}) == "nan(?)");
  CHECK(text(-lanes::Estimate::nan, -lanes::Estimate::nan) == "nan(?)");
}
