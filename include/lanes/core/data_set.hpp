// SPDX-License-Identifier: BSD-3-Clause
//
// DataSet: configurations that were made elsewhere, fields [count][rows] on the host, contiguous,
// not owned, for estimators that train on them. Contexts bring them to lanes (choose). Its number,
// one for each that is made, tells a backend that it has a copy on its device already: the
// configurations are not to change while they are in use.
// Errors: std::invalid_argument unless fields holds one or more whole configurations of finite
// numbers; the first that is not is named by its configuration and row (a field of one component:
// site).
#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>

#include <lanes/core/error.hpp>
#include <lanes/core/macros.hpp>
#include <lanes/core/random.hpp>

namespace lanes {

namespace detail {

inline std::uint64_t next_data_set() {
  static std::atomic<std::uint64_t> made{0};
  return ++made;
}

/// Where in fields [count][component][site] the first number that is not finite stands, or "".
template <class Value>
std::string first_not_finite(std::span<const Value> fields, int rows, int components) {
  if constexpr (std::is_floating_point_v<Value>) {
    const auto bad =
        std::find_if_not(fields.begin(), fields.end(), [](Value v) { return std::isfinite(v); });
    if (bad == fields.end()) return "";
    const std::size_t at = std::size_t(bad - fields.begin()), row = at % std::size_t(rows),
                      sites = std::size_t(rows / components);
    return "configuration " + std::to_string(at / std::size_t(rows)) +
           (components > 1 ? ", component " + std::to_string(row / sites) : "") + ", site " +
           std::to_string(row % sites) + " is " + to_text(*bad) + ", expected a finite number";
  } else {
    return "";
  }
}

}  // namespace detail

template <class Value>
class DataSet {
 public:
  /// what: of the error; rows: degrees of freedom of one configuration.
  DataSet(const char* what, std::span<const Value> fields, int rows)
      : fields_(fields), count_(fields.size() / std::size_t(rows)), rows_(rows) {
    require(fields.size() % std::size_t(rows) == 0 && count_ > 0, what, fields.size(),
            "a positive multiple of the degrees of freedom");
    if (const std::string bad = detail::first_not_finite(fields, rows, 1); !bad.empty())
      throw std::invalid_argument("lanes: " + std::string(what) + ": " + bad);
  }
  std::span<const Value> fields() const { return fields_; }
  std::size_t count() const { return count_; }
  int rows() const { return rows_; }
  std::uint64_t number() const { return number_; }  // 1, 2, ...

 private:
  std::span<const Value> fields_;
  std::size_t count_;
  int rows_;
  std::uint64_t number_ = detail::next_data_set();
};

/// The configuration, of `count`, that a lane takes: any of them, equally often.
LANES_HD inline std::uint64_t chosen(const RandomStream& stream, std::uint64_t lane,
                                     std::uint64_t count) {
  const auto words = stream.words(lane, 0);
  return (std::uint64_t(words.v[0]) << 32 | words.v[1]) % count;
}

}  // namespace lanes
