// SPDX-License-Identifier: BSD-3-Clause
//
// Series: measurements of K primary observables over Monte Carlo time, from R replicas (independent
// chains), which may differ in length.
//
//   Series series(2);                 // K = 2 primaries
//   series.append({m, m * m});        // one measurement; the first opens replica 0
//   series.begin_replica();           // what follows is another chain
//
// Shape: values are [measurements][primaries], one contiguous array, replicas one after another.
// Draws that are independent of each other are one replica.
// Errors: std::invalid_argument for a value that is not finite, for a row of the wrong length, for
// replica lengths that do not add up. Nothing is stored of what is refused.
#pragma once

#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <utility>
#include <vector>

#include <lanes/core/error.hpp>

namespace lanes {

class Series {
 public:
  explicit Series(int primaries) : primaries_(checked(primaries)) {}

  /// values: [measurements][primaries]; lengths: [replicas], in measurements; empty: one replica.
  Series(int primaries, std::vector<double> values, std::span<const std::size_t> lengths = {})
      : primaries_(checked(primaries)) {
    const std::size_t k = static_cast<std::size_t>(primaries);
    require(values.size() % k == 0, "Series: number of values", values.size(),
            "a multiple of the number of primaries");
    require_finite(values);
    std::size_t total = 0;
    for (std::size_t length : lengths) {
      require(length > 0, "Series: length of a replica", length, ">= 1");
      total += length;
    }
    require(lengths.empty() || total == values.size() / k, "Series: sum of the replicas' lengths",
            total, "the number of measurements");
    lengths_.assign(lengths.begin(), lengths.end());
    if (lengths_.empty() && !values.empty()) lengths_.push_back(values.size() / k);
    values_ = std::move(values);
  }

  void append(std::span<const double> row) {
    require(row.size() == static_cast<std::size_t>(primaries_), "Series: length of a row",
            row.size(), "the number of primaries");
    require_finite(row);
    values_.insert(values_.end(), row.begin(), row.end());
    if (open_new_ || lengths_.empty()) lengths_.push_back(0);
    open_new_ = false;
    ++lengths_.back();
  }
  void append(std::initializer_list<double> row) {
    append(std::span<const double>(row.begin(), row.size()));
  }
  void append(double value) { append(std::span<const double>(&value, 1)); }

  /// The next append starts another replica. Does nothing where there is no measurement yet.
  void begin_replica() { open_new_ = !lengths_.empty(); }

  /// Room for so many measurements.
  void reserve(std::size_t measurements) {
    values_.reserve(measurements * static_cast<std::size_t>(primaries_));
  }

  int primaries() const { return primaries_; }
  std::size_t replicas() const { return lengths_.size(); }
  std::size_t measurements() const { return values_.size() / static_cast<std::size_t>(primaries_); }
  std::span<const std::size_t> lengths() const { return lengths_; }  // [replicas]
  std::span<const double> values() const { return values_; }         // [measurements][primaries]
  const double* row(std::size_t measurement) const {                 // [primaries]
    return values_.data() + measurement * static_cast<std::size_t>(primaries_);
  }

  /// Means over all measurements, [primaries]. post: exact for a constant series.
  std::vector<double> means() const { return means(0, measurements()); }

  /// Means over one replica, [primaries].
  std::vector<double> replica_means(std::size_t replica) const {
    require(replica < replicas(), "Series: replica", replica, "0 to replicas() - 1");
    std::size_t first = 0;
    for (std::size_t r = 0; r < replica; ++r) first += lengths_[r];
    return means(first, lengths_[replica]);
  }

 private:
  static int checked(int primaries) {
    require(primaries >= 1, "Series: primaries", primaries, ">= 1");
    return primaries;
  }

  static void require_finite(std::span<const double> values) {
    for (double value : values)
      require(std::isfinite(value), "Series: measured value", value, "finite");
  }

  std::vector<double> means(std::size_t first, std::size_t length) const {
    require(length > 0, "Series: number of measurements", length, ">= 1");
    const std::size_t k = static_cast<std::size_t>(primaries_);
    std::vector<double> mean(k, 0.0), sum(k);
    for (int pass = 0; pass < 2; ++pass) {  // the second pass removes the rounding of the first
      sum.assign(k, 0.0);
      for (std::size_t i = first; i < first + length; ++i)
        for (std::size_t a = 0; a < k; ++a) sum[a] += row(i)[a] - mean[a];
      for (std::size_t a = 0; a < k; ++a) mean[a] += sum[a] / static_cast<double>(length);
    }
    return mean;
  }

  int primaries_;
  bool open_new_ = false;
  std::vector<double> values_;
  std::vector<std::size_t> lengths_;
};

}  // namespace lanes
