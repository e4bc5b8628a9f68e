// SPDX-License-Identifier: BSD-3-Clause
#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/core/c_order.hpp>  // its shape_text is another
#include <lanes/io/safetensors.hpp>
#include <support/temporary_folder.hpp>

using lanes::load_safetensors;
using lanes::save_safetensors;
using lanes::TensorFile;

namespace {

TensorFile example() {
  TensorFile file;
  file.metadata = {{"step", "2000"}, {"note", "quotes \" and \\ and umlauts \xc3\xbc"}};
  file.put<float>("flow.0.weight", std::vector<float>{1, 2, 3, 4, 5, 6}, {2, 3});
  file.put<double>("loss", std::vector<double>{-0.5}, {});
  file.put<std::int8_t>("mask", std::vector<std::int8_t>{1, -1, 1}, {3});
  file.put<std::uint64_t>("counter", std::vector<std::uint64_t>{~std::uint64_t(0)}, {1});
  file.put<float>("empty", std::vector<float>{}, {0, 4});
  return file;
}

/// Header length, header, data: a file as others write it.
std::string packed(const std::string& header, const std::string& data) {
  const std::uint64_t length = header.size();
  return std::string(reinterpret_cast<const char*>(&length), 8) + header + data;
}

std::string refusal(const std::string& path) {
  return message_of([&] { load_safetensors(path); });
}

}  // namespace

TEST_CASE("what was saved is loaded") {
  const TemporaryFolder folder;
  for (const TensorFile& file : {TensorFile{}, TensorFile{{}, {{"only", "metadata"}}}, example()}) {
    save_safetensors(folder / "a.safetensors", file);
    CHECK(load_safetensors(folder / "a.safetensors") == file);
  }
  const TensorFile file = load_safetensors(folder / "a.safetensors");
  CHECK(file.as<float>("flow.0.weight", {2, 3})[5] == 6);
  CHECK(file.as<double>("loss", {})[0] == -0.5);
  CHECK(file.as<std::uint64_t>("counter", {-1})[0] == ~std::uint64_t(0));
  CHECK(file.text("step") == "2000");
}

TEST_CASE("the same tensors give the same bytes") {
  const TemporaryFolder folder;
  save_safetensors(folder / "a", example());
  save_safetensors(folder / "b", load_safetensors(folder / "a"));
  CHECK(read_bytes(folder / "a") == read_bytes(folder / "b"));
}

TEST_CASE("the bytes are those of the format") {
  const TemporaryFolder folder;
  TensorFile file;
  file.put<std::uint8_t>("a", std::vector<std::uint8_t>{7}, {1});
  file.put<float>("b", std::vector<float>{1, 2}, {2});
  save_safetensors(folder / "a", file);
  const std::string bytes = read_bytes(folder / "a");
  const std::string header =
      R"({"__metadata__":{"lanes.checksum":"edf2c71fd16fac07","lanes.checksum_of":""},)"
      R"("b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
      R"("a":{"dtype":"U8","shape":[1],"data_offsets":[8,9]}})";
  const std::string padding((8 - header.size() % 8) % 8, ' ');
  CHECK(bytes == packed(header + padding, std::string("\0\0\x80\x3f\0\0\0\x40\7", 9)));
}

TEST_CASE("a file that Python wrote is read") {
  const TemporaryFolder folder;
  const std::string data("\0\0\x80\x3f\0\0\0\x40", 8);
  write_bytes(folder / "a", packed(R"({"__metadata__":{"format":"pt"},)"
                                   R"("w":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}   )",
                                   data));
  const TensorFile file = load_safetensors(folder / "a");
  CHECK(file.as<float>("w", {2, 1})[1] == 2);
  CHECK(file.metadata == std::map<std::string, std::string>{{"format", "pt"}});
}

TEST_CASE("a file cut anywhere, or with a byte too many, is refused") {
  const TemporaryFolder folder;
  save_safetensors(folder / "whole", example());
  const std::string whole = read_bytes(folder / "whole");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    write_bytes(folder / "cut", whole.substr(0, size));
    CHECK_MESSAGE(!refusal(folder / "cut").empty(), "cut at ", size);
  }
  write_bytes(folder / "long", whole + '\0');
  CHECK(!refusal(folder / "long").empty());
}

TEST_CASE("a flipped bit, whichever, is refused") {
  const TemporaryFolder folder;
  TensorFile file;
  file.metadata["step"] = "2";
  file.put<float>("w", std::vector<float>{1, 2}, {2});
  save_safetensors(folder / "whole", file);
  const std::string whole = read_bytes(folder / "whole");
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    std::string flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    write_bytes(folder / "flipped", flipped);
    CHECK_MESSAGE(!refusal(folder / "flipped").empty(), "bit ", bit % 8, " of byte ", bit / 8);
  }
}

