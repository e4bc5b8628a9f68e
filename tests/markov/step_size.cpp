// SPDX-License-Identifier: BSD-3-Clause
//
// StepSizeTuner on a law that it assumes and with noise; the chains themselves are tuned in
// hmc.cpp.
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/markov/step_size.hpp>
#include <support/near.hpp>

TEST_CASE("inverse_erfc is the inverse of erfc") {
  for (double a : {1e-6, 0.01, 0.3, 0.9, 1 - 1e-6})
    CHECK(std::erfc(lanes::detail::inverse_erfc(a)) == near(a));
}

TEST_CASE("acceptance: min(1, exp(-dH)), none for what is not finite") {
  const double infinity = std::numeric_limits<double>::infinity();
  const std::vector<double> dh{-3, 0, std::log(2.0), infinity, std::nan("")};
  CHECK(lanes::StepSizeTuner::acceptance(dh) == near((1 + 1 + 0.5) / 5));
}

TEST_CASE("an acceptance of erfc(step_size^2) is inverted") {
  for (double wanted : {0.5, 0.9})
    for (double start : {1e-300, 1e-9, 0.01, 20.0, 1e30, 1e300}) {
      lanes::StepSizeTuner tuner(wanted, start);
      double step = start;
      for (int i = 0; i < 30; ++i) {
        const double a = std::erfc(step * step);
        const std::vector<double> dh{a > 0 ? -std::log(a) : 1e300};
        const double next = tuner.next(dh);
        step = next;
      }
      CHECK(tuner.settled() > 8);
      // a few per cent of an acceptance is all that tuning is for
      CHECK(std::erfc(step * step) == doctest::Approx(wanted).epsilon(0.02));
    }
}

TEST_CASE("the wanted acceptance is a probability") {
  CHECK_THROWS_AS(lanes::StepSizeTuner(0.0, 0.1), std::invalid_argument);
  CHECK_THROWS_AS(lanes::StepSizeTuner(1.0, 0.1), std::invalid_argument);
}
