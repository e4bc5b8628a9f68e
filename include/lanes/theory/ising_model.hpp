// SPDX-License-Identifier: BSD-3-Clause
//
// IsingModel: spins with a nearest-neighbour coupling and an external field, any dimension,
// periodic:
//
//   S = -beta sum_<xy> s(x) s(y) - h sum_x s(x),     Z = sum over all s of exp(-S)
//
// beta > 0 favours equal neighbours, beta < 0 unequal ones; both are in units of the temperature. A
// direction of extent 2 has two bonds between its two sites, as the torus has. The conditional
// density of one spin is 1 / (1 + exp(-2 s (coupling sum of its neighbours + field))). Its exact
// answers in two dimensions: exact/exact_ising.hpp. Errors: std::invalid_argument unless beta and h
// are finite.
#pragma once

#include <array>
#include <cmath>
#include <utility>

#include <lanes/core/error.hpp>
#include <lanes/field/ising.hpp>
#include <lanes/theory/local_theory.hpp>

namespace lanes {

template <class Geometry>
class IsingModel : public LocalTheory<IsingModel<Geometry>, Ising, Geometry> {
 public:
  explicit IsingModel(double beta, double external_field = 0)
      : beta_(beta), field_(external_field) {
    require(std::isfinite(beta), "IsingModel: beta", beta, "finite");
    require(std::isfinite(external_field), "IsingModel: external field", external_field, "finite");
  }

  double coupling() const { return beta_; }
  /// h.
  double external_field() const { return field_; }
  std::array<std::pair<const char*, double>, 2> couplings() const {
    return {{{"beta", beta_}, {"external_field", field_}}};
  }

  template <class T, class Site>
  LANES_HD T density(const Site& s) const {
    T neighbours(0);
    for (int mu = 0; mu < Geometry::dimension; ++mu) neighbours += s.forward(mu);
    return -s.here() * (T(beta_) * neighbours + T(field_));
  }

 private:
  double beta_, field_;
};
static_assert(Theory<IsingModel<Lattice<4>>, detail::AnyContext>);

}  // namespace lanes
