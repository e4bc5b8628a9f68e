// SPDX-License-Identifier: BSD-3-Clause
//
// as_array: configurations as xtensor arrays, without a copy: views with the strides of what is
// stored.
//
//   auto batch = sampler.draw(1000);
//   auto phi = lanes::as_array<lanes::Scalar, lanes::Lattice<8, 8>>(batch.fields);  // [1000][8][8]
//   xt::xarray<double> m = xt::mean(phi, {1, 2});                                   // [1000]
//
// Shapes: one configuration [L_0][L_1].., many [n][L_0][L_1].., and where a site has several
// numbers a last axis [component] (U1: the direction of the link, Vector<N>: N), although they are
// stored component by component. Axis mu is direction mu. An Ensemble: ensemble/array.hpp.
//
// A view of what is const is const. It ends with what it looks at: a temporary does not compile.
// xtensor's own functions of a view of floats compute in float, their sums in double.
// Errors: std::invalid_argument for a number of values that is no multiple of the rows of a
// configuration. Stays out of lanes/lanes.hpp: xtensor is slow to compile.
#pragma once

#include <array>
#include <cstddef>
#include <string>

#if __has_include(<xtensor/containers/xadapt.hpp>)
#include <xtensor/containers/xadapt.hpp>
#else
#include <xtensor/xadapt.hpp>
#endif

#include <lanes/core/c_order.hpp>
#include <lanes/core/error.hpp>
#include <lanes/field/field.hpp>

namespace lanes {

namespace detail {

/// Axes of one configuration.
template <class Field, class Geometry>
inline constexpr std::size_t axes_of_configuration = std::size_t(Geometry::dimension) +
                                                     (Field::template components<Geometry> > 1);

template <std::size_t Axes>
struct ArrayLayout {
  std::array<std::size_t, Axes> shape{};
  std::array<std::ptrdiff_t, Axes> strides{};
};

/// Of the rows of one configuration.
template <class Field, class Geometry>
constexpr auto layout_of_configuration() {
  ArrayLayout<axes_of_configuration<Field, Geometry>> layout;
  const int origin = Field::template row<Geometry>(0, 0);
  for (int mu = 0; mu < Geometry::dimension; ++mu) {
    layout.shape[std::size_t(mu)] = std::size_t(Geometry::extent(mu));
    layout.strides[std::size_t(mu)] =
        Field::template row<Geometry>(Geometry::stride(mu), 0) - origin;
  }
  if constexpr (Field::template components < Geometry >> 1) {
    layout.shape.back() = std::size_t(Field::template components<Geometry>);
    layout.strides.back() = Field::template row<Geometry>(0, 1) - origin;
  }
  return layout;
}

/// Whether the layout says of every number where it is.
template <class Field, class Geometry>
constexpr bool has_strides() {
  constexpr auto layout = layout_of_configuration<Field, Geometry>();
  for (int site = 0; site < Geometry::volume; ++site)
    for (int c = 0; c < Field::template components<Geometry>; ++c) {
      std::ptrdiff_t at = c == 0 ? 0 : c * layout.strides.back();
      for (int mu = 0; mu < Geometry::dimension; ++mu)
        at += Geometry::coordinate(site, mu) * layout.strides[std::size_t(mu)];
      if (Field::template row<Geometry>(site, c) != at) return false;
    }
  return true;
}

/// A view of the outer axes [outer..], from item to item of which `outer_strides` numbers are
/// stepped over, of configurations with `step` numbers from row to row.
template <class Field, class Geometry, class Real, std::size_t Outer>
auto strided_array(Real* x, const std::array<std::size_t, Outer>& outer,
                   const std::array<std::ptrdiff_t, Outer>& outer_strides,
                   std::ptrdiff_t step = 1) {
  static_assert(has_strides<Field, Geometry>(),
                "lanes: as_array needs a Field whose row(site, component) is linear in the "
                "coordinates and the component.");
  constexpr auto one = layout_of_configuration<Field, Geometry>();
  ArrayLayout<Outer + one.shape.size()> all;
  std::size_t size = 1;
  for (std::size_t i = 0; i < all.shape.size(); ++i) {
    all.shape[i] = i < Outer ? outer[i] : one.shape[i - Outer];
    all.strides[i] = i < Outer ? outer_strides[i] : step * one.strides[i - Outer];
    size *= all.shape[i];
  }
  return xt::adapt(x, size, xt::no_ownership(), all.shape, all.strides);
}

}  // namespace detail

/// One configuration [L_0][L_1]..[component]; step: numbers from one row to the next, 1 in an
/// ensemble, in a tile of lanes their number (lane k begins at x + k).
template <class Field, class Geometry, class Real>
auto as_array(Real* x, std::ptrdiff_t step = 1) {
  return detail::strided_array<Field, Geometry, Real, 0>(x, {}, {}, step);
}

/// Configurations [n][rows] as [n][L_0][L_1]..[component]: anything contiguous with data() and
/// size().
template <class Field, class Geometry, class Configurations>
requires requires(Configurations& all) { all.data(), all.size(); }
auto as_array(Configurations& configurations) {
  constexpr std::size_t rows = std::size_t(Field::template rows<Geometry>);
  const std::size_t size = configurations.size();
  require(detail::is_c_order(configurations), "as_array: order of the configurations",
          "another one", "C order, contiguous (row_major)");
  require(size % rows == 0, "as_array: how many numbers it is given", size,
          ("a multiple of " + std::to_string(rows) + ", the numbers of a configuration").c_str());
  return detail::strided_array<Field, Geometry>(configurations.data(),
                                                std::array<std::size_t, 1>{size / rows},
                                                std::array<std::ptrdiff_t, 1>{rows});
}

}  // namespace lanes
