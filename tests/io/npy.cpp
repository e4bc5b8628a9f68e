// SPDX-License-Identifier: BSD-3-Clause
#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#if __has_include(<xtensor/io/xnpy.hpp>)
#include <xtensor/io/xnpy.hpp>
#else
#include <xtensor/xnpy.hpp>
#endif

#include <lanes/io/npy.hpp>
#include <support/temporary_folder.hpp>

using lanes::load_npy;
using lanes::save_npy;
using Shape = std::vector<std::ptrdiff_t>;

namespace {

template <class T>
std::vector<T> counted(std::size_t count) {
  std::vector<T> values(count);
  std::iota(values.begin(), values.end(), T(1));
  return values;
}

std::string npy(const std::string& dictionary, const std::string& data) {
  return std::string("\x93NUMPY\1\0", 8) + char(dictionary.size()) + '\0' + dictionary + data;
}

std::string refusal(const std::string& path) {
  return message_of([&] { load_npy<double>(path); });
}

}  // namespace

TEST_CASE_TEMPLATE("what was saved is loaded", T, float, double, std::int8_t, std::uint8_t,
                   std::int32_t, std::int64_t, std::uint64_t) {
  const TemporaryFolder folder;
  for (const Shape& shape : {Shape{}, {24}, {2, 12}, {2, 3, 4}, {1, 2, 3, 2, 2}, {0, 5}}) {
    std::size_t count = 1;
    for (const auto extent : shape) count *= static_cast<std::size_t>(extent);
    const std::vector<T> values = counted<T>(count);
    save_npy(folder / "a.npy", values.data(), std::span<const std::ptrdiff_t>(shape));
    const xt::xarray<T> array = load_npy<T>(folder / "a.npy", shape);
    CHECK(Shape(array.shape().begin(), array.shape().end()) == shape);
    CHECK(std::vector<T>(array.begin(), array.end()) == values);
  }
}

TEST_CASE("the bytes are those that NumPy writes") {
  const TemporaryFolder folder;
  const float values[] = {1, 2};
  save_npy(folder / "a.npy", values, {2});
  std::string expected = std::string("\x93NUMPY\1\0\x76\0", 10) +
                         "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
  expected.resize(127, ' ');
  expected += std::string("\n\0\0\x80\x3f\0\0\0\x40", 9);
  CHECK(read_bytes(folder / "a.npy") == expected);
}

TEST_CASE("xtensor reads our files and we read xtensor's") {
  const TemporaryFolder folder;
  const xt::xarray<double> array = {{1, 2, 3}, {4, 5, 6}};
  save_npy(folder / "ours.npy", array);
  xt::dump_npy(folder / "theirs.npy", array);
  CHECK(xt::load_npy<double>(folder / "ours.npy") == array);
  CHECK(load_npy<double>(folder / "theirs.npy", {2, 3}) == array);
}

TEST_CASE("another type or shape is refused with what was found and expected") {
  const TemporaryFolder folder;
  const std::string path = folder / "a.npy", start = "lanes: cannot read " + path + ": ";
  save_npy(path, counted<double>(6).data(), {2, 3});

  CHECK_NOTHROW(load_npy<double>(path, {2, 3}));
  CHECK_NOTHROW(load_npy<double>(path, {-1, 3}));
  CHECK_NOTHROW(load_npy<double>(path, {-1, -1}));
  CHECK(message_of([&] { load_npy<float>(path); }) ==
        start + "its values are of type <f8, expected <f4");
  CHECK(message_of([&] { load_npy<std::int64_t>(path); }) ==
        start + "its values are of type <f8, expected <i8");
  CHECK(message_of([&] {
          load_npy<double>(path, {-1, 2});
        }) == start + "its shape is (2, 3), expected (any, 2)");
  CHECK(message_of([&] { load_npy<double>(path, {6}); }) ==
        start + "its shape is (2, 3), expected (6,)");
  CHECK(message_of([&] { load_npy<double>(path, Shape{}); }) ==
        start + "its shape is (2, 3), expected ()");
}

