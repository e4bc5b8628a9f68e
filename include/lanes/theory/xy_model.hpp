// SPDX-License-Identifier: BSD-3-Clause
//
// XYModel: angles on sites that like to be equal, in 1 to 4 dimensions:
//
//   S(theta) = -beta sum_x sum_mu cos(theta(x + mu) - theta(x))
//
// In one dimension Z = (2 pi)^L sum_n I_n(beta)^L, with respect to the product of d theta. In two
// there is the transition of Kosterlitz and Thouless, beta_c = 1.1199 (Hasenbusch
// cond-mat/0502556). Errors: std::invalid_argument for a beta that is not finite.
#pragma once

#include <array>
#include <cmath>
#include <utility>

#include <lanes/core/error.hpp>
#include <lanes/field/angle.hpp>
#include <lanes/theory/local_theory.hpp>

namespace lanes {

template <class Geometry>
class XYModel : public LocalTheory<XYModel<Geometry>, Angle, Geometry> {
 public:
  explicit XYModel(double beta) : beta_(beta) {
    require(std::isfinite(beta), "XYModel: beta", beta, "finite");
  }
  double beta() const { return beta_; }
  std::array<std::pair<const char*, double>, 1> couplings() const { return {{{"beta", beta_}}}; }

  template <class T, class Site>
  LANES_HD T density(const Site& theta) const {
    T sum = 0;
    for (int mu = 0; mu < Geometry::dimension; ++mu) sum += cos(theta.forward(mu) - theta.here());
    return T(-beta_) * sum;
  }

 private:
  double beta_;
};
static_assert(DifferentiableTheory<XYModel<Lattice<4>>, detail::AnyContext>);

}  // namespace lanes
