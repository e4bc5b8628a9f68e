// SPDX-License-Identifier: BSD-3-Clause
//
// make_ensemble: an Ensemble from configurations of one's own: arrays, or files of another program.
//
//   auto phi = lanes::load_configurations<lanes::Scalar, Geometry, double>("phi.npy");
//   lanes::print(lanes::make_ensemble(phi, theory, 16), lanes::Susceptibility{});   // 16 chains
//
// Field, geometry and actions are the theory's; whether the configurations are draws of its
// exp(-S) / Z, in equilibrium, nobody can see. chains: R chains of equal length, one after another;
// draws that are independent of each other are one. Then analyse, print, reweighted as for any
// ensemble. Angles are taken modulo their period.
//
// Shapes: configurations [n][rows], contiguous, float or double: anything with data() and size();
// what has shape() besides (an xtensor array) is [n * rows], [n][rows], [n][E0][E1].. or, of a
// field of several components, [n][components][E0][E1].., in C order. Row order: the field's
// (field/).
// Errors: std::invalid_argument for another shape or order, for a number of configurations that the
// chains do not divide, for the first number that is not finite or not of the field and for an
// action that is not finite, with the configuration and the site.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include <lanes/backend/default.hpp>
#include <lanes/core/c_order.hpp>
#include <lanes/core/error.hpp>
#include <lanes/core/kernels.hpp>
#include <lanes/core/precision.hpp>
#include <lanes/ensemble/ensemble.hpp>
#include <lanes/field/field.hpp>
#include <lanes/theory/theory.hpp>

namespace lanes {

namespace detail {

/// "site 5 (1, 1)", and the component where there are several.
template <class Field, class Geometry>
std::string place_of(int row) {
  constexpr int components = Field::template components<Geometry>;
  for (int site = 0; site < Geometry::volume; ++site)
    for (int c = 0; c < components; ++c) {
      if (Field::template row<Geometry>(site, c) != row) continue;
      std::string text = "site " + std::to_string(site) + " (";
      for (int mu = 0; mu < Geometry::dimension; ++mu)
        text += (mu > 0 ? ", " : "") + std::to_string(Geometry::coordinate(site, mu));
      return text + (components > 1 ? "), component " + std::to_string(c) : ")");
    }
  return "row " + std::to_string(row);
}

/// Refuses the first number that is not finite, or that the field's own check refuses.
template <class Field, class Geometry, class Real>
void check_numbers(const char* who, std::span<const Real> configurations) {
  constexpr std::size_t rows = static_cast<std::size_t>(Field::template rows<Geometry>);
  for (std::size_t i = 0; i < configurations.size(); ++i) {
    const std::span<const Real> number = configurations.subspan(i, 1);
    const auto where = [&] {
      return std::string(who) + ": configuration " + std::to_string(i / rows) + ", " +
             place_of<Field, Geometry>(static_cast<int>(i % rows));
    };
    if (!std::isfinite(number[0])) refuse(where().c_str(), number[0], "finite");
    try {
      check_values<Field>(number);
    } catch (const std::invalid_argument& error) {
      throw std::invalid_argument("lanes: " + where() + ": " + error.what());
    }
  }
}

template <class Field, class Geometry, class Shape>
bool is_shape_of_ensemble(const Shape& shape) {
  const auto same = [&](const std::vector<int>& one) {  // shape is [n][one..]
    if (shape.size() != one.size() + 1) return false;
    for (std::size_t i = 0; i < one.size(); ++i)
      if (static_cast<long long>(shape[i + 1]) != one[i]) return false;
    return true;
  };
  constexpr int rows = Field::template rows<Geometry>,
                components = Field::template components<Geometry>;
  std::vector<int> extents(Geometry::extents.begin(), Geometry::extents.end());
  if (shape.size() <= 1 || same({rows}) || (components == 1 && same(extents))) return true;
  extents.insert(extents.begin(), components);
  return same(extents);
}

}  // namespace detail

template <class Backend = DefaultBackend, class Configurations, class Theory>
auto make_ensemble(const Configurations& configurations, const Theory& theory, int chains = 1,
                   Backend backend = Backend()) {
  static_assert(detail::HasFieldAndGeometry<Theory>,
                "lanes: a Theory names its Field and its Geometry; see lanes/theory/theory.hpp.");
  using Field = typename Theory::Field;
  using Geometry = typename Theory::Geometry;
  using Real = std::remove_cv_t<std::remove_pointer_t<decltype(configurations.data())>>;
  static_assert(std::is_same_v<Real, float> || std::is_same_v<Real, double>,
                "lanes: configurations are float or double.");
  using Precision = std::conditional_t<std::is_same_v<Real, double>, Double, Single>;
  using Context = typename Backend::template Context<Precision>;
  using Made = Ensemble<Field, Geometry, Real>;
  constexpr int rows = static_cast<int>(Made::rows);

  if constexpr (detail::ShapedArray<Configurations>) {
    const auto& shape = configurations.shape();
    constexpr int components = Field::template components<Geometry>;
    const std::string one = (components > 1 ? "[" + std::to_string(components) + "]" : "") +
                            detail::shape_text(Geometry::extents);
    require(detail::is_shape_of_ensemble<Field, Geometry>(shape), "make_ensemble: shape",
            detail::shape_text(shape),
            ("[n]" + one + " or [n][" + std::to_string(rows) + "]").c_str());
    require(detail::is_c_order(configurations), "make_ensemble: order of the array", "another one",
            "C order, contiguous (row_major)");
  }
  const std::size_t size = configurations.size(), n = size / Made::rows;
  require(size > 0 && size % Made::rows == 0, "make_ensemble: how many numbers it is given", size,
          ("a positive multiple of " + std::to_string(rows) + ", the numbers of a configuration")
              .c_str());
  require(chains >= 1 && n % static_cast<std::size_t>(chains) == 0, "make_ensemble: chains", chains,
          ("a divisor of " + std::to_string(n) + ", the number of configurations").c_str());
  const std::span<const Real> numbers(configurations.data(), size);
  detail::check_numbers<Field, Geometry>("make_ensemble", numbers);

  Made ensemble;
  ensemble.chains = static_cast<std::size_t>(chains);
  ensemble.threads = backend.threads();
  ensemble.resize(n, false);
  backend.template for_lanes<Precision>(0, n, [&](Context& context, std::size_t first, int lanes) {
    const auto x = context.template rows<Real>(rows);
    const auto s = context.template rows<double>(1);
    context.load_lanes(numbers.data() + first * Made::rows, rows, lanes, x);
    detail::fold<Field, Geometry>(context, x);
    fill(context, s, 1);
    add_action(context, theory, x, s);
    context.store_lanes(s, 1, lanes, ensemble.action.data() + first);
    context.store_lanes(x, rows, lanes, ensemble.configurations.data() + first * Made::rows);
  });
  for (std::size_t i = 0; i < n; ++i)
    require(std::isfinite(ensemble.action[i]),
            ("make_ensemble: the action of configuration " + std::to_string(i)).c_str(),
            ensemble.action[i], "finite, for a draw of this theory");
  return ensemble;
}

}  // namespace lanes
