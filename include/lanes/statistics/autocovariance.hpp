// SPDX-License-Identifier: BSD-3-Clause
//
// Autocovariance: lag sums of a centred series, replica by replica,
//
//   sum_r sum_{i = 1}^{N_r - t} d_r(i) d_r(i + t),   t = 0 .. max_lag
//
// Short lags are direct sums (8 accumulators in a fixed order: the same bits on every run). The
// first lag beyond `direct_lags` computes all of them by one fast Fourier transform per replica, so
// a series that never decorrelates costs N log N and not N^2 (1e6 measurements: under a second).
// The Fourier lags carry a rounding error of about 1e-16 log2(N) of the lag-0 sum.
#pragma once

#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>
#include <vector>

#include <lanes/core/finite_math.hpp>

namespace lanes {

namespace detail {

/// In-place transform of 2^m complex numbers (re, im interleaved), natural to bit-reversed order.
inline void fourier_forward(std::vector<double>& x, const std::vector<double>& twiddle) {
  const std::size_t n = x.size() / 2;
  for (std::size_t half = n / 2, step = 1; half > 0; half /= 2, step *= 2)
    for (std::size_t block = 0; block < n; block += 2 * half)
      for (std::size_t j = 0; j < half; ++j) {
        double* a = &x[2 * (block + j)];
        double* b = a + 2 * half;
        const double c = twiddle[2 * j * step], s = twiddle[2 * j * step + 1];
        const double re = a[0] - b[0], im = a[1] - b[1];
        a[0] += b[0];
        a[1] += b[1];
        b[0] = re * c - im * s;
        b[1] = re * s + im * c;
      }
}

/// The transposed transform, bit-reversed to natural order; real even input: its own inverse but
/// 1/n.
inline void fourier_transposed(std::vector<double>& x, const std::vector<double>& twiddle) {
  const std::size_t n = x.size() / 2;
  for (std::size_t half = 1, step = n / 2; half < n; half *= 2, step /= 2)
    for (std::size_t block = 0; block < n; block += 2 * half)
      for (std::size_t j = 0; j < half; ++j) {
        double* a = &x[2 * (block + j)];
        double* b = a + 2 * half;
        const double c = twiddle[2 * j * step], s = twiddle[2 * j * step + 1];
        const double re = b[0] * c - b[1] * s, im = b[0] * s + b[1] * c;
        b[0] = a[0] - re;
        b[1] = a[1] - im;
        a[0] += re;
        a[1] += im;
      }
}

inline double lagged_product(const double* x, std::size_t length, std::size_t lag) {
  if (lag >= length) return 0;
  const double* y = x + lag;
  const std::size_t n = length - lag, whole = n / 8 * 8;
  double sum[8] = {};
  for (std::size_t i = 0; i < whole; i += 8)
    for (std::size_t j = 0; j < 8; ++j) sum[j] += x[i + j] * y[i + j];
  for (std::size_t i = whole; i < n; ++i) sum[i - whole] += x[i] * y[i];
  return ((sum[0] + sum[4]) + (sum[1] + sum[5])) + ((sum[2] + sum[6]) + (sum[3] + sum[7]));
}

}  // namespace detail

class Autocovariance {
 public:
  static constexpr std::size_t direct_lags = 256;

  /// centred: [measurements], replicas one after another; both spans must outlive this object.
  Autocovariance(std::span<const double> centred, std::span<const std::size_t> lengths,
                 std::size_t max_lag)
      : centred_(centred), lengths_(lengths), max_lag_(max_lag) {}

  /// pre: lag <= max_lag
  double lag_sum(std::size_t lag) {
    if (lag > direct_lags) {
      if (all_.empty()) transform();
      return all_[lag];
    }
    double sum = 0;
    const double* x = centred_.data();
    for (std::size_t length : lengths_) {
      sum += detail::lagged_product(x, length, lag);
      x += length;
    }
    return sum;
  }

 private:
  void transform() {
    all_.assign(max_lag_ + 1, 0.0);
    std::vector<double> work, twiddle;
    const double* x = centred_.data();
    for (std::size_t length : lengths_) {
      std::size_t n = 2;
      while (n < length + max_lag_ + 1) n *= 2;  // zero padding: no lag wraps around
      if (twiddle.size() != n) {
        twiddle.resize(n);
        for (std::size_t j = 0; j < n / 2; ++j) {
          const double angle =
              -2 * std::numbers::pi * static_cast<double>(j) / static_cast<double>(n);
          twiddle[2 * j] = std::cos(angle);
          twiddle[2 * j + 1] = std::sin(angle);
        }
      }
      work.assign(2 * n, 0.0);
      for (std::size_t i = 0; i < length; ++i) work[2 * i] = x[i];
      detail::fourier_forward(work, twiddle);
      for (std::size_t i = 0; i < n; ++i) {
        work[2 * i] = work[2 * i] * work[2 * i] + work[2 * i + 1] * work[2 * i + 1];
        work[2 * i + 1] = 0;
      }
      detail::fourier_transposed(work, twiddle);
      for (std::size_t t = 0; t <= max_lag_; ++t) all_[t] += work[2 * t] / static_cast<double>(n);
      x += length;
    }
  }

  std::span<const double> centred_;
  std::span<const std::size_t> lengths_;
  std::size_t max_lag_;
  std::vector<double> all_;  // [lags], once needed
};

}  // namespace lanes
