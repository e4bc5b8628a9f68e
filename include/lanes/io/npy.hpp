// SPDX-License-Identifier: BSD-3-Clause
//
// NumPy's .npy files. An ensemble is one array [lanes][sites...] in C order, lane by lane:
//
//   save_npy("ensemble.npy", phi.data(), {lanes, 8, 8});     // in npy_file.hpp
//   xt::xarray<double> phi = load_npy<double>("ensemble.npy", {-1, 8, 8});   // -1: any extent
//
// T is float, double, bool or an integer type; the file's type must be T exactly, nothing is
// converted. Arrays are in C order; a column-major file (Julia, Fortran) is transposed as it is
// read. Format: io/npy_header.hpp. Read here, not by xtensor, whose reader accepts short files and
// sizes that overflow.
//
// Writing is atomic (atomic_file.hpp). Errors: std::runtime_error with the path and the reason, for
// a file that cannot be read or written, is damaged (its size must be what its header promises), or
// is of another type or shape, with what was found and what was expected.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#if __has_include(<xtensor/containers/xarray.hpp>)
#include <xtensor/containers/xarray.hpp>
#else
#include <xtensor/xarray.hpp>
#endif

#include <lanes/io/npy_file.hpp>

namespace lanes {

/// Arrays in files are in C order, whatever XTENSOR_DEFAULT_LAYOUT is.
template <class T>
using NpyArray = xt::xarray<T, xt::layout_type::row_major>;

/// Writes an xtensor array or expression, of any layout.
template <class E>
void save_npy(const std::string& path, const xt::xexpression<E>& expression) {
  using T = std::remove_cv_t<typename E::value_type>;
  const auto save = [&](const auto& array) {
    const std::vector<std::ptrdiff_t> shape(array.shape().begin(), array.shape().end());
    save_npy(path, array.data(), std::span<const std::ptrdiff_t>(shape));
  };
  if constexpr (std::is_same_v<E, NpyArray<T>>)
    save(expression.derived_cast());
  else
    save(NpyArray<T>(expression));
}

namespace detail {

template <class T>
NpyArray<T> load_npy(const std::string& path, const std::span<const std::ptrdiff_t>* expected) {
  NpyReader<T> file(path, expected);
  auto array = NpyArray<T>::from_shape({file.shape().begin(), file.shape().end()});
  file.read(array.data());
  return array;
}

}  // namespace detail

/// The array in `path`, of any shape or, where one is `expected`, of that; -1 stands for any
/// extent.
template <class T>
NpyArray<T> load_npy(const std::string& path) {
  return detail::load_npy<T>(path, nullptr);
}
template <class T>
NpyArray<T> load_npy(const std::string& path, std::span<const std::ptrdiff_t> expected) {
  return detail::load_npy<T>(path, &expected);
}
template <class T>
NpyArray<T> load_npy(const std::string& path, std::initializer_list<std::ptrdiff_t> expected) {
  return load_npy<T>(path, std::span(expected.begin(), expected.size()));
}

}  // namespace lanes