TEST_CASE("a header that breaks the format is refused") {
  const TemporaryFolder folder;
  const std::string data(8, '\0');
  const auto says = [&](const std::string& header) {
    write_bytes(folder / "a", packed(header, data));
    return refusal(folder / "a");
  };
  const std::string good = R"("w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]})";
  CHECK(says("{" + good + "}").empty());

  for (const std::string& header : {
           std::string(),
           std::string("[]"),
           std::string(" {}"),
           "{" + good,
           "{" + good + "}}",
           "{" + good + "," + good + "}",
           std::string(R"({"w":1})"),
           std::string(R"({"w":{"dtype":"F32","shape":[2]}})"),
           std::string(R"({"w":{"dtype":"F32","shape":[-0],"data_offsets":[0,8]}})"),
           std::string(R"({"w":{"dtype":"F32","shape":[[2]],"data_offsets":[0,8]}})"),
           std::string(R"({"w":{"dtype":["F32"],"shape":[2],"data_offsets":[0,8]}})"),
           std::string(R"({"w":{"dtype":"C64","shape":[2],"data_offsets":[0,9]}})"),
           std::string(R"({"w":{"dtype":"F32","shape":[0,9223372036854775807,)"
                       R"(9223372036854775807],"data_offsets":[0,0]}})"),
           "{" + good + "}" + std::string(5, '\0'),
           "{" + good + R"(,"\u0077":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}})",
           std::string(R"({"w":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}})"),
           std::string(R"({"w":{"dtype":"F64","shape":[2],"data_offsets":[0,8]}})"),
           std::string(R"({"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}})"),
           std::string(R"({"w":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}})"),
           std::string(R"({"w":{"dtype":"F32","shape":2,"data_offsets":[0,8]}})"),
           std::string(R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})"),
           std::string(R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})"),
           std::string(R"({"w":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}})"),
           std::string(R"({"w":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}})"),
           std::string(R"({"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}})"),
           std::string(R"({"w":{"dtype":"F32","shape":[4294967296,4294967296],)"
                       R"("data_offsets":[0,0]}})"),
           std::string(R"({"w":{"dtype":"F32","shape":[18446744073709551615],)"
                       R"("data_offsets":[0,8]}})"),
           std::string(R"({"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                       R"("w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})"),
           R"({"__metadata__":{"step":1},)" + good + "}",
           R"({"__metadata__":[],)" + good + "}",
           R"({"__metadata__":{"lanes.checksum":"82ea774f95fd4fe5"},)" + good + "}",
           R"({"__metadata__":{"lanes.checksum_rule":""},)" + good + "}",
           R"({"__metadata__":{"lanes.checksum":"1"},)" + good + "}",
           "{\"\xff\":1," + good + "}",
           "{\"w\":" + std::string(10'000, '['),
       }) {
    const std::string message = says(header);
    CHECK_MESSAGE(message.starts_with("lanes: cannot read " + (folder / "a") + ": "), header);
  }
  write_bytes(folder / "a", std::string(64, '\xff'));
  CHECK(refusal(folder / "a").ends_with("it is not a safetensors file"));
}

TEST_CASE("what the format's own reader takes is read: further keys, no metadata, unknown types") {
  const TemporaryFolder folder;
  const std::string data(24, '\1');
  write_bytes(
      folder / "a",
      packed(R"({"__metadata__":null,"c":{"dtype":"C64","shape":[1],"data_offsets":[8,16]},)"
             R"("w":{"note":[1,{"dtype":2}],"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
             R"("f":{"dtype":"F4","shape":[16],"data_offsets":[16,24]}})",
             data));
  const TensorFile file = load_safetensors(folder / "a");
  CHECK(file.as<float>("w", {2}).size() == 2);
  CHECK(file.at("c").bytes.size() == 8);
  CHECK(message_of([&] { file.as<float>("c"); }) == "lanes: tensor c is of type C64, expected F32");
  save_safetensors(folder / "b", file);
  CHECK(load_safetensors(folder / "b") == file);
}

// FNV-1a of 64 bits over (size, bytes) of "", "p", "F32", "(3,)" and the data.
TEST_CASE("the checksum is the same whatever else of the library is included") {
  const std::vector<float> values = {1, 2, 3};
  TensorFile file;
  file.put<float>("p", values, {3});
  CHECK(lanes::detail::checksum_of(file, "") == "63fe8135cbe26a21");
}

