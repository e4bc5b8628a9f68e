// SPDX-License-Identifier: BSD-3-Clause
//
// The parameters of a sampler in a safetensors file.
//
//   save_parameters("phi4.safetensors", sampler);
//   load_parameters("phi4.safetensors", sampler);        // of the same model; all or nothing
//
// Tensor "parameters" [count], F32 or F64 as the precision is, in PyTorch's order (sampler.hpp):
// layer by layer, weight [out][in][taps...], then bias. Metadata: format, and field, geometry, flow
// and precision as text (io/type_text.hpp). A file from elsewhere (Python) may lack any of the
// metadata; what it has must agree, up to the precision: F32 is read into Double as it is, F64 into
// Single and Mixed (whose parameters are float too) rounded to the nearest float, 6e-8 relative; so
// Single to Double and back is the same bits, and draws follow to the precision's tolerance.
// Files of format 1 had the compiler's names of types: they are read by the compiler that wrote
// them, and by others without these metadata.
//
// Errors: std::runtime_error with the path, what was found and what was expected, for a file that
// cannot be read or written, is damaged, or is of another model; the sampler is then as it was.
#pragma once

#include <charconv>
#include <cmath>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include <lanes/io/safetensors.hpp>
#include <lanes/io/type_text.hpp>
#include <lanes/sampler.hpp>

namespace lanes {

namespace detail {

/// Asks a file for what it should hold; each refusal names the file.
class CheckedFile {
 public:
  explicit CheckedFile(const std::string& path) : path_(path), file_(load_safetensors(path)) {}

  const std::string& path() const { return path_; }
  bool has(const std::string& key) const { return file_.metadata.contains(key); }

  [[noreturn]] void refuse(const std::string& what, const std::string& found,
                           const std::string& expected) const {
    refuse_file("cannot load", path_, what + " is " + found + ", expected " + expected);
  }
  const std::string& text(const std::string& key) const {
    return named([&]() -> const std::string& { return file_.text(key); });
  }
  void require_text(const std::string& key, const std::string& expected) const {
    if (text(key) != expected) refuse(key, text(key), expected);
  }
  double number(const std::string& key) const {
    const std::string& digits = text(key);
    double value = 0;
    const char* end = digits.data() + digits.size();
    if (std::from_chars(digits.data(), end, value).ptr != end || digits.empty())
      refuse(key, digits, "a number");
    return value;
  }
  long integer(const std::string& key) const {
    const std::string& digits = text(key);
    const bool valid = !digits.empty() && digits.size() < 19 &&
                       digits.find_first_not_of("0123456789") == std::string::npos;
    if (!valid) refuse(key, digits, "a whole number");
    return std::stol(digits);
  }
  /// A vector of `size` values, each of them finite if `finite`.
  template <class T>
  std::span<const T> vector(const std::string& name, std::size_t size, bool finite = true) const {
    const auto values = named([&] { return file_.as<T>(name, {-1}); });
    check_values(name, values, size, finite);
    return values;
  }
  /// The same, rounded to T from float or double.
  template <class T>
  std::vector<T> rounded(const std::string& name, std::size_t size) const {
    const std::string& dtype = named([&]() -> const Tensor& { return file_.at(name); }).dtype;
    const auto round = [&](const auto& values) {
      std::vector<T> result(values.begin(), values.end());
      check_values<T>(name, result, size, true);
      return result;
    };
    if (dtype != tensor_type<float> && dtype != tensor_type<double>)
      refuse("the type of tensor " + name, dtype, "F32 or F64");
    if (dtype == tensor_type<float>)
      return round(named([&] { return file_.as<float>(name, {-1}); }));
    return round(named([&] { return file_.as<double>(name, {-1}); }));
  }

 private:
  template <class T>
  void check_values(const std::string& name, std::span<const T> values, std::size_t size,
                    bool finite) const {
    if (values.size() != size)
      refuse("the size of tensor " + name, std::to_string(values.size()), std::to_string(size));
    for (std::size_t i = 0; finite && i < size; ++i)
      if (!std::isfinite(values[i]))
        refuse("value " + std::to_string(i) + " of tensor " + name, to_text(values[i]),
               "a finite number");
  }
  template <class Action>
  std::invoke_result_t<Action> named(Action action) const {
    try {
      return action();
    } catch (const std::runtime_error& error) {
      const std::string reason = error.what();
      refuse_file("cannot load", path_, reason.substr(reason.starts_with("lanes: ") ? 7 : 0));
    }
  }

  std::string path_;
  TensorFile file_;
};

struct ModelEntry {
  const char* key;
  std::string value, old;  // old: as files of format 1 had it
};
template <class Field, class Geometry, class Flow, class Precision, class Backend>
std::vector<ModelEntry> model_signature(const Sampler<Field, Geometry, Flow, Precision, Backend>&) {
  return {{"field", type_text<Field>(), compiler_text<Field>()},
          {"geometry", type_text<Geometry>(), compiler_text<Geometry>()},
          {"flow", type_text<Flow>(), compiler_text<Flow>()},
          {"precision", type_text<Precision>(), compiler_text<Precision>()}};
}

/// Refuses parameters of another model, whatever their precision.
template <class Sampler>
void check_model(const CheckedFile& file, const Sampler& sampler) {
  for (const auto& [key, value, old] : model_signature(sampler))
    if (key != std::string("precision") && file.has(key) && file.text(key) != old)
      file.require_text(key, value);
}

/// Puts the parameters of a sampler and the signature of its model into `file`.
template <class Sampler>
void put_model(TensorFile& file, const Sampler& sampler) {
  for (const auto& entry : model_signature(sampler)) file.metadata[entry.key] = entry.value;
  const auto parameters = sampler.parameters();
  file.put<typename Sampler::Real>("parameters", parameters,
                                   {static_cast<std::ptrdiff_t>(parameters.size())});
}

}  // namespace detail

template <class Sampler>
void save_parameters(const std::string& path, const Sampler& sampler) {
  TensorFile file;
  file.metadata["format"] = "lanes parameters 2";
  detail::put_model(file, sampler);
  save_safetensors(path, file);
}

// post: sampler.parameters() are those of the sampler that was saved
template <class Sampler>
void load_parameters(const std::string& path, Sampler& sampler) {
  const detail::CheckedFile file(path);
  detail::check_model(file, sampler);
  sampler.set_parameters(
      file.template rounded<typename Sampler::Real>("parameters", sampler.parameters().size()));
}

}  // namespace lanes
