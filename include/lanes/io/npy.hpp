// SPDX-License-Identifier: BSD-3-Clause
//
// NumPy's .npy files. An ensemble is one array [lanes][sites...] in C order, lane by lane:
//
//   save_npy("ensemble.npy", phi.data(), {lanes, 8, 8});
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
#include <utility>
#include <vector>

#if __has_include(<xtensor/containers/xarray.hpp>)
#include <xtensor/containers/xarray.hpp>
#else
#include <xtensor/xarray.hpp>
#endif

#include <lanes/core/error.hpp>
#include <lanes/io/atomic_file.hpp>
#include <lanes/io/file_reader.hpp>
#include <lanes/io/npy_header.hpp>
#include <lanes/io/shape.hpp>

namespace lanes {

/// Arrays in files are in C order, whatever XTENSOR_DEFAULT_LAYOUT is.
template <class T>
using NpyArray = xt::xarray<T, xt::layout_type::row_major>;

namespace detail {

/// Copies column-major values, the first index fastest, to row-major ones.
template <class T>
void to_row_major(std::span<const std::ptrdiff_t> shape, const T* from, T* to, std::size_t count) {
  std::vector<std::size_t> index(shape.size(), 0), stride(shape.size(), 1);
  for (std::size_t d = shape.size(); d-- > 1;)
    stride[d - 1] = stride[d] * static_cast<std::size_t>(shape[d]);
  std::size_t at = 0;
  for (std::size_t i = 0; i < count; ++i) {
    to[at] = from[i];
    for (std::size_t d = 0; d < shape.size(); ++d) {
      at += stride[d];
      if (++index[d] < static_cast<std::size_t>(shape[d])) break;
      at -= stride[d] * std::exchange(index[d], 0);
    }
  }
}

template <class T>
NpyArray<T> load_npy(const std::string& path, const std::span<const std::ptrdiff_t>* expected) {
  FileReader file(path);
  const NpyHeader header = read_npy_header(file);
  if (header.type != npy_type<T>()) {
    const std::string kind = npy_kind(header.type);
    file.refuse("its values are " +
                (kind.empty() ? "of type " + header.type : kind + " (" + header.type + ")") +
                ", expected " + npy_type<T>());
  }
  if (expected && !shape_matches(header.shape, *expected)) {
    file.refuse("its shape is " + tuple_text(header.shape) + ", expected " + tuple_text(*expected));
  }
  std::size_t bytes;
  if (!shape_bytes(header.shape, sizeof(T), bytes) || bytes != file.remaining()) {
    file.refuse("it holds " + std::to_string(file.remaining()) + " bytes of data, which is not " +
                header.type + " " + tuple_text(header.shape));
  }
  auto array = NpyArray<T>::from_shape({header.shape.begin(), header.shape.end()});
  if constexpr (std::is_same_v<T, bool>) {  // another byte than 0 and 1 is no bool
    std::vector<unsigned char> values(bytes);
    file.read(values.data(), bytes, "data");
    for (std::size_t i = 0; i < bytes; ++i) array.data()[i] = values[i] != 0;
  } else {
    file.read(array.data(), bytes, "data");
  }
  if (header.column_major && header.shape.size() > 1) {
    const auto rows = std::exchange(array, NpyArray<T>::from_shape(array.shape()));
    to_row_major<T>(header.shape, rows.data(), array.data(), array.size());
  }
  return array;
}

/// The start of a file up to the data, a multiple of 64 bytes; `size` of them at least.
template <class T>
std::string npy_start(std::span<const std::ptrdiff_t> shape, std::size_t size = 0) {
  std::string header = "{'descr': '" + npy_type<T>() +
                       "', 'fortran_order': False, 'shape': " + tuple_text(shape) + ", }";
  constexpr std::size_t start = 10;  // magic, version and length [bytes]
  header.append(63 - (start + header.size()) % 64, ' ');
  if (start + header.size() + 1 < size) header.append(size - start - header.size() - 1, ' ');
  header += '\n';
  const char length[] = {static_cast<char>(header.size() & 255),
                         static_cast<char>(header.size() >> 8)};
  return std::string("\x93NUMPY\1\0", 8) + std::string(length, 2) + header;
}

}  // namespace detail

/// Writes `data`, C order, as an array of `shape`.
template <class T>
void save_npy(const std::string& path, const T* data, std::span<const std::ptrdiff_t> shape) {
  std::size_t bytes;
  require(detail::shape_bytes(shape, sizeof(T), bytes), "save_npy: shape",
          detail::tuple_text(shape), "extents >= 0 whose array fits into memory");
  const std::string header = detail::npy_start<T>(shape);
  write_file_atomically(path, {bytes_of(header), bytes_of(data, bytes / sizeof(T))});
}
template <class T>
void save_npy(const std::string& path, const T* data, std::initializer_list<std::ptrdiff_t> shape) {
  save_npy(path, data, std::span(shape.begin(), shape.size()));
}
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

/// An array that is written piece by piece, so that it need not fit into memory: the first index
/// counts the items that were appended.
///
///   NpyWriter<float> file("phi.npy", {8, 8});         // of configurations on 8 x 8 sites
///   while (...) file.append(ensemble.configurations);  // any number of whole items
///   // "phi.npy" is there from now on, [items][8][8]
///   file.close();
///
/// A file that is not closed is not there: the old one of its name stays.
template <class T>
class NpyWriter {
 public:
  NpyWriter(const std::string& path, std::span<const std::ptrdiff_t> item)
      : path_(path), shape_{PTRDIFF_MAX}, file_(detail::target_of(path)) {
    shape_.insert(shape_.end(), item.begin(), item.end());
    std::size_t bytes = 0;
    require(detail::shape_bytes(item, sizeof(T), bytes) && bytes > 0, "NpyWriter: shape",
            detail::tuple_text(item), "extents > 0 of an item that fits into memory");
    size_ = bytes / sizeof(T);
    const std::string start = detail::npy_start<T>(shape_);
    start_ = start.size();
    shape_[0] = 0;
    file_.write(bytes_of(start));
  }
  NpyWriter(const std::string& path, std::initializer_list<std::ptrdiff_t> item)
      : NpyWriter(path, std::span(item.begin(), item.size())) {}

  std::ptrdiff_t items() const { return shape_[0]; }

  void append(std::span<const T> values) {
    require(!closed_, "NpyWriter: a file that is appended to", path_, "one that is not closed");
    require(values.size() % size_ == 0, "NpyWriter: number of values", values.size(),
            ("a multiple of those of an item, " + std::to_string(size_)).c_str());
    file_.write(bytes_of(values.data(), values.size()));
    shape_[0] += static_cast<std::ptrdiff_t>(values.size() / size_);
  }
  void close() {
    if (std::exchange(closed_, true)) return;
    file_.rewind();
    file_.write(bytes_of(detail::npy_start<T>(shape_, start_)));
    file_.finish();
  }

 private:
  std::string path_;
  std::vector<std::ptrdiff_t> shape_;  // items so far, then that of an item
  std::size_t size_ = 0, start_ = 0;   // values of an item; bytes before the data
  bool closed_ = false;
  detail::FileBeside file_;
};

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
