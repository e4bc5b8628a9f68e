// SPDX-License-Identifier: BSD-3-Clause
//
// Coverage: estimates of one number over seeds against the truth. How many hold it within their
// error, and how many are off by more than five errors without a word in their verdict.
#pragma once

#include <cmath>

#include <doctest/doctest.h>

namespace lanes::testing {

struct Coverage {
  int count = 0, within = 0, trusted = 0;
  int far = 0, far_named = 0;  // off by more than five errors, or without an error; and not trusted
  double pulls = 0;            // sum of (value - truth) / error

  template <class Result>
  void add(const Result& e, double truth) {
    ++count;
    within += std::abs(e.value - truth) < e.error;
    trusted += e.trusted();
    if (!(std::abs(e.value - truth) <= 5 * e.error)) {
      ++far;
      far_named += !e.trusted();
    } else if (e.error > 0) {
      pulls += (e.value - truth) / e.error;
    }
  }
  /// 68 % within one error, to 4 sigma of the binomial: of 200 seeds errors too large or too small
  /// by 1.6 are outside.
  void check_nominal() const {
    constexpr double one_sigma = 0.682689;
    const double share = static_cast<double>(within) / count;
    CHECK(std::abs(share - one_sigma) < 4 * std::sqrt(one_sigma * (1 - one_sigma) / count));
  }
  void check_unbiased() const { CHECK(std::abs(pulls) < 4.5 * std::sqrt(double(count))); }
  /// Of the far ones, of which there are some, 95 % are named.
  void check_named() const {
    CHECK(far > 20);
    CHECK(far_named >= 0.95 * far);
  }
};

}  // namespace lanes::testing
