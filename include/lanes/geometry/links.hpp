// SPDX-License-Identifier: BSD-3-Clause
//
// Links: where an angle theta_mu(x) lies, the loops and staples that links are part of, and what
// comes back to a link from them. Rows [D][sites], the direction first:
//
//   plaquette   P_{mu nu}(x) = theta_mu(x) + theta_nu(x + mu) - theta_mu(x + nu) - theta_nu(x)
//   rectangle   R_a(x) = theta_a(x) + theta_a(x + a) + theta_b(x + 2 a) - theta_a(x + a + b)
//                        - theta_a(x + b) - theta_b(x),   b = 1 - a: 2 x 1, in two dimensions
//   loop        the r x t loop from x along mu, then nu; r = t = 1: P, r = 2, t = 1: R
//   line        sum of n links from x along mu
//   staples     of theta_mu(x) in the plane of nu: P_{mu nu}(x) = theta_mu(x) - above, and
//               P_{mu nu}(x - nu) = below - theta_mu(x)
//
// Angles are not taken modulo 2 pi. links(row) is the angle in a row, of any type. Adjoints: with
// of(x) = dS/dP(x), of the plane's (or rectangles') own, dS/dtheta_mu(x) is a sum over those that
// the link is part of.
#pragma once

#include <lanes/core/macros.hpp>
#include <lanes/core/rows.hpp>

namespace lanes {

/// Rows of a field of links, and the row of theta_mu(site).
template <class Geometry>
inline constexpr int link_rows = Geometry::dimension* Geometry::volume;
/// Row of theta_mu(x).
template <class Geometry>
LANES_HD LANES_INLINE constexpr int link_row(int site, int mu) {
  return mu * Geometry::volume + site;
}

/// links(row): the angles on one lane, or on a pack of lanes.
template <class Real, class Lane>
struct LinkAngles {
  Rows<Real> x;
  Lane lane;

  LANES_HD LANES_INLINE auto operator()(int row) const { return lane.load(x, row); }
};

template <class Geometry, class Links>
LANES_HD LANES_INLINE auto plaquette(int site, int mu, int nu, const Links& links) {
  return links(link_row<Geometry>(site, mu)) +
         links(link_row<Geometry>(Geometry::forward(site, mu), nu)) -
         links(link_row<Geometry>(Geometry::forward(site, nu), mu)) -
         links(link_row<Geometry>(site, nu));
}

template <class Geometry, class Links>
LANES_HD LANES_INLINE auto rectangle(int site, int a, const Links& links) {
  const int b = 1 - a, next = Geometry::forward(site, a), above = Geometry::forward(site, b);
  return links(link_row<Geometry>(site, a)) + links(link_row<Geometry>(next, a)) +
         links(link_row<Geometry>(Geometry::forward(next, a), b)) -
         links(link_row<Geometry>(Geometry::forward(next, b), a)) -
         links(link_row<Geometry>(above, a)) - links(link_row<Geometry>(site, b));
}

/// links(row) a number: of one configuration.
template <class Geometry, class Links>
double loop(int site, int mu, int nu, int r, int t, const Links& links) {
  double sum = 0;
  const auto along = [&](int direction, int steps, double sign) {
    for (int i = 0; i < steps; ++i) {
      if (sign < 0) site = Geometry::backward(site, direction);
      sum += sign * double(links(link_row<Geometry>(site, direction)));
      if (sign > 0) site = Geometry::forward(site, direction);
    }
  };
  along(mu, r, 1);
  along(nu, t, 1);
  along(mu, r, -1);
  along(nu, t, -1);
  return sum;
}
template <class Geometry, class Links>
double line(int site, int mu, int n, const Links& links) {
  double sum = 0;
  for (int i = 0; i < n; ++i, site = Geometry::forward(site, mu))
    sum += double(links(link_row<Geometry>(site, mu)));
  return sum;
}

/// What stands beside a link in one plane.
template <class T>
struct Staples {
  T above, below;
};
template <class Geometry, class Links>
LANES_HD LANES_INLINE auto staples(int site, int mu, int nu, const Links& links) {
  const int next = Geometry::forward(site, mu), under = Geometry::backward(site, nu);
  const auto above = links(link_row<Geometry>(site, nu)) +
                     links(link_row<Geometry>(Geometry::forward(site, nu), mu)) -
                     links(link_row<Geometry>(next, nu));
  const auto below = links(link_row<Geometry>(under, mu)) +
                     links(link_row<Geometry>(Geometry::forward(under, mu), nu)) -
                     links(link_row<Geometry>(under, nu));
  return Staples<decltype(above + below)>{above, below};
}

/// sum, and what theta_mu(site) gets from the two plaquettes of the plane of nu; of(site): that of
/// P with the lower direction first.
template <class Geometry, class T, class Of>
LANES_HD LANES_INLINE T add_plaquettes(T sum, int site, int mu, int nu, const Of& of) {
  const T twist = of(site) - of(Geometry::backward(site, nu));
  return mu < nu ? sum + twist : sum - twist;
}

/// What theta_mu(site) gets from the rectangles that are long in direction a.
template <class Geometry, class Of>
LANES_HD LANES_INLINE auto of_rectangles(int site, int mu, int a, const Of& of) {
  const int behind = Geometry::backward(site, 1 - mu);
  return mu == a ? of(site) + of(Geometry::backward(site, a)) - of(behind) -
                       of(Geometry::backward(behind, a))
                 : of(Geometry::backward(behind, a)) - of(site);
}

}  // namespace lanes
