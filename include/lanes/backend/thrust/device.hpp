// SPDX-License-Identifier: BSD-3-Clause
//
// The device of the Thrust backend: its system (system.hpp), launches of kernels (launch.hpp), and
//
//   Vector<T>     numbers on the device with a view on the host (core/host_vector.hpp)
//   Memory        what an arena's blocks are made of
//
// Errors: MemoryError with the bytes asked and what is free.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <lanes/backend/thrust/launch.hpp>
#include <lanes/backend/thrust/system.hpp>
#include <lanes/core/arena.hpp>

namespace lanes::device {

inline void* allocate(std::size_t bytes) {
  if (bytes == 0) return nullptr;
  void* p = try_allocate(bytes);
  if (p == nullptr)
    throw MemoryError("lanes: Thrust: no " + std::to_string(bytes) + " bytes on the " + system +
                      " device (" + free_memory() + ")");
  return p;
}

/// The memory of an arena.
struct Memory {
  static constexpr std::size_t page = std::size_t(2) << 20;
  static void* allocate(std::size_t bytes) { return device::allocate(bytes); }
  static void release(void* p) { device::release(p); }
};

template <class T>
class Vector {
 public:
  explicit Vector(std::size_t n = 0) { reset(n); }
  Vector(const Vector& other) { assign(other.host()); }
  Vector& operator=(const Vector& other) {
    if (this != &other) assign(other.host());
    return *this;
  }
  Vector(Vector&& other) noexcept { swap(other); }
  Vector& operator=(Vector&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Vector() {
    if (data_) release(data_);
  }

  void reset(std::size_t n) {
    resize(n);
    if (n > 0) set_zero(data(), n * sizeof(T));
  }
  void assign(std::span<const T> values) {
    resize(values.size());
    if (!values.empty()) to_device(data(), values.data(), values.size_bytes());
  }
  std::size_t size() const { return size_; }
  T* data() {
    fresh_ = false;
    return data_;
  }
  const T* data() const { return data_; }

  /// The numbers as the last launch left them; valid until the vector changes.
  std::span<const T> host() const {
    if (!fresh_) {
      mirror_.resize(size_);
      if (size_ > 0) to_host(mirror_.data(), data_, size_ * sizeof(T));
      fresh_ = true;
    }
    return mirror_;
  }

 private:
  void resize(std::size_t n) {
    if (n == size_) return;
    T* p = static_cast<T*>(allocate(n * sizeof(T)));
    if (data_) release(data_);
    data_ = p;
    size_ = n;
    fresh_ = false;
  }
  void swap(Vector& other) {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(mirror_, other.mirror_);
    std::swap(fresh_, other.fresh_);
  }

  T* data_ = nullptr;
  std::size_t size_ = 0;
  mutable std::vector<T> mirror_;
  mutable bool fresh_ = false;
};

}  // namespace lanes::device
