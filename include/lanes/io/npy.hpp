// SPDX-License-Identifier: BSD-3-Clause
//
// NumPy's .npy files. An ensemble is one array [lanes][sites...] in C order, lane by lane:
//
//   save_npy("ensemble.npy", phi.data(), {lanes, 8, 8});
//   xt::xarray<double> phi = load_npy<double>("ensemble.npy", {-1, 8, 8});   // -1: any extent
//
// T is float, double or an integer type; the file's type must be T exactly, nothing is converted.
// Format: "\x93NUMPY", version (2 bytes), header length (2 bytes, 4 from version 2 on), a Python
// dictionary {'descr', 'fortran_order', 'shape'} padded so that the data begin at a multiple of 64,
// then the data. https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
// Read here, not by xtensor, whose reader accepts short files and sizes that overflow.
//
// Writing is atomic (atomic_file.hpp). Errors: std::runtime_error with the path and the reason, for
// a file that cannot be read or written, is damaged (its size must be what its header promises), or
// is of another type or shape, with what was found and what was expected.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
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
#include <lanes/io/shape.hpp>

namespace lanes {

namespace detail {

static_assert(std::endian::native == std::endian::little,
              "lanes: files are written little-endian.");

/// NumPy's name of T, such as '<f8'.
template <class T>
std::string npy_type() {
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, double> ||
                    (std::is_integral_v<T> && !std::is_same_v<T, bool>),
                "lanes: an NPY file holds float, double or an integer type.");
  const char kind = std::is_floating_point_v<T> ? 'f' : std::is_signed_v<T> ? 'i' : 'u';
  return std::string{sizeof(T) == 1 ? '|' : '<', kind, static_cast<char>('0' + sizeof(T))};
}

struct NpyHeader {
  std::string type;
  bool column_major = false;
  std::vector<std::ptrdiff_t> shape;
};

/// Reads the dictionary of a header; keys in any order, each once.
class NpyHeaderParser {
 public:
  NpyHeaderParser(const FileReader& file, const std::string& text) : file_(file), text_(text) {}

