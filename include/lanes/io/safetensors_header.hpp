// SPDX-License-Identifier: BSD-3-Clause
//
// The header of a safetensors file: a JSON object name -> {dtype, shape, data_offsets}, with
// strings under "__metadata__". Read as it comes, so that a header within the format's 100 MB takes
// no more than a few times its size: at most 2^17 tensors and as many metadata, 64 dimensions, 8
// levels of brackets. As in the format's own reader, an entry may have further keys, which are
// skipped, and "__metadata__" may be null. No key stands twice.
//
// Errors: std::runtime_error with the path and the tensor or what is damaged.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <lanes/io/file_reader.hpp>
#include <lanes/io/shape.hpp>
#include <lanes/io/tensor_file.hpp>

namespace lanes::detail {

inline constexpr const char* metadata_key = "__metadata__";
inline constexpr std::size_t header_limit = 100'000'000;  // [bytes], the format's own
inline constexpr std::size_t most_tensors = std::size_t(1) << 17;

struct TensorEntry {
  std::size_t begin = 0, end = 0;  // [bytes], from the first byte of the data
  Tensor tensor;                   // its bytes still to be read
};

struct SafetensorsHeader {
  std::map<std::string, TensorEntry> tensors;
  std::map<std::string, std::string> metadata;
};

/// What nlohmann's parser calls, event by event; it stops where one returns false.
class SafetensorsEvents {
 public:
  using Json = nlohmann::json;

  SafetensorsHeader header;
  std::string reason = "its safetensors header is damaged";

  bool key(std::string& name) {
    if (skipping()) return true;
    if (depth_ == 1) {
      key_ = name, field_.clear();
      if (key_ == metadata_key) return std::exchange(has_metadata_, true) ? damaged() : true;
      if (header.tensors.contains(key_)) return damaged();
      if (header.tensors.size() == most_tensors) return too_many("tensors");
      entry_ = &header.tensors[key_];
      found_.clear(), offsets_.clear();
      return true;
    }
    field_ = name;
    if (key_ == metadata_key) {
      if (header.metadata.size() == most_tensors) return too_many("metadata");
      return header.metadata.contains(field_) ? damaged() : true;
    }
    if (found_.size() == 16) return damaged();
    return found_.insert(field_).second ? true : damaged();
  }
  bool start_object(std::size_t) {
    const bool place = depth_ == 0 || depth_ == 1;
    return enter(place);
  }
  bool end_object() {
    if (depth_ == 2 && !in_metadata() && !(has("dtype") && has("shape") && has("data_offsets")))
      return damaged();
    if (depth_ == 2 && !in_metadata()) {
      if (offsets_.size() != 2) return damaged();
      entry_->begin = offsets_[0], entry_->end = offsets_[1];
    }
    return --depth_, true;
  }
  bool start_array(std::size_t) {
    const bool place =
        depth_ == 2 && !in_metadata() && (field_ == "shape" || field_ == "data_offsets");
    return enter(place);
  }
  bool end_array() { return --depth_, true; }

  bool string(std::string& value) {
    if (depth_ == 2 && in_metadata()) return header.metadata[field_] = value, true;
    if (depth_ == 2 && field_ == "dtype") return entry_->tensor.dtype = value, true;
    return other();
  }
  bool number_unsigned(std::uint64_t value) {
    if (depth_ != 3 || skipping()) return other();
    if (value > PTRDIFF_MAX) return damaged();
    if (field_ == "data_offsets") {
      if (offsets_.size() == 2) return damaged();
      return offsets_.push_back(std::size_t(value)), true;
    }
    if (entry_->tensor.shape.size() == most_dimensions) return too_many("dimensions");
    return entry_->tensor.shape.push_back(std::ptrdiff_t(value)), true;
  }
  bool null() { return (depth_ == 1 && in_metadata()) || other(); }
  bool boolean(bool) { return other(); }
  bool number_integer(std::int64_t) { return other(); }
  bool number_float(double, const std::string&) { return other(); }
  bool binary(Json::binary_t&) { return damaged(); }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) { return false; }

 private:
  static constexpr int deepest = 8;

  bool in_metadata() const { return key_ == metadata_key; }
  bool has(const char* field) const { return found_.contains(field); }
  bool is_known(const std::string& field) const {
    return field == "dtype" || field == "shape" || field == "data_offsets";
  }
  /// Within the value of a further key.
  bool skipping() const { return depth_ > 2 && !is_known(field_); }

  bool damaged() {
    if (in_metadata()) {
      reason = field_.empty() ? "its metadata are damaged"
                              : "its metadata " + field_ + " is not one string";
    } else if (depth_ > 0 && entry_) {
      reason = "the header's entry of tensor " + key_ + " is damaged";
    }
    return false;
  }
  bool too_many(const char* what) {
    reason = std::string("its safetensors header has too many ") + what;
    return false;
  }
  bool enter(bool place) {
    if (!place && !(depth_ >= 2 && !in_metadata() && !is_known(field_))) return damaged();
    if (depth_ == deepest) return damaged();
    return ++depth_, true;
  }
  /// A value that stands where nothing is expected.
  bool other() { return depth_ >= 2 && !in_metadata() && !is_known(field_) ? true : damaged(); }

  int depth_ = 0;
  bool has_metadata_ = false;
  std::string key_, field_;  // of depth 1 and 2
  TensorEntry* entry_ = nullptr;
  std::set<std::string> found_;
  std::vector<std::size_t> offsets_;
};

inline SafetensorsHeader parse_header(const FileReader& file, const std::string& text) {
  SafetensorsEvents events;
  // nlohmann's parser would end at a NUL byte and skip a byte order mark.
  const bool whole = text.starts_with('{') && text.find('\0') == std::string::npos &&
                     nlohmann::json::sax_parse(text, &events);
  if (!whole) file.refuse(events.reason);
  return std::move(events.header);
}

/// Names of all tensors in the order of their data, which have no gap, no overlap and no rest, and
/// are of the size that type and shape say; of a type that is not known here, of any.
inline std::vector<std::string> check_entries(const FileReader& file,
                                              const SafetensorsHeader& header) {
  std::vector<std::pair<const std::string, TensorEntry> const*> order;
  for (const auto& named : header.tensors) order.push_back(&named);
  std::sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return std::pair(a->second.begin, a->second.end) < std::pair(b->second.begin, b->second.end);
  });
  std::size_t end = 0;
  std::vector<std::string> names;
  for (const auto* named : order) {
    const auto& [name, entry] = *named;
    const Tensor& tensor = entry.tensor;
    const std::size_t value_size = tensor_type_size(tensor.dtype);
    std::size_t bytes = 0;
    const bool shaped = shape_bytes(tensor.shape, std::max<std::size_t>(value_size, 1), bytes);
    if (!shaped || entry.begin > entry.end || entry.end > file.remaining() ||
        (value_size > 0 && entry.end - entry.begin != bytes)) {
      file.refuse("tensor " + name + " is " + tensor.dtype + " " + tuple_text(tensor.shape) +
                  ", and its offsets are " + std::to_string(entry.begin) + " to " +
                  std::to_string(entry.end) + " in " + std::to_string(file.remaining()) + " bytes");
    }
    if (entry.begin != end) file.refuse("the data of tensor " + name + " overlap or leave a gap");
    end = entry.end;
    names.push_back(name);
  }
  if (end != file.remaining()) {
    file.refuse("it holds " + std::to_string(file.remaining()) +
                " bytes of data, and its tensors " + std::to_string(end));
  }
  return names;
}

}  // namespace lanes::detail
