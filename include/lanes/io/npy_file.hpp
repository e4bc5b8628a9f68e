// SPDX-License-Identifier: BSD-3-Clause
//
// NumPy's .npy files without xtensor, which is slow to compile: what npy.hpp stands on, and what
// writes arrays from memory.
//
//   save_npy("ensemble.npy", phi.data(), {lanes, 8, 8});     // C order
//
// T is float, double, bool or an integer type. Format: npy_header.hpp. Writing is atomic
// (atomic_file.hpp). Errors: std::runtime_error with the path and the reason, for a file that
// cannot be read or written, is damaged (its size must be what its header promises), or is of
// another type or shape, with what was found and what was expected.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <lanes/core/error.hpp>
#include <lanes/io/atomic_file.hpp>
#include <lanes/io/file_reader.hpp>
#include <lanes/io/npy_header.hpp>
#include <lanes/io/shape.hpp>

namespace lanes {

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

/// An array in a file whose header has been read and checked; its values are still to be read.
template <class T>
class NpyReader {
 public:
  /// Of any shape or, where one is `expected`, of that; -1 stands for any extent.
  explicit NpyReader(const std::string& path,
                     const std::span<const std::ptrdiff_t>* expected = nullptr)
      : file_(path), header_(read_npy_header(file_)) {
    if (header_.type != npy_type<T>()) {
      const std::string kind = npy_kind(header_.type);
      file_.refuse("its values are " +
                   (kind.empty() ? "of type " + header_.type : kind + " (" + header_.type + ")") +
                   ", expected " + npy_type<T>());
    }
    if (expected && !shape_matches(header_.shape, *expected)) {
      file_.refuse("its shape is " + tuple_text(header_.shape) + ", expected " +
                   tuple_text(*expected));
    }
    if (!shape_bytes(header_.shape, sizeof(T), bytes_) || bytes_ != file_.remaining()) {
      file_.refuse("it holds " + std::to_string(file_.remaining()) +
                   " bytes of data, which is not " + header_.type + " " +
                   tuple_text(header_.shape));
    }
  }

  const std::vector<std::ptrdiff_t>& shape() const { return header_.shape; }
  std::size_t size() const { return bytes_ / sizeof(T); }

  /// All values, in C order; to [size()]. Once.
  void read(T* to) {
    if (header_.column_major && header_.shape.size() > 1) {
      const std::unique_ptr<T[]> rows(new T[size()]);
      read_as_stored(rows.get());
      to_row_major<T>(header_.shape, rows.get(), to, size());
    } else {
      read_as_stored(to);
    }
  }

 private:
  void read_as_stored(T* to) {
    if constexpr (std::is_same_v<T, bool>) {  // another byte than 0 and 1 is no bool
      std::vector<unsigned char> values(bytes_);
      file_.read(values.data(), bytes_, "data");
      for (std::size_t i = 0; i < bytes_; ++i) to[i] = values[i] != 0;
    } else {
      file_.read(to, bytes_, "data");
    }
  }

  FileReader file_;
  NpyHeader header_;
  std::size_t bytes_ = 0;
};

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
  std::size_t bytes = 0;
  require(detail::shape_bytes(shape, sizeof(T), bytes), "save_npy: shape",
          detail::tuple_text(shape), "extents >= 0 whose array fits into memory");
  const std::string header = detail::npy_start<T>(shape);
  write_file_atomically(path, {bytes_of(header), bytes_of(data, bytes / sizeof(T))});
}
template <class T>
void save_npy(const std::string& path, const T* data, std::initializer_list<std::ptrdiff_t> shape) {
  save_npy(path, data, std::span(shape.begin(), shape.size()));
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

}  // namespace lanes
