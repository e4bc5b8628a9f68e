// SPDX-License-Identifier: BSD-3-Clause
//
// The safetensors format: named tensors and named strings in one file, readable from Python.
//
//   TensorFile file;
//   file.metadata["step"] = "2000";
//   file.put<float>("flow.0.weight", weights, {16, 8, 3, 3});
//   save_safetensors("checkpoint.safetensors", file);
//
//   const TensorFile file = load_safetensors("checkpoint.safetensors");
//   std::span<const float> weights = file.as<float>("flow.0.weight", {16, 8, 3, 3});
//
// Format: header length (8 bytes, little-endian), a JSON object name -> {dtype, shape,
// data_offsets} with strings under "__metadata__", padded by spaces; then the data, without gaps.
// https://github.com/huggingface/safetensors#format A tensor of a type that is not known here (C64,
// F4, ...) is kept as bytes. Files written here also carry, in the metadata, an FNV-1a checksum of
// 64 bits over the tensors and the metadata that they were written with: Python may load and save
// one, in any order and with more metadata. Files without one, such as Python writes, are read as
// they are.
//
// Writing is atomic (atomic_file.hpp). Errors: std::runtime_error with the path and the reason for
// a file that cannot be read or written or is damaged anywhere; nothing is returned then.
// std::invalid_argument for a tensor whose bytes are not what its shape and type say.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <lanes/core/error.hpp>
#include <lanes/io/atomic_file.hpp>
#include <lanes/io/file_reader.hpp>
#include <lanes/io/safetensors_header.hpp>
#include <lanes/io/shape.hpp>
#include <lanes/io/tensor_file.hpp>

namespace lanes {

namespace detail {

inline constexpr const char* checksum_key = "lanes.checksum";
inline constexpr const char* checksum_of_key = "lanes.checksum_of";
// Where the second key of a file is this one, its sum was of the header's bytes, and is not
// checked.
inline constexpr const char* old_rule_key = "lanes.checksum_rule";
inline constexpr const char* old_rule = "FNV-1a 64 of header with these digits zero, then data";
inline constexpr std::size_t checksum_digits = 16;

class Fnv1a {
 public:
  void add(std::span<const std::byte> bytes) {
    std::uint64_t state = state_;
    for (const std::byte b : bytes)
      state = (state ^ std::to_integer<std::uint64_t>(b)) * 0x100000001b3u;
    state_ = state;
  }
  std::string digits() const {
    std::string text(checksum_digits, '0');
    for (std::size_t i = 0; i < checksum_digits; ++i) {
      text[checksum_digits - 1 - i] = "0123456789abcdef"[(state_ >> (4 * i)) & 15];
    }
    return text;
  }

 private:
  std::uint64_t state_ = 0xcbf29ce484222325u;
};

/// Over the metadata whose keys `listed` names, one a line, and all tensors, each part with its
/// size; the order of a file does not count.
inline std::string checksum_of(const TensorFile& file, const std::string& listed) {
  Fnv1a sum;
  const auto add = [&](std::span<const std::byte> bytes) {
    const std::uint64_t size = bytes.size();
    sum.add(bytes_of(&size, 1));
    sum.add(bytes);
  };
  add(bytes_of(listed));
  for (std::size_t at = 0; at < listed.size();) {
    const std::size_t end = listed.find('\n', at);
    const auto found = file.metadata.find(listed.substr(at, end - at));
    if (end == std::string::npos || found == file.metadata.end()) return "none";
    add(bytes_of(found->second));
    at = end + 1;
  }
  for (const auto& [name, tensor] : file.tensors) {
    add(bytes_of(name));
    add(bytes_of(tensor.dtype));
    add(bytes_of(tuple_text(tensor.shape)));
    add(tensor.bytes);
  }
  return sum.digits();
}

inline std::string keys_of(const std::map<std::string, std::string>& metadata) {
  std::string keys;
  for (const auto& [key, value] : metadata) keys += key + '\n';
  return keys;
}

/// Takes the checksum out of the metadata that were read.
inline void check_sum(const FileReader& file, TensorFile& read) {
  const auto take = [&](const char* key) {
    const auto found = read.metadata.extract(key);
    return std::pair(!found.empty(), found.empty() ? std::string() : found.mapped());
  };
  const auto [has_sum, digits] = take(checksum_key);
  const auto [has_list, listed] = take(checksum_of_key);
  const auto [has_rule, rule] = take(old_rule_key);
  if (has_sum && has_rule && !has_list && rule == old_rule) return;
  if (has_rule || has_sum != has_list) file.refuse("its checksum is damaged");
  if (has_sum && digits != checksum_of(read, listed)) {
    file.refuse(std::string("its checksum does not match: it was damaged, or edited after it was "
                            "written (without the metadata ") +
                checksum_key + " and " + checksum_of_key + " it is read unchecked)");
  }
}

inline void require_valid(const TensorFile& file) {
  for (const auto& [name, tensor] : file.tensors) {
    const std::string what = "tensor " + name;
    const std::size_t value_size = tensor_type_size(tensor.dtype);
    require(name != metadata_key, "the name of a tensor", name, "any other");
    std::size_t bytes = 0;
    require(shape_bytes(tensor.shape, std::max<std::size_t>(value_size, 1), bytes) &&
                (bytes == tensor.bytes.size() || value_size == 0),
            (what + ": shape").c_str(), tuple_text(tensor.shape),
            ("that of " + std::to_string(tensor.bytes.size()) + " bytes").c_str());
  }
  require(file.tensors.size() <= most_tensors && file.metadata.size() <= most_tensors,
          "the number of tensors or metadata", std::max(file.tensors.size(), file.metadata.size()),
          "at most 2^17");
  for (const auto& [key, value] : file.metadata)
    require(key.find('\n') == std::string::npos, "a key of the metadata", key, "one line");
  for (const char* key : {checksum_key, checksum_of_key, old_rule_key}) {
    require(!file.metadata.contains(key), "a key of the metadata", key, "any other");
  }
}

/// The tensors in the order of their data: large values first, so that each stands aligned.
inline std::vector<const std::pair<const std::string, Tensor>*> data_order(const TensorFile& file) {
  std::vector<const std::pair<const std::string, Tensor>*> order;
  for (const auto& named : file.tensors) order.push_back(&named);
  std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    const std::size_t size_a = tensor_type_size(a->second.dtype);
    const std::size_t size_b = tensor_type_size(b->second.dtype);
    return size_a != size_b ? size_a > size_b : a->first < b->first;
  });
  return order;
}

}  // namespace detail