  NpyHeader parse() {
    NpyHeader header;
    bool type = false, order = false, shape = false;
    expect('{');
    while (!accept('}')) {
      const std::string key = quoted();
      expect(':');
      if (key == "descr" && !std::exchange(type, true)) {
        header.type = quoted();
      } else if (key == "fortran_order" && !std::exchange(order, true)) {
        header.column_major = boolean();
      } else if (key == "shape" && !std::exchange(shape, true)) {
        tuple(header);
      } else {
        damaged();
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    if (!(type && order && shape) || next() != '\n' || at_ + 1 != text_.size()) damaged();
    return header;
  }

 private:
  [[noreturn]] void damaged() const { file_.refuse("its NPY header is damaged"); }
  char next() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool accept(char c) {
    if (next() != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!accept(c)) damaged();
  }
  std::string quoted() {
    const char quote = next();
    if (quote != '\'' && quote != '"') damaged();
    const std::size_t begin = at_ + 1, end = text_.find(quote, begin);
    if (end == std::string::npos) damaged();
    at_ = end + 1;
    return text_.substr(begin, end - begin);
  }
  bool boolean() {
    next();
    for (const bool value : {false, true}) {
      const std::string name = value ? "True" : "False";
      if (text_.compare(at_, name.size(), name) != 0) continue;
      at_ += name.size();
      return value;
    }
    damaged();
  }
  void tuple(NpyHeader& header) {
    expect('(');
    while (!accept(')')) {
      header.shape.push_back(extent());
      if (!accept(',')) {
        if (header.shape.size() == 1) damaged();  // (3) is no tuple
        expect(')');
        break;
      }
    }
  }
  std::ptrdiff_t extent() {
    std::ptrdiff_t value = 0;
    if (next() < '0' || next() > '9') damaged();
    for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
      if (__builtin_mul_overflow(value, 10, &value)) damaged();
      if (__builtin_add_overflow(value, text_[at_] - '0', &value)) damaged();
    }
    return value;
  }

  const FileReader& file_;
  const std::string& text_;
  std::size_t at_ = 0;
};

/// Leaves `file` at the first byte of the data.
inline NpyHeader read_npy_header(FileReader& file) {
  unsigned char start[8];
  file.read(start, sizeof start, "NPY header");
  if (std::string(start, start + 6) != "\x93NUMPY") file.refuse("it is not an NPY file");
  if (start[6] < 1 || start[6] > 3 || start[7] != 0) {
    file.refuse("its NPY version is " + std::to_string(start[6]) + "." + std::to_string(start[7]) +
                ", and 1.0 to 3.0 are known");
  }
  std::uint32_t length = 0;
  file.read(&length, start[6] == 1 ? 2 : 4, "NPY header");
  if (length > file.remaining()) file.refuse("the file ends in its NPY header");
  std::string text(length, '\0');
  file.read(text.data(), length, "NPY header");
  return NpyHeaderParser(file, text).parse();
}

template <class T>
xt::xarray<T> load_npy(const std::string& path, const std::span<const std::ptrdiff_t>* expected) {
  FileReader file(path);
  const NpyHeader header = read_npy_header(file);
  if (header.type != npy_type<T>()) {
    file.refuse("its values are of type " + header.type + ", expected " + npy_type<T>());
  }
  if (expected && !shape_matches(header.shape, *expected)) {
    file.refuse("its shape is " + shape_text(header.shape) + ", expected " + shape_text(*expected));
  }
  if (header.column_major && header.shape.size() > 1) {
    file.refuse("it is in column-major order, expected row-major (numpy.ascontiguousarray)");
  }
  std::size_t bytes;
  if (!shape_bytes(header.shape, sizeof(T), bytes) || bytes != file.remaining()) {
    file.refuse("it holds " + std::to_string(file.remaining()) + " bytes of data, which is not " +
                header.type + " " + shape_text(header.shape));
  }
  auto array = xt::xarray<T>::from_shape({header.shape.begin(), header.shape.end()});
  file.read(array.data(), bytes, "data");
  return array;
}

}  // namespace detail

/// Writes `data`, C order, as an array of `shape`.
template <class T>
void save_npy(const std::string& path, const T* data, std::span<const std::ptrdiff_t> shape) {
  std::size_t bytes;
  require(detail::shape_bytes(shape, sizeof(T), bytes), "save_npy: shape",
          detail::shape_text(shape), "extents >= 0 whose array fits into memory");
  std::string header = "{'descr': '" + detail::npy_type<T>() +
                       "', 'fortran_order': False, 'shape': " + detail::shape_text(shape) + ", }";
  constexpr std::size_t start = 10;  // magic, version and length [bytes]
  header.append(63 - (start + header.size()) % 64, ' ');
  header += '\n';
  require(header.size() < 65536, "save_npy: dimension", shape.size(), "a header below 64 KiB");
  const char length[] = {static_cast<char>(header.size() & 255),
                         static_cast<char>(header.size() >> 8)};
  header.insert(0, std::string("\x93NUMPY\1\0", 8) + std::string(length, 2));
  write_file_atomically(path, {bytes_of(header), bytes_of(data, bytes / sizeof(T))});
}
template <class T>
void save_npy(const std::string& path, const T* data, std::initializer_list<std::ptrdiff_t> shape) {
  save_npy(path, data, std::span(shape.begin(), shape.size()));
}
/// Writes an xtensor array.
template <class T>
void save_npy(const std::string& path, const xt::xarray<T>& array) {
  const std::vector<std::ptrdiff_t> shape(array.shape().begin(), array.shape().end());
  save_npy(path, array.data(), std::span<const std::ptrdiff_t>(shape));
}

/// The array in `path`, of any shape or, where one is `expected`, of that; -1 stands for any
/// extent.
template <class T>
xt::xarray<T> load_npy(const std::string& path) {
  return detail::load_npy<T>(path, nullptr);
}
template <class T>
xt::xarray<T> load_npy(const std::string& path, std::span<const std::ptrdiff_t> expected) {
  return detail::load_npy<T>(path, &expected);
}
template <class T>
xt::xarray<T> load_npy(const std::string& path, std::initializer_list<std::ptrdiff_t> expected) {
  return load_npy<T>(path, std::span(expected.begin(), expected.size()));
}

}  // namespace lanes
