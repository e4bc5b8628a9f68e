// SPDX-License-Identifier: BSD-3-Clause
//
// BondCosine: <cos(theta(x + mu) - theta(x))> of angles on sites, the mean over bonds.
#pragma once

#include <cmath>

namespace lanes::testing {

struct BondCosine {
  static constexpr const char* name = "cos of a bond";
  template <class Field, class Geometry>
  static constexpr bool measures = true;
  template <class Geometry, class Real>
  void measure(const Real* theta, double* out) const {
    for (int x = 0; x < Geometry::volume; ++x)
      for (int mu = 0; mu < Geometry::dimension; ++mu)
        out[0] += std::cos(double(theta[Geometry::forward(x, mu)]) - double(theta[x])) /
                  (Geometry::volume * Geometry::dimension);
  }
};

}  // namespace lanes::testing