/// Writes `file` to `path`.
inline void save_safetensors(const std::string& path, const TensorFile& file) {
  detail::require_valid(file);
  const auto order = detail::data_order(file);

  std::string header;
  try {
    const auto text = [](const auto& value) { return nlohmann::json(value).dump(); };
    const std::string listed = detail::keys_of(file.metadata);
    header = "{" + text(detail::metadata_key) + ":{";
    for (const auto& [key, value] : file.metadata) header += text(key) + ":" + text(value) + ",";
    header += text(detail::checksum_key) + ":" + text(detail::checksum_of(file, listed)) + "," +
              text(detail::checksum_of_key) + ":" + text(listed) + "}";
    std::size_t end = 0;
    for (const auto* named : order) {
      const auto& [name, tensor] = *named;
      const std::size_t begin = std::exchange(end, end + tensor.bytes.size());
      header += "," + text(name) + ":{\"dtype\":" + text(tensor.dtype) +
                ",\"shape\":" + text(tensor.shape) +
                ",\"data_offsets\":" + text(std::vector{begin, end}) + "}";
    }
    header += "}";
  } catch (const nlohmann::json::exception& error) {  // a name or a string that is not UTF-8
    throw std::invalid_argument("lanes: cannot write " + path + ": " + error.what());
  }
  header.append((8 - header.size() % 8) % 8, ' ');

  std::vector<std::span<const std::byte>> parts{{}, bytes_of(header)};
  for (const auto* named : order) parts.emplace_back(named->second.bytes);
  const std::uint64_t length = header.size();
  require(length <= detail::header_limit, "the header of a safetensors file", length, "<= 100 MB");
  parts[0] = bytes_of(&length, 1);
  write_file_atomically(path, parts);
}

/// Reads `path` whole and checks all of it before anything is returned.
// post: load_safetensors(path) == file after save_safetensors(path, file)
inline TensorFile load_safetensors(const std::string& path) {
  detail::FileReader file(path);
  std::uint64_t length;
  file.read(&length, sizeof length, "header");
  if (length > detail::header_limit) file.refuse("it is not a safetensors file");
  if (length > file.remaining()) file.refuse("the file ends in its header");
  std::string header(length, '\0');
  file.read(header.data(), length, "header");

  detail::SafetensorsHeader parsed = detail::parse_header(file, header);
  header = {};
  TensorFile result{{}, std::move(parsed.metadata)};
  for (const std::string& name : detail::check_entries(file, parsed)) {
    detail::TensorEntry& entry = parsed.tensors.at(name);
    entry.tensor.bytes.resize(entry.end - entry.begin);
    file.read(entry.tensor.bytes.data(), entry.tensor.bytes.size(), "data");
    result.tensors.emplace(name, std::move(entry.tensor));
  }
  detail::check_sum(file, result);
  return result;
}

}  // namespace lanes
