// SPDX-License-Identifier: BSD-3-Clause
//
// Ensembles as NPY: one array [lanes][E0][E1]... of configurations in C order (a field of several
// components: [lanes][components][E0]...), of the field's own type.
//
//   lanes::save_configurations("phi.npy", ensemble);
//   auto phi = lanes::load_configurations<lanes::Scalar, lanes::Lattice<8, 8>, float>("phi.npy");
//     // [lanes * rows]
//
// An ensemble larger than memory, part by part:
//
//   lanes::ConfigurationWriter<lanes::Scalar, lanes::Lattice<8, 8>, float> file("phi.npy");
//   for (...) file.append(ensemble);        // at "phi.npy" there is none before close
//   file.close();
//
// Errors: std::runtime_error from npy_file.hpp for a file of another type or shape, or one that is
// damaged; where a number is not finite, with its configuration and site.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <lanes/core/data_set.hpp>
#include <lanes/io/npy_file.hpp>

namespace lanes {

namespace detail {

template <class Field, class Geometry>
std::vector<std::ptrdiff_t> ensemble_shape(std::ptrdiff_t lanes) {
  std::vector<std::ptrdiff_t> shape = {lanes};
  if (constexpr int components = Field::template components<Geometry>; components > 1)
    shape.push_back(components);
  for (int e : Geometry::extents) shape.push_back(e);
  return shape;
}

}  // namespace detail

/// Anything with Field, Geometry and configurations [n][rows]: an Ensemble, a ReweightedEnsemble.
template <class Ensemble>
void save_configurations(const std::string& path, const Ensemble& ensemble) {
  using Field = typename Ensemble::Field;
  using Geometry = typename Ensemble::Geometry;
  const auto n =
      static_cast<std::ptrdiff_t>(ensemble.configurations.size()) / Field::template rows<Geometry>;
  const auto shape = detail::ensemble_shape<Field, Geometry>(n);
  save_npy(path, ensemble.configurations.data(), std::span<const std::ptrdiff_t>(shape));
}

/// Configurations [lanes][rows], flat.
template <class Field, class Geometry, class Real>
std::vector<Real> load_configurations(const std::string& path) {
  const auto shape = detail::ensemble_shape<Field, Geometry>(-1);
  const std::span<const std::ptrdiff_t> expected(shape);
  detail::NpyReader<Real> file(path, &expected);
  std::vector<Real> values(file.size());
  file.read(values.data());
  const std::string bad =
      detail::first_not_finite(std::span<const Real>(values), Field::template rows<Geometry>,
                               Field::template components<Geometry>);
  if (!bad.empty()) detail::refuse_file("cannot load", path, bad);
  return values;
}

/// Writes configurations part by part.
template <class Field, class Geometry, class Real>
class ConfigurationWriter {
 public:
  explicit ConfigurationWriter(const std::string& path) : file_(path, item()) {}

  void append(std::span<const Real> configurations) { file_.append(configurations); }
  /// Anything with configurations [n][rows].
  template <class Ensemble>
  requires requires(const Ensemble& e) { e.configurations; }
  void append(const Ensemble& ensemble) { append(std::span<const Real>(ensemble.configurations)); }
  std::ptrdiff_t configurations() const { return file_.items(); }
  void close() { file_.close(); }

 private:
  static std::vector<std::ptrdiff_t> item() {
    auto shape = detail::ensemble_shape<Field, Geometry>(0);
    shape.erase(shape.begin());
    return shape;
  }

  NpyWriter<Real> file_;
};

}  // namespace lanes