TEST_CASE("a file cut anywhere, or with a byte too many, is refused") {
  const TemporaryFolder folder;
  save_npy(folder / "whole.npy", counted<double>(6).data(), {2, 3});
  const std::string whole = read_bytes(folder / "whole.npy");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    write_bytes(folder / "cut.npy", whole.substr(0, size));
    CHECK_MESSAGE(!refusal(folder / "cut.npy").empty(), "cut at ", size);
  }
  write_bytes(folder / "long.npy", whole + '\0');
  CHECK(refusal(folder / "long.npy").ends_with("49 bytes of data, which is not <f8 (2, 3)"));
}

TEST_CASE("a file that is no NPY file is refused") {
  const TemporaryFolder folder;
  const std::string path = folder / "a.npy";
  write_bytes(path, "this is a text and not an array");
  CHECK(refusal(path).ends_with("it is not an NPY file"));
  write_bytes(path, std::string("\x93NUMPY\4\0\0\0\0\0", 12));
  CHECK(refusal(path).ends_with("its NPY version is 4.0, and 1.0 to 3.0 are known"));
  CHECK(refusal(folder / "none.npy").ends_with("No such file or directory"));
  CHECK(refusal(folder / "").ends_with("it is a folder and not a regular file"));
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);  // not waited for
  CHECK(refusal(folder / "pipe").ends_with("it is a pipe and not a regular file"));
  CHECK(refusal("/dev/null").ends_with("it is a character device and not a regular file"));
}

TEST_CASE("a header may be written otherwise, and is refused where it is damaged") {
  const TemporaryFolder folder;
  const std::string path = folder / "a.npy", data(16, '\0');
  const auto is_read = [&](const std::string& dictionary) {
    write_bytes(path, npy(dictionary, data));
    return refusal(path).empty();
  };
  CHECK(is_read("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }   \n"));
  CHECK(is_read("{\"shape\":(1, 2),\"fortran_order\":False,\"descr\":\"<f8\"}\n"));
  CHECK(is_read("{'descr': '<f8', 'fortran_order': True, 'shape': (2,)}\n"));
  CHECK(is_read("{'descr': '<f8', 'fortran_order': True, 'shape': (2, 1)}"));
  CHECK(is_read("{'descr':\t'<f8',\n 'fortran_order': False,\n 'shape': (2L,)}\n  "));
  CHECK(is_read("{u'descr': u'=f8', u'fortran_order': False, u'shape': (1, 2,), }"));
  CHECK(is_read("{'descr': 'f8', 'fortran_order': False, 'shape': (2,)}"));
  CHECK(is_read("{'descr': 'float64', 'fortran_order': False, 'shape': (2,)}"));
  for (const char* damaged :
       {"",
        "\n",
        "{}\n",
        "{'descr': '<f8', 'fortran_order': False}\n",
        "{'descr': '<f8', 'fortran_order': False, 'shape': [2]}",
        "{b'descr': '<f8', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<f8', 'fortran_order': 0, 'shape': (2,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (02,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (0, 9223372036854775807, "
        "9223372036854775807)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2)}\n",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-2,)}\n",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2,}\n",
        "{'descr': '<f8', 'fortran_order': Maybe, 'shape': (2,)}\n",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), 'more': 1}\n",
        "{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (2,)}\n",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2,)} 1\n",
        "{'descr': '<f8, 'fortran_order': False, 'shape': (2,)}\n",
        "{'descr': [('x', '<f8')], 'fortran_order': False, 'shape': (2,)}\n",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,)}\n",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296)}\n",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2305843009213693954,)}\n",
        "{'descr': '>f8', 'fortran_order': False, 'shape': (2,)}\n"}) {
    CHECK_MESSAGE(!is_read(damaged), damaged);
  }
}

