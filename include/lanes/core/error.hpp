// SPDX-License-Identifier: BSD-3-Clause
//
// Run-time errors. A bad value is refused when an object is made, with the offending value and the
// allowed range in the message; nothing is changed before it is thrown.
//
//   require(lambda >= 0, "Phi4: lambda", lambda, ">= 0");
//   // std::invalid_argument: lanes: Phi4: lambda is -1 (allowed: >= 0)
#pragma once

#include <charconv>
#include <stdexcept>
#include <string>
#include <type_traits>

#include <lanes/core/finite_math.hpp>

namespace lanes {

namespace detail {

template <class Value>
std::string to_text(const Value& value) {
  if constexpr (std::is_floating_point_v<Value>) {
    if (value != value) return "nan";  // without its sign
    char text[40];  // by to_chars, which no locale changes
    const auto end = std::to_chars(text, text + sizeof text, static_cast<double>(value),
                                   std::chars_format::general, 9);
    return std::string(text, end.ptr);
  } else if constexpr (std::is_arithmetic_v<Value>) {
    return std::to_string(value);
  } else {
    return std::string(value);
  }
}

template <class Value>
[[noreturn]] void refuse(const char* what, const Value& value, const char* allowed) {
  throw std::invalid_argument(std::string("lanes: ") + what + " is " + to_text(value) +
                              " (allowed: " + allowed + ")");
}

}  // namespace detail

/// Throws std::invalid_argument naming `what`, its `value` and what is `allowed`, unless `valid`.
template <class Value>
void require(bool valid, const char* what, const Value& value, const char* allowed) {
  if (!valid) detail::refuse(what, value, allowed);
}

}  // namespace lanes
