// SPDX-License-Identifier: BSD-3-Clause
//
// Symmetries that a theory may have, for check_theory (testing/theory_laws.hpp): a field x
// [rows][lanes] goes to an image of it, and dS/dx to its own, which turns as x does and is not
// shifted.
//
//   AllTranslations           by one site, in each direction
//   SignFlip               x -> -x: Z2 of real fields and spins, charge conjugation of angles
//   Rotations              O(N) of the components at a site: in each plane, and a reflection
//   GlobalPhase            theta -> theta + alpha of angles, one alpha in a lane
//   GaugeTransformations   theta_mu(x) -> theta_mu(x) + alpha(x) - alpha(x + mu) of links
#pragma once

#include <cmath>
#include <vector>

#include <lanes/field/field.hpp>

namespace lanes::laws {

/// Where a number of a lane is in [rows][lanes].
template <class Field, class Geometry>
std::size_t place(int site, int component, int lane, int lanes) {
  return std::size_t(Field::template row<Geometry>(site, component) * lanes + lane);
}

namespace detail {

/// x with f(site, component, lane, number) for each number.
template <class Field, class Geometry, class F>
std::vector<double> mapped(std::vector<double> x, int lanes, const F& f) {
  for (int site = 0; site < Geometry::volume; ++site)
    for (int c = 0; c < Field::template components<Geometry>; ++c)
      for (int k = 0; k < lanes; ++k) {
        double& v = x[place<Field, Geometry>(site, c, k, lanes)];
        v = f(site, c, k, v);
      }
  return x;
}

}  // namespace detail

struct AllTranslations {
  static constexpr const char* name = "translations";
  template <class Field, class Geometry, class Visit>
  static void images(int lanes, const Visit& visit) {
    for (int mu = 0; mu < Geometry::dimension; ++mu)
      visit([=](const std::vector<double>& x, bool) {
        return detail::mapped<Field, Geometry>(x, lanes, [&](int site, int c, int k, double) {
          return x[place<Field, Geometry>(Geometry::backward(site, mu), c, k, lanes)];
        });
      });
  }
};

struct SignFlip {
  static constexpr const char* name = "sign_flip";
  template <class Field, class Geometry, class Visit>
  static void images(int, const Visit& visit) {
    visit([](std::vector<double> x, bool) {
      for (double& v : x) v = -v;
      return x;
    });
  }
};

struct Rotations {
  static constexpr const char* name = "rotations";
  template <class Field, class Geometry, class Visit>
  static void images(int lanes, const Visit& visit) {
    constexpr int N = Field::template components<Geometry>;
    for (int a = 0; a + 1 < N; ++a)
      visit([=](const std::vector<double>& x, bool) {
        return detail::mapped<Field, Geometry>(x, lanes, [&](int site, int c, int k, double v) {
          if (c != a && c != a + 1) return v;
          const double other = x[place<Field, Geometry>(site, c == a ? a + 1 : a, k, lanes)];
          return v * std::cos(1 + k) + (c == a ? -other : other) * std::sin(1 + k);
        });
      });
    visit([=](const std::vector<double>& x, bool) {
      return detail::mapped<Field, Geometry>(
          x, lanes, [](int, int c, int, double v) { return c == 0 ? -v : v; });
    });
  }
};

struct GlobalPhase {
  static constexpr const char* name = "global_phase";
  template <class Field, class Geometry, class Visit>
  static void images(int lanes, const Visit& visit) {
    static_assert(PeriodicField<Field>, "lanes: GlobalPhase is of a Field of angles.");
    visit([=](const std::vector<double>& x, bool force) {
      return detail::mapped<Field, Geometry>(
          x, lanes, [&](int, int, int k, double v) { return force ? v : v + 1 + k; });
    });
  }
};

struct GaugeTransformations {
  static constexpr const char* name = "gauge_transformations";
  template <class Field, class Geometry, class Visit>
  static void images(int lanes, const Visit& visit) {
    static_assert(LinkField<Field, Geometry>,
                  "lanes: GaugeTransformations are of a Field of links, such as U1.");
    visit([=](const std::vector<double>& x, bool force) {
      const auto alpha = [](int site, int k) { return 3 * std::sin(1.3 * site + 0.7 * k); };
      return detail::mapped<Field, Geometry>(x, lanes, [&](int site, int mu, int k, double v) {
        return force ? v : v + alpha(site, k) - alpha(Geometry::forward(site, mu), k);
      });
    });
  }
};

}  // namespace lanes::laws
