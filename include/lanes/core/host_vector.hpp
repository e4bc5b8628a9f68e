// SPDX-License-Identifier: BSD-3-Clause
//
// HostVector<T>: numbers in this machine's memory, 64-byte aligned: the Vector of the Cpu backend.
// A backend's Vector<T> is memory that its kernels work on:
//
//   Vector<T>(n)      n zeros                       reset(n)   the same, later
//   data()            for kernels                   size()
//   host()            the numbers, on the host      assign(span)
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include <lanes/core/arena.hpp>

namespace lanes {

template <class T>
class HostVector {
 public:
  explicit HostVector(std::size_t n = 0) : values_(n) {}

  void reset(std::size_t n) { values_.assign(n, T(0)); }
  void assign(std::span<const T> values) { values_.assign(values.begin(), values.end()); }
  std::size_t size() const { return values_.size(); }
  T* data() { return values_.data(); }
  const T* data() const { return values_.data(); }
  std::span<const T> host() const { return values_; }

 private:
  AlignedVector<T> values_;
};

}  // namespace lanes