TEST_CASE("what is valid and not ours is named for what it is") {
  const TemporaryFolder folder;
  const std::string path = folder / "a.npy";
  const auto of = [&](const std::string& type) {
    write_bytes(path, npy("{'descr': " + type + ", 'fortran_order': False, 'shape': (1,)}", ""));
    const std::string message = refusal(path), start = "lanes: cannot read " + path + ": ";
    return message.starts_with(start) ? message.substr(start.size()) : message;
  };
  CHECK(of("'>f8'") == "its values are big-endian numbers (>f8), expected <f8");
  CHECK(of("'<c16'") == "its values are complex numbers (<c16), expected <f8");
  CHECK(of("'|O'") == "its values are Python objects (|O), expected <f8");
  CHECK(of("'<f2'") == "its values are half or long double numbers (<f2), expected <f8");
  CHECK(of("'|b1'") == "its values are of type |b1, expected <f8");
  CHECK(of("'<U2'") == "its values are text (<U2), expected <f8");
  CHECK(of("[('phi', '<f8')]").starts_with("its values are structures ([('phi', '<f8')]"));
  write_bytes(path, "PK\3\4 and what follows");
  CHECK(refusal(path).ends_with("it is an archive of arrays (numpy.savez), not an NPY file"));
}

TEST_CASE("column-major files are transposed, bools are read") {
  const TemporaryFolder folder;
  const std::string path = folder / "a.npy";
  const double values[] = {1, 2, 3, 4, 5, 6};
  const std::string data(reinterpret_cast<const char*>(values), sizeof values);
  write_bytes(path, npy("{'descr': '<f8', 'fortran_order': True, 'shape': (1, 3, 2)}\n", data));
  CHECK(load_npy<double>(path) == xt::xarray<double>{{{1, 4}, {2, 5}, {3, 6}}});
  write_bytes(path, npy("{'descr': '|b1', 'fortran_order': False, 'shape': (3,)}\n",
                        std::string("\0\1\2", 3)));
  CHECK(load_npy<bool>(path) == xt::xarray<bool>{false, true, true});
}

TEST_CASE("column-major arrays are saved in C order") {
  const TemporaryFolder folder;
  const xt::xarray<double, xt::layout_type::column_major> array = {{1, 2, 3}, {4, 5, 6}};
  save_npy(folder / "a.npy", array);
  const auto read = load_npy<double>(folder / "a.npy", {2, 3});
  CHECK(std::vector<double>(read.data(), read.data() + 6) == counted<double>(6));
  save_npy(folder / "b.npy", xt::xarray<double>(2 * array));
  CHECK(load_npy<double>(folder / "b.npy")(1, 0) == 8);
}

TEST_CASE("an array written piece by piece is the one written at once") {
  const TemporaryFolder folder;
  const std::vector<float> values = counted<float>(30);
  {
    lanes::NpyWriter<float> file(folder / "a.npy", {2, 3});
    CHECK_THROWS_AS(file.append(std::span(values).first(5)), std::invalid_argument);
    file.append(std::span(values).first(6));
    file.append({});
    file.append(std::span(values).subspan(6));
    CHECK(file.items() == 5);
    CHECK_FALSE(std::filesystem::exists(folder / "a.npy"));
    file.close();
    CHECK_THROWS_AS(file.append(values), std::invalid_argument);
  }
  const auto read = load_npy<float>(folder / "a.npy", {5, 2, 3});
  CHECK(std::vector<float>(read.begin(), read.end()) == values);
  { lanes::NpyWriter<float>(folder / "a.npy", {2, 3}).append(values); }  // not closed
  CHECK(load_npy<float>(folder / "a.npy").shape()[0] == 5);
  { lanes::NpyWriter<float>(folder / "none.npy", {7}).close(); }
  CHECK(load_npy<float>(folder / "none.npy", {0, 7}).size() == 0);
  CHECK(folder.count() == 2);
  CHECK_THROWS_AS(lanes::NpyWriter<float>(folder / "b.npy", {0}), std::invalid_argument);
}

TEST_CASE("a shape that is none is refused before anything is written") {
  const TemporaryFolder folder;
  const double value = 0;
  CHECK_THROWS_AS(save_npy(folder / "a.npy", &value, {-1}), std::invalid_argument);
  CHECK_THROWS_AS(save_npy(folder / "a.npy", &value, {1L << 40, 1L << 40}), std::invalid_argument);
  CHECK(folder.count() == 0);
}
