// SPDX-License-Identifier: BSD-3-Clause
//
// The header of NumPy's .npy files: "\x93NUMPY", version (2 bytes), header length (2 bytes, 4 from
// version 2 on), a Python dictionary {'descr', 'fortran_order', 'shape'}, then the data.
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
//
// Read is what NumPy reads: keys in any order, blanks, tabs and line ends anywhere, u'...', sizes
// with Python 2's L, types as '<f8', '=f8', 'f8' or 'float64'. Errors: std::runtime_error with the
// path and what is damaged; what is valid and not of this library is named for what it is
// (big-endian numbers, complex numbers, structures, Python objects, archives, ...).
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <lanes/io/file_reader.hpp>
#include <lanes/io/shape.hpp>

namespace lanes::detail {

static_assert(std::endian::native == std::endian::little,
              "lanes: files are written little-endian.");

/// NumPy's name of T, such as '<f8'.
template <class T>
std::string npy_type() {
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, double> || std::is_integral_v<T>,
                "lanes: an NPY file holds float, double, bool or an integer type.");
  const char kind = std::is_same_v<T, bool>       ? 'b'
                    : std::is_floating_point_v<T> ? 'f'
                    : std::is_signed_v<T>         ? 'i'
                                                  : 'u';
  return std::string{sizeof(T) == 1 ? '|' : '<', kind, static_cast<char>('0' + sizeof(T))};
}

/// A type as NumPy itself would write it: '=f8', 'f8' and 'float64' are '<f8'.
inline std::string npy_type_of(std::string_view text) {
  std::string name(text);
  for (const auto& [word, kind] : {std::pair("float", 'f'), std::pair("uint", 'u'),
                                   std::pair("int", 'i'), std::pair("bool", 'b')}) {
    if (!text.starts_with(word)) continue;
    const std::string_view bits = text.substr(std::string_view(word).size());
    const char size = bits == "8" || (bits.empty() && kind == 'b') ? '1'
                      : bits == "16"                               ? '2'
                      : bits == "32"                               ? '4'
                      : bits == "64"                               ? '8'
                                                                   : '0';
    if (size != '0') name = {kind, size};
    break;
  }
  if (name == "?" || name == "|?") name = "b1";
  const bool order = !name.empty() && std::string_view("<=|>").find(name[0]) != std::string::npos;
  const std::string kind = name.substr(order ? 1 : 0);
  if (kind.size() == 2 && kind[1] == '1') return "|" + kind;
  return (name.starts_with('>') ? ">" : kind.starts_with('O') ? "|" : "<") + kind;
}

/// What a type is that is none of the library's, or "".
inline std::string npy_kind(const std::string& type) {
  if (type.size() < 2) return "";
  switch (type[1]) {
    case 'O':
      return "Python objects";
    case 'c':
      return "complex numbers";
    case 'S':
    case 'U':
    case 'a':
      return "text";
    case 'V':
      return "structures or raw bytes";
    case 'M':
    case 'm':
      return "times";
    case 'f':
      if (type == "<f2" || type == "<f12" || type == "<f16") return "half or long double numbers";
  }
  return type[0] == '>' ? "big-endian numbers" : "";
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
        if (next() == '[') file_.refuse("its values are structures (" + rest() + "), not numbers");
        header.type = npy_type_of(quoted());
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
    next();
    if (!(type && order && shape) || at_ != text_.size()) damaged();
    return header;
  }

 private:
  [[noreturn]] void damaged() const { file_.refuse("its NPY header is damaged"); }
  char next() {
    while (at_ < text_.size() && std::string_view(" \t\n\r\f").find(text_[at_]) != text_.npos)
      ++at_;
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
  /// The start of what is left, to be shown.
  std::string rest() const { return text_.substr(at_, 60); }
  std::string quoted() {
    if (next() == 'u') ++at_;  // Python 2's
    const char quote = at_ < text_.size() ? text_[at_] : '\0';
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
      if (header.shape.size() == most_dimensions)
        file_.refuse("it has more than " + std::to_string(most_dimensions) + " dimensions");
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
    if (text_[at_] == '0' && is_digit(at_ + 1)) damaged();
    for (; is_digit(at_); ++at_) {
      if (__builtin_mul_overflow(value, 10, &value)) damaged();
      if (__builtin_add_overflow(value, text_[at_] - '0', &value)) damaged();
    }
    if (at_ < text_.size() && text_[at_] == 'L') ++at_;  // Python 2's
    return value;
  }
  bool is_digit(std::size_t at) const {
    return at < text_.size() && text_[at] >= '0' && text_[at] <= '9';
  }

  const FileReader& file_;
  const std::string& text_;
  std::size_t at_ = 0;
};

/// Leaves `file` at the first byte of the data.
inline NpyHeader read_npy_header(FileReader& file) {
  unsigned char start[8];
  file.read(start, sizeof start, "NPY header");
  if (std::string(start, start + 4) == "PK\3\4")
    file.refuse("it is an archive of arrays (numpy.savez), not an NPY file");
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

}  // namespace lanes::detail
