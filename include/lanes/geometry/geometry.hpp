// SPDX-License-Identifier: BSD-3-Clause
//
// Geometry: a periodic lattice at compile time. A policy with
//
//   dimension, volume, extents         numbers; extents an array [dimension]
//   extent(mu), stride(mu)             of a direction; the site behind `site` in it is site +
//                                      stride, up to wrapping
//   coordinate(site, mu)               of a site, in [0, extent(mu))
//   forward(site, mu), backward(site, mu), shifted(site, mu, by)      neighbours
//   parity(site)                       0 or 1: the sum of the coordinates, modulo 2
#pragma once

#include <lanes/core/finite_math.hpp>

namespace lanes {

template <class G>
concept Geometry = requires {
  int{G::dimension};
  int{G::volume};
  int{G::extents[0]};
  int{G::extent(0)};
  int{G::stride(0)};
  int{G::coordinate(0, 0)};
  int{G::forward(0, 0)};
  int{G::backward(0, 0)};
  int{G::shifted(0, 0, 1)};
  int{G::parity(0)};
};

}  // namespace lanes
