// SPDX-License-Identifier: BSD-3-Clause
//
// on_arrays: an observable written for xtensor. What it is given is a view of one configuration,
// [L_0][L_1]..[component] (field/array.hpp), of doubles whatever the field's precision; nothing is
// copied.
//
//   struct NearestNeighbour {
//     static constexpr const char* name = "phi(x) phi(x + 0)";
//     double operator()(const auto& phi) const { return xt::mean(phi * xt::roll(phi, -1, 0))(); }
//   };
//   lanes::analyse(lanes::on_arrays<lanes::Scalar>(NearestNeighbour{}), ensemble);
//
//   const auto fourth = [](const auto& phi) { return xt::mean(xt::pow<4>(phi))(); };
//   lanes::print(ensemble, lanes::on_arrays<lanes::Scalar>(fourth, "phi^4"));
//
// The result is an Observable: it goes wherever one does, with the errors, tau_int and verdicts of
// chains and of weights. The field is named because numbers alone do not say where components are.
//
// | required                           |                                                         |
// |------------------------------------|---------------------------------------------------------|
// | operator()(const auto& phi) const  | a number, a std::array of numbers, or, with primaries,  |
// |                                    | anything to iterate over, an xtensor expression too     |
//
// | optional                           | fallback                                                |
// |------------------------------------|---------------------------------------------------------|
// | name                               | the second argument of on_arrays                        |
// | primaries<Geometry>()              | 1, or the size of the std::array                        |
// | results, derived, label            | as of an Observable (observable.hpp)                    |
//
// Errors: std::invalid_argument where it gives another number of primaries than it says; what
// operator() throws comes out as it is.
#pragma once

#include <concepts>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#if __has_include(<xtensor/core/xmath.hpp>)
#include <xtensor/core/xmath.hpp>
#else
#include <xtensor/xmath.hpp>
#endif

#include <lanes/core/error.hpp>
#include <lanes/field/array.hpp>
#include <lanes/observable/observable.hpp>

namespace lanes {

namespace detail {

template <class F>
constexpr auto name_on_arrays() {
  if constexpr (Named<F>)
    return F::name;
  else
    return "observable on arrays";
}

/// A view of doubles.
template <class Field, class Geometry, class Real>
auto double_array(const Real* x) {
  if constexpr (std::is_same_v<Real, double>)
    return as_array<Field, Geometry>(x);
  else
    return xt::cast<double>(as_array<Field, Geometry>(x));
}

}  // namespace detail

/// The Observable that on_arrays makes of f.
template <class FieldPolicy, class F>
struct ArrayObservable : F {
  static constexpr auto name = detail::name_on_arrays<F>();
  std::string text;

  /// Of f, which print calls by a label.
  ArrayObservable(F f, std::string label) : F(std::move(f)), text(std::move(label)) {}

  template <class Field, class Geometry>
  static constexpr bool measures = std::is_same_v<Field, FieldPolicy>;
  template <class Geometry>
  static constexpr int entries() {
    return FieldPolicy::template rows<Geometry>;
  }
  template <class Geometry>
  static constexpr int primaries() {
    using Value = std::remove_cvref_t<decltype(std::declval<const F&>()(
        detail::double_array<FieldPolicy, Geometry>(static_cast<const double*>(nullptr))))>;
    if constexpr (requires { F::template primaries<Geometry>(); })
      return F::template primaries<Geometry>();
    else if constexpr (requires { std::tuple_size<Value>::value; })
      return int(std::tuple_size<Value>::value);
    else
      static_assert(std::convertible_to<Value, double>,
                    "lanes: what an observable on arrays gives is a number, a std::array of "
                    "numbers, or has as many as its primaries<Geometry>().");
    return 1;
  }
  template <class Geometry>
  std::string label(int result) const {
    if constexpr (requires { F::template label<Geometry>(result); })
      return F::template label<Geometry>(result);
    else
      return result_count<Geometry, ArrayObservable>() == 1
                 ? text
                 : text + "[" + std::to_string(result) + "]";
  }

  template <class Geometry, class Real>
  void measure(const Real* x, double* out) const {
    const auto phi = detail::double_array<FieldPolicy, Geometry>(x);
    const auto value = static_cast<const F&>(*this)(phi);
    if constexpr (std::convertible_to<decltype(value), double>) {
      out[0] = double(value);
    } else {
      constexpr int k = primaries<Geometry>();
      require(std::size_t(value.size()) == std::size_t(k),
              ("observable " + text + ": how many numbers it gives").c_str(), value.size(),
              std::to_string(k).c_str());
      for (const auto number : value) *out++ = double(number);
    }
  }
};

/// name: of what is printed, where F has none.
template <class Field, class F>
ArrayObservable<Field, F> on_arrays(F f, std::string name = detail::name_on_arrays<F>()) {
  return {std::move(f), std::move(name)};
}

}  // namespace lanes