TEST_CASE("metadata in another order and more of them, as Python saves a file anew") {
  const TemporaryFolder folder;
  const TensorFile file = example();
  save_safetensors(folder / "a", file);
  const std::string bytes = read_bytes(folder / "a");
  const auto changed = [&](std::initializer_list<std::pair<std::string, std::string>> changes) {
    std::string text = bytes.substr(8);
    for (const auto& [from, to] : changes) {
      const auto at = text.find(from);
      REQUIRE(at != std::string::npos);
      text.replace(at, from.size(), to);
    }
    const std::uint64_t length =
        *reinterpret_cast<const std::uint64_t*>(bytes.data()) + text.size() - (bytes.size() - 8);
    write_bytes(folder / "b", std::string(reinterpret_cast<const char*>(&length), 8) + text);
    return refusal(folder / "b");
  };
  const std::string start = R"({"__metadata__":{)", step = R"("step":"2000",)";
  CHECK(changed({{step, ""}, {start, start + step}}) == "");
  CHECK(load_safetensors(folder / "b") == file);
  CHECK(changed({{start, start + R"("by":"hand",)"}}) == "");
  CHECK(load_safetensors(folder / "b").text("by") == "hand");
  CHECK(load_safetensors(folder / "b").tensors == file.tensors);
  const std::string edited = changed({{"2000", "2001"}});
  CHECK(edited.find("its checksum does not match") != std::string::npos);
  CHECK(edited.find("without the metadata lanes.checksum and lanes.checksum_of") !=
        std::string::npos);
  CHECK(changed({{"2000", "2001"}, {"lanes.checksum\"", "a\""}, {"lanes.checksum_of", "b"}}) == "");
}

TEST_CASE("a header that is deep or has too many parts takes no more than its size") {
  const TemporaryFolder folder;
  constexpr std::size_t n = 8'000'000;
  std::string many = "{";
  for (int i = 0; i < 200'000; ++i)
    many += (i ? ",\"" : "\"") + std::to_string(i) +
            R"(":{"dtype":"F32","shape":[0],"data_offsets":[0,0]})";
  std::string objects;
  for (std::size_t i = 0; i < n / 5; ++i) objects += R"({"a":)";
  std::string empty = R"({"a":{"b":[)";
  for (std::size_t i = 0; i < n / 3; ++i) empty += "{},";
  for (const auto& [header, reason] :
       {std::pair(R"({"a":)" + std::string(n, '['), "damaged"), std::pair(objects, "damaged"),
        std::pair(R"({"a":{"b":)" + std::string(n, '[') + std::string(n, ']') + "}}", "damaged"),
        std::pair(empty + "{}]}}", "damaged"),
        std::pair(R"({"a":{"dtype":"F32","shape":[0)" +
                      [] {
                        std::string zeros;
                        for (std::size_t i = 0; i < n / 2; ++i) zeros += ",0";
                        return zeros;
                      }() +
                      R"(],"data_offsets":[0,0]}})",
                  "too many dimensions"),
        std::pair(many + "}", "too many tensors")}) {
    write_bytes(folder / "a", packed(header, ""));
    const std::string message = refusal(folder / "a");
    CHECK_MESSAGE(message.find(reason) != std::string::npos, message);
  }
}

TEST_CASE("another type or shape is refused with the tensor's name") {
  const TensorFile file = example();
  CHECK(message_of([&] { file.as<double>("flow.0.weight"); }) ==
        "lanes: tensor flow.0.weight is of type F32, expected F64");
  CHECK(message_of([&] {
          file.as<float>("flow.0.weight", {3, 2});
        }) == "lanes: tensor flow.0.weight is of shape (2, 3), expected (3, 2)");
  CHECK(message_of([&] { file.as<float>("bias"); }) == "lanes: there is no tensor bias");
  CHECK(message_of([&] { file.text("seed"); }) == "lanes: there is no metadata seed");
}

TEST_CASE("what the format cannot hold is refused before anything is written") {
  const TemporaryFolder folder;
  const auto refused = [&](const TensorFile& file) {
    CHECK_THROWS_AS(save_safetensors(folder / "a", file), std::invalid_argument);
    CHECK(folder.count() == 0);
  };
  refused({{{"w", {"F32", {2}, std::vector<std::byte>(7)}}}, {}});
  refused({{{"w", {"F32", {-2}, std::vector<std::byte>(8)}}}, {}});
  refused({{{"__metadata__", {"F32", {2}, std::vector<std::byte>(8)}}}, {}});
  refused({{{"\xff", {"F32", {2}, std::vector<std::byte>(8)}}}, {}});
  refused({{}, {{"lanes.checksum", "0"}}});

  TensorFile file;
  CHECK_THROWS_AS(file.put<float>("w", std::vector<float>(3), {2, 2}), std::invalid_argument);
  CHECK(message_of([&] {
          save_safetensors("/proc/none/a", file);
        }).starts_with("lanes: cannot write /proc/none/a: "));
}
