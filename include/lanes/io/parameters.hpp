// SPDX-License-Identifier: BSD-3-Clause
//
// The parameters of a sampler in a safetensors file.
//
//   save_parameters("phi4.safetensors", sampler);
//   load_parameters("phi4.safetensors", sampler);        // of the same model; all or nothing
//
// Tensor "parameters" [count], F32 or F64 as the precision is, in PyTorch's order (sampler.hpp):
// layer by layer, weight [out][in][taps...], then bias. Metadata: format, and field, geometry, flow
// and precision as text. A file from elsewhere (Python) may lack any of the metadata; what it has
// must agree.
//
// Errors: std::runtime_error with the path, what was found and what was expected, for a file that
// cannot be read or written, is damaged, or is of another model; the sampler is then as it was.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <lanes/io/safetensors.hpp>
#include <lanes/sampler.hpp>

namespace lanes {

namespace detail {

/// The name of a type, without blanks and without "lanes::".
template <class T>
std::string type_text() {
  std::string_view text = __PRETTY_FUNCTION__;  // ... [with T = NAME; ...]  or  ... [T = NAME]
  text.remove_prefix(text.find("T = ") + 4);
  int depth = 0;
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    const char c = text[end];
    if (depth == 0 && (c == ';' || c == ']')) break;
    if (c == '<' || c == '(' || c == '[' || c == '{') ++depth;
    if (c == '>' || c == ')' || c == ']' || c == '}') --depth;
  }
  std::string name;
  for (const char c : text.substr(0, end))
    if (c != ' ') name += c;
  const std::string space = "lanes::";
  for (std::size_t at = 0; (at = name.find(space, at)) != std::string::npos;) {
    const bool whole =
        at == 0 || std::string_view("<,(:&*").find(name[at - 1]) != std::string_view::npos;
    if (whole)
      name.erase(at, space.size());
    else
      at += space.size();
  }
  return name;
}

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
    if (values.size() != size)
      refuse("the size of tensor " + name, std::to_string(values.size()), std::to_string(size));
    for (std::size_t i = 0; finite && i < size; ++i)
      if (!std::isfinite(values[i]))
        refuse("value " + std::to_string(i) + " of tensor " + name, to_text(values[i]),
               "a finite number");
    return values;
  }

 private:
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
  std::string value;
};
template <class Field, class Geometry, class Flow, class Precision, class Backend>
std::vector<ModelEntry> model_signature(const Sampler<Field, Geometry, Flow, Precision, Backend>&) {
  return {{"field", type_text<Field>()},
          {"geometry", type_text<Geometry>()},
          {"flow", type_text<Flow>()},
          {"precision", type_text<Precision>()}};
}

/// Puts the parameters of a sampler and the signature of its model into `file`.
template <class Sampler>
void put_model(TensorFile& file, const Sampler& sampler) {
  for (const auto& [key, value] : model_signature(sampler)) file.metadata[key] = value;
  const auto parameters = sampler.parameters();
  file.put<typename Sampler::Real>("parameters", parameters,
                                   {static_cast<std::ptrdiff_t>(parameters.size())});
}

}  // namespace detail

template <class Sampler>
void save_parameters(const std::string& path, const Sampler& sampler) {
  TensorFile file;
  file.metadata["format"] = "lanes parameters 1";
  detail::put_model(file, sampler);
  save_safetensors(path, file);
}

// post: sampler.parameters() are those of the sampler that was saved
template <class Sampler>
void load_parameters(const std::string& path, Sampler& sampler) {
  const detail::CheckedFile file(path);
  for (const auto& [key, value] : detail::model_signature(sampler))
    if (file.has(key)) file.require_text(key, value);
  sampler.set_parameters(
      file.template vector<typename Sampler::Real>("parameters", sampler.parameters().size()));
}

}  // namespace lanes
