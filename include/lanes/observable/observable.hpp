// SPDX-License-Identifier: BSD-3-Clause
//
// Observable: what is measured on a configuration, and what is worked out from the means.
//
// primaries: numbers measured on each configuration; results: functions of their means. Errors
// follow by gamma_method or bootstrap, so a ratio or a mass is as easy as a mean. A user's
// observable:
//
//   struct FieldSquared {
//     static constexpr const char* name = "phi^2";
//     template <class Geometry, class Real>
//     void measure(const Real* phi, double* out) const {   // phi: [sites], C order
//       for (int x = 0; x < Geometry::volume; ++x) out[0] += phi[x] * phi[x] / Geometry::volume;
//     }
//   };
//
// | required                                              |                                      |
// |-------------------------------------------------------|--------------------------------------|
// | name                                                  | converts to std::string              |
// | measure<Geometry>(const Real* [entries], double* out) | out: [primaries], 0 on entry. Real:  |
// |                                                       | float, double. const, thread safe    |
//
// | optional                                              | fallback                             |
// |-------------------------------------------------------|--------------------------------------|
// | static constexpr int entries<Geometry>()              | Geometry::volume                     |
// | static constexpr int primaries<Geometry>()            | 1                                    |
// | static constexpr int results<Geometry>()              | primaries                            |
// | derived<Geometry>(const double* means, double* out)   | the means. out: [results], 0 on      |
// |                                                       | entry; NaN for what has no value     |
// | std::string label<Geometry>(int result)               | name, or name[result] of several;    |
// |                                                       | names the parameters, if any         |
// | static constexpr bool measures<Field, Geometry>       | true: any field with as many numbers |
// |                                                       | in a configuration as entries        |
// | measure_many<Geometry>(Backend&,                      | measure, on the backend's threads.   |
// |     const Real* [n][entries], std::size_t n,          | With it no measure is required. Any  |
// |     double* out [n][primaries])                       | Backend; its kernels run there       |
//
// Errors: none at run time; an incomplete observable, or one of another field than the ensemble's,
// is a compile error where it is used.
#pragma once

#include <concepts>
#include <cstddef>
#include <string>

#include <lanes/backend/default.hpp>
#include <lanes/core/finite_math.hpp>
#include <lanes/geometry/lattice.hpp>

namespace lanes {

namespace detail {

template <class O>
concept Named = requires {
  { O::name } -> std::convertible_to<std::string>;
};

template <class O, class Geometry>
concept Measures = requires(const O& o, const float* single, const double* real, double* out) {
  o.template measure<Geometry>(single, out);
  o.template measure<Geometry>(real, out);
};

/// Measures many configurations at once.
template <class O, class Geometry>
concept MeasuresMany = requires(const O& o, DefaultBackend& backend, const float* single,
                                const double* real, std::size_t n, double* out) {
  o.template measure_many<Geometry>(backend, single, n, out);
  o.template measure_many<Geometry>(backend, real, n, out);
};

}  // namespace detail

template <class O, class Geometry>
concept Observable = detail::Named<O> &&
    (detail::Measures<O, Geometry> || detail::MeasuresMany<O, Geometry>);

namespace detail {

/// One number a site that is no angle: Scalar, Ising.
template <class Field, class Geometry>
inline constexpr bool number_a_site = Field::template components<Geometry> == 1 && !requires {
  Field::period;
};

/// What says so of itself, as Ising and U1 do (field/).
template <class Field>
inline constexpr bool ising_spins = [] {
  if constexpr (requires { Field::spins; })
    return Field::spins;
  else
    return false;
}();
template <class Field>
inline constexpr bool u1_links = [] {
  if constexpr (requires { Field::links; })
    return Field::links;
  else
    return false;
}();

template <class O, class Field, class Geometry>
constexpr bool measures() {
  if constexpr (requires { O::template measures<Field, Geometry>; })
    return O::template measures<Field, Geometry>;
  else
    return true;
}

}  // namespace detail

/// Numbers of one configuration.
template <class Geometry, class O>
constexpr int entry_count() {
  if constexpr (requires { O::template entries<Geometry>(); })
    return O::template entries<Geometry>();
  else
    return Geometry::volume;
}

/// Numbers measured on a configuration.
template <class Geometry, class O>
constexpr int primary_count() {
  if constexpr (requires { O::template primaries<Geometry>(); })
    return O::template primaries<Geometry>();
  else
    return 1;
}

/// Numbers worked out from their means.
template <class Geometry, class O>
constexpr int result_count() {
  if constexpr (requires { O::template results<Geometry>(); })
    return O::template results<Geometry>();
  else
    return primary_count<Geometry, O>();
}

/// A compile error unless the observable is one of the field: of every ensemble that knows its
/// field.
template <class O, class Field, class Geometry>
constexpr void check_field_of_observable() {
  static_assert(detail::measures<O, Field, Geometry>(),
                "lanes: this observable measures another field than the ensemble's: magnetization, "
                "correlators and lengths one number a site that is no angle (Scalar, Ising); "
                "energy, specific heat and correlation of spins Ising; loops, charges and "
                "fermions U1.");
  if constexpr (detail::measures<O, Field, Geometry>())
    static_assert(entry_count<Geometry, O>() == Field::template rows<Geometry>,
                  "lanes: an Observable of this field has entries<Geometry>(), the numbers of one "
                  "configuration (U1: D a site); without it, it reads one a site.");
}

/// means: [primaries], out: [results].
template <class Geometry, class O>
void derive_results(const O& observable, const double* means, double* out) {
  constexpr bool own = requires { observable.template derived<Geometry>(means, out); };
  static_assert(own || result_count<Geometry, O>() == primary_count<Geometry, O>(),
                "lanes: an Observable with results() unlike primaries() has derived(means, out).");
  if constexpr (own) {
    for (int i = 0; i < result_count<Geometry, O>(); ++i) out[i] = 0;
    observable.template derived<Geometry>(means, out);
  } else {
    for (int i = 0; i < result_count<Geometry, O>(); ++i) out[i] = means[i];
  }
}

/// What a result is called.
template <class Geometry, class O>
std::string result_label(const O& observable, int result) {
  if constexpr (requires { observable.template label<Geometry>(result); })
    return observable.template label<Geometry>(result);
  else if constexpr (result_count<Geometry, O>() == 1)
    return std::string(O::name);
  else
    return std::string(O::name) + "[" + std::to_string(result) + "]";
}

}  // namespace lanes
