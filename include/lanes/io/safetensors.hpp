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
// https://github.com/huggingface/safetensors#format Files written here also carry, in the metadata,
// an FNV-1a checksum of 64 bits over the header (its own 16 digits as zeros) and the data. Files
// without one, such as Python writes, are read as they are.
//
// Writing is atomic (atomic_file.hpp). Errors: std::runtime_error with the path and the reason for
// a file that cannot be read or written or is damaged anywhere; nothing is returned then.
// std::invalid_argument for a tensor whose bytes are not what its shape and type say.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <lanes/core/error.hpp>
#include <lanes/io/atomic_file.hpp>
#include <lanes/io/file_reader.hpp>
#include <lanes/io/shape.hpp>
#include <lanes/io/tensor_file.hpp>

namespace lanes {

namespace detail {

inline constexpr const char* metadata_key = "__metadata__";
inline constexpr const char* checksum_key = "lanes.checksum";
// The second entry says how the first is computed, and betrays a file whose first lost its name.
inline constexpr const char* checksum_rule_key = "lanes.checksum_rule";
inline constexpr const char* checksum_rule =
    "FNV-1a 64 of header with these digits zero, then data";
inline constexpr std::size_t checksum_digits = 16;
inline constexpr std::size_t header_limit = 100'000'000;  // [bytes], the format's own

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

/// Where the checksum's digits stand in a header, or npos. Quotation marks inside a JSON string are
/// escaped, so only the key itself matches.
inline std::size_t checksum_position(const std::string& header) {
  const std::string before = std::string("\"") + checksum_key + "\":\"";
  const std::size_t found = header.find(before);
  if (found == std::string::npos || found + before.size() + checksum_digits > header.size()) {
    return std::string::npos;
  }
  return found + before.size();
}

/// JSON whose keys all differ; nlohmann's parser alone would keep the last of two.
inline nlohmann::json parse_header(const FileReader& file, const std::string& text) {
  std::vector<std::set<std::string>> seen;
  bool repeated = false;
  const auto watch = [&](int, nlohmann::json::parse_event_t event, nlohmann::json& value) {
    using Event = nlohmann::json::parse_event_t;
    if (event == Event::object_start) seen.emplace_back();
    if (event == Event::object_end) seen.pop_back();
    if (event == Event::key) repeated |= !seen.back().insert(value.get<std::string>()).second;
    return true;
  };
  nlohmann::json header = nlohmann::json::parse(text, watch, /*allow_exceptions=*/false);
  if (text.empty() || text.front() != '{' || header.is_discarded() || repeated) {
    file.refuse("its safetensors header is damaged");
  }
  return header;
}

struct TensorEntry {
  std::string name;
  std::size_t begin, end;  // [bytes], from the first byte of the data
  Tensor tensor;           // its bytes still to be read
};

/// One entry of the header: of a known type, inside the file and of the right size.
inline TensorEntry parse_entry(const FileReader& file, const std::string& name,
                               const nlohmann::json& json) {
  const auto is_counts = [](const nlohmann::json& value) {
    return value.is_array() && std::all_of(value.begin(), value.end(), [](const nlohmann::json& v) {
             return v.is_number_unsigned() && v.get<std::uint64_t>() <= PTRDIFF_MAX;
           });
  };
  if (!json.is_object() || json.size() != 3 || !json.contains("dtype") || !json.contains("shape") ||
      !json.contains("data_offsets") || !json["dtype"].is_string() || !is_counts(json["shape"]) ||
      !is_counts(json["data_offsets"]) || json["data_offsets"].size() != 2) {
    file.refuse("the header's entry of tensor " + name + " is damaged");
  }
  const auto& offsets = json["data_offsets"];
  TensorEntry entry{
      name,
      offsets[0].get<std::size_t>(),
      offsets[1].get<std::size_t>(),
      {json["dtype"].get<std::string>(), json["shape"].get<std::vector<std::ptrdiff_t>>(), {}}};
  const std::string& dtype = entry.tensor.dtype;
  const std::size_t value_size = tensor_type_size(dtype);
  if (value_size == 0) file.refuse("tensor " + name + " is of the unknown type " + dtype);

  std::size_t bytes;
  if (!shape_bytes(entry.tensor.shape, value_size, bytes) || entry.begin > entry.end ||
      entry.end - entry.begin != bytes || entry.end > file.remaining()) {
    file.refuse("tensor " + name + " is " + dtype + " " + shape_text(entry.tensor.shape) +
                ", and its offsets are " + std::to_string(entry.begin) + " to " +
                std::to_string(entry.end) + " in " + std::to_string(file.remaining()) + " bytes");
  }
  return entry;
}

/// All tensors in the order of their data, which have no gap, no overlap and no rest.
inline std::vector<TensorEntry> parse_entries(const FileReader& file,
                                              const nlohmann::json& header) {
  std::vector<TensorEntry> entries;
  for (const auto& [name, json] : header.items()) {
    if (name != metadata_key) entries.push_back(parse_entry(file, name, json));
  }
  std::sort(entries.begin(), entries.end(), [](const TensorEntry& a, const TensorEntry& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  std::size_t end = 0;
  for (const TensorEntry& entry : entries) {
    if (entry.begin != end) {
      file.refuse("the data of tensor " + entry.name + " overlap or leave a gap");
    }
    end = entry.end;
  }
  if (end != file.remaining()) {
    file.refuse("it holds " + std::to_string(file.remaining()) +
                " bytes of data, and its tensors " + std::to_string(end));
  }
  return entries;
}

inline std::map<std::string, std::string> parse_metadata(const FileReader& file,
                                                         const nlohmann::json& header) {
  std::map<std::string, std::string> metadata;
  if (!header.contains(metadata_key)) return metadata;
  const nlohmann::json& json = header[metadata_key];
  if (!json.is_object()) file.refuse("its metadata are damaged");
  for (const auto& [key, value] : json.items()) {
    if (!value.is_string()) file.refuse("its metadata " + key + " is not a string");
    metadata[key] = value.get<std::string>();
  }
  return metadata;
}

inline void require_valid(const TensorFile& file) {
  for (const auto& [name, tensor] : file.tensors) {
    const std::string what = "tensor " + name;
    const std::size_t value_size = tensor_type_size(tensor.dtype);
    require(name != metadata_key, "the name of a tensor", name, "any other");
    require(value_size != 0, (what + ": type").c_str(), tensor.dtype, "a type of the format");
    std::size_t bytes;
    require(shape_bytes(tensor.shape, value_size, bytes) && bytes == tensor.bytes.size(),
            (what + ": shape").c_str(), shape_text(tensor.shape),
            ("that of " + std::to_string(tensor.bytes.size()) + " bytes").c_str());
  }
  for (const char* key : {checksum_key, checksum_rule_key}) {
    require(!file.metadata.contains(key), "a key of the metadata", key, "any other");
  }
}

/// The tensors in the order of their data: large values first, so that each stands aligned.
inline std::vector<const std::pair<const std::string, Tensor>*> data_order(const TensorFile& file) {
  std::vector<const std::pair<const std::string, Tensor>*> order;
  for (const auto& named : file.tensors) order.push_back(&named);
  std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return tensor_type_size(a->second.dtype) > tensor_type_size(b->second.dtype);
  });
  return order;
}

}  // namespace detail

/// Writes `file` to `path`.
inline void save_safetensors(const std::string& path, const TensorFile& file) {
  detail::require_valid(file);
  const auto order = detail::data_order(file);

  nlohmann::ordered_json json;
  auto& metadata = json[detail::metadata_key] = file.metadata;
  metadata[detail::checksum_key] = std::string(detail::checksum_digits, '0');
  metadata[detail::checksum_rule_key] = detail::checksum_rule;
  std::size_t end = 0;
  for (const auto* named : order) {
    const auto& [name, tensor] = *named;
    const std::size_t begin = std::exchange(end, end + tensor.bytes.size());
    json[name] = {{"dtype", tensor.dtype}, {"shape", tensor.shape}, {"data_offsets", {begin, end}}};
  }
  std::string header;
  try {
    header = json.dump();
  } catch (const nlohmann::json::exception& error) {  // a name or a string that is not UTF-8
    throw std::invalid_argument("lanes: cannot write " + path + ": " + error.what());
  }
  header.append((8 - header.size() % 8) % 8, ' ');

  std::vector<std::span<const std::byte>> parts{{}, bytes_of(header)};
  for (const auto* named : order) parts.emplace_back(named->second.bytes);
  detail::Fnv1a checksum;
  for (const auto& part : parts) checksum.add(part);
  header.replace(detail::checksum_position(header), detail::checksum_digits, checksum.digits());

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

  const nlohmann::json json = detail::parse_header(file, header);
  std::vector<detail::TensorEntry> entries = detail::parse_entries(file, json);
  TensorFile result{{}, detail::parse_metadata(file, json)};

  const bool checked = result.metadata.contains(detail::checksum_key) ||
                       result.metadata.contains(detail::checksum_rule_key);
  detail::Fnv1a checksum;
  std::string digits;
  if (checked) {
    const std::size_t position = detail::checksum_position(header);
    if (position == std::string::npos) file.refuse("its checksum is damaged");
    digits = header.substr(position, detail::checksum_digits);
    header.replace(position, detail::checksum_digits, detail::checksum_digits, '0');
    checksum.add(bytes_of(header));
  }
  for (detail::TensorEntry& entry : entries) {
    entry.tensor.bytes.resize(entry.end - entry.begin);
    file.read(entry.tensor.bytes.data(), entry.tensor.bytes.size(), "data");
    if (checked) checksum.add(entry.tensor.bytes);
    result.tensors.emplace(std::move(entry.name), std::move(entry.tensor));
  }
  if (checked && digits != checksum.digits()) {
    file.refuse("its checksum does not match: it was damaged or edited after it was written");
  }
  result.metadata.erase(detail::checksum_key);
  result.metadata.erase(detail::checksum_rule_key);
  return result;
}

}  // namespace lanes
