// SPDX-License-Identifier: BSD-3-Clause
//
// Ensembles as NPY: one array [lanes][E0][E1]... of configurations in C order (a field of several
// components: [lanes][components][E0]...), of the field's own type.
//
//   lanes::save_configurations("phi.npy", ensemble);
//   auto phi = lanes::load_configurations<lanes::Scalar, lanes::Lattice<8, 8>, float>("phi.npy");   // [lanes * rows]
//
// Errors: std::runtime_error from npy.hpp for a file of another type or shape, or one that is
// damaged.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <lanes/io/npy.hpp>

namespace lanes {

namespace detail {

template <class Field, class Geometry>
std::vector<std::ptrdiff_t> ensemble_shape(std::ptrdiff_t lanes) {
  std::vector<std::ptrdiff_t> shape = {lanes};
  if (Field::template components<Geometry> > 1)
    shape.push_back(Field::template components<Geometry>);
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
  const auto array = load_npy<Real>(path, std::span<const std::ptrdiff_t>(shape));
  return {array.begin(), array.end()};
}

}  // namespace lanes
