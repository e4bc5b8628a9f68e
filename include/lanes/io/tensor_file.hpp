// SPDX-License-Identifier: BSD-3-Clause
//
// TensorFile: named tensors and named strings in memory; safetensors.hpp saves and loads it.
//
// A tensor is C-order values of one type; the type has the name that the safetensors format gives
// it: F32, F64, BF16, I64, ... (tensor_type<T>; a type of one's own specialises it). Errors:
// std::runtime_error with the tensor's name if it is missing or is of another type or shape than
// asked for; std::invalid_argument if a shape and a number of values do not belong together.
#pragma once

#include <cstddef>
#include <cstring>
#include <initializer_list>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <lanes/core/error.hpp>
#include <lanes/io/shape.hpp>

namespace lanes {

namespace detail {

struct TensorType {
  const char* name;
  std::size_t size;  // [bytes]
};

inline constexpr TensorType tensor_types[] = {
    {"F64", 8}, {"I64", 8}, {"U64", 8},     {"F32", 4},     {"I32", 4},
    {"U32", 4}, {"F16", 2}, {"BF16", 2},    {"I16", 2},     {"U16", 2},
    {"I8", 1},  {"U8", 1},  {"F8_E4M3", 1}, {"F8_E5M2", 1}, {"BOOL", 1}};

/// Bytes of one value of a type, 0 if there is no such type.
inline std::size_t tensor_type_size(std::string_view name) {
  for (const TensorType& type : tensor_types) {
    if (name == type.name) return type.size;
  }
  return 0;
}

template <class T>
constexpr const char* arithmetic_tensor_type() {
  constexpr int size = sizeof(T);
  if constexpr (std::is_same_v<T, bool>) {
    return "BOOL";
  } else if constexpr (std::is_same_v<T, float> || std::is_same_v<T, double>) {
    return size == 4 ? "F32" : "F64";
  } else {
    static_assert(std::is_integral_v<T>, "lanes: tensor_type is not specialised for this type.");
    constexpr bool plus = std::is_unsigned_v<T>;
    return size == 1   ? (plus ? "U8" : "I8")
           : size == 2 ? (plus ? "U16" : "I16")
           : size == 4 ? (plus ? "U32" : "I32")
                       : (plus ? "U64" : "I64");
  }
}

}  // namespace detail

template <class T>
inline constexpr const char* tensor_type = detail::arithmetic_tensor_type<T>();

/// One tensor: its type's name, its shape, its bytes.
struct Tensor {
  std::string dtype;                  // a name such as F32
  std::vector<std::ptrdiff_t> shape;  // [dimensions]
  std::vector<std::byte> bytes;       // [product of shape * size of a value], C order

  bool operator==(const Tensor&) const = default;
};

struct TensorFile {
  std::map<std::string, Tensor> tensors;
  std::map<std::string, std::string> metadata;

  bool operator==(const TensorFile&) const = default;

  /// Copies `values` in as the tensor `name`, in the place of one of that name.
  template <class T>
  void put(const std::string& name, std::span<const T> values,
           std::span<const std::ptrdiff_t> shape) {
    std::size_t bytes = 0;
    require(detail::shape_bytes(shape, sizeof(T), bytes) && bytes == values.size_bytes(),
            ("tensor " + name + ": shape").c_str(), detail::tuple_text(shape),
            ("that of " + std::to_string(values.size()) + " values").c_str());
    Tensor tensor{tensor_type<T>, {shape.begin(), shape.end()}, std::vector<std::byte>(bytes)};
    if (bytes > 0) std::memcpy(tensor.bytes.data(), values.data(), bytes);
    tensors.insert_or_assign(name, std::move(tensor));
  }
  /// The same, of a shape that is written out.
  template <class T>
  void put(const std::string& name, std::span<const T> values,
           std::initializer_list<std::ptrdiff_t> shape) {
    put<T>(name, values, std::span(shape.begin(), shape.size()));
  }

  const Tensor& at(const std::string& name) const {
    const auto found = tensors.find(name);
    if (found == tensors.end()) throw std::runtime_error("lanes: there is no tensor " + name);
    return found->second;
  }

  /// The values of tensor `name`, which live as long as it does.
  template <class T>
  std::span<const T> as(const std::string& name) const {
    const Tensor& tensor = at(name);
    if (tensor.dtype != tensor_type<T>) {
      throw std::runtime_error("lanes: tensor " + name + " is of type " + tensor.dtype +
                               ", expected " + tensor_type<T>);
    }
    return {reinterpret_cast<const T*>(tensor.bytes.data()), tensor.bytes.size() / sizeof(T)};
  }
  /// The same, of an expected shape; -1 stands for any extent.
  template <class T>
  std::span<const T> as(const std::string& name, std::span<const std::ptrdiff_t> expected) const {
    const Tensor& tensor = at(name);
    if (!detail::shape_matches(tensor.shape, expected)) {
      throw std::runtime_error("lanes: tensor " + name + " is of shape " +
                               detail::tuple_text(tensor.shape) + ", expected " +
                               detail::tuple_text(expected));
    }
    return as<T>(name);
  }
  template <class T>
  std::span<const T> as(const std::string& name,
                        std::initializer_list<std::ptrdiff_t> expected) const {
    return as<T>(name, std::span(expected.begin(), expected.size()));
  }

  /// A string of the metadata.
  const std::string& text(const std::string& key) const {
    const auto found = metadata.find(key);
    if (found == metadata.end()) throw std::runtime_error("lanes: there is no metadata " + key);
    return found->second;
  }
};

}  // namespace lanes
