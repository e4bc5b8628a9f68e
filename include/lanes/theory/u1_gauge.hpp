// SPDX-License-Identifier: BSD-3-Clause
//
// U1Gauge: compact U(1) with the Wilson action, any dimension D >= 2, lattice units:
//
//   S = -beta sum_x sum_{mu < nu} cos P_{mu nu}(x)
//   P_{mu nu}(x) = theta_mu(x) + theta_nu(x + mu) - theta_mu(x + nu) - theta_nu(x)
//
// Its exact free energy, plaquette and topological susceptibility in two dimensions are in
// exact/exact_u1.hpp. Errors: std::invalid_argument unless beta >= 0 and finite.
#pragma once

#include <array>
#include <cmath>
#include <utility>

#include <lanes/core/error.hpp>
#include <lanes/field/u1.hpp>
#include <lanes/geometry/links.hpp>
#include <lanes/theory/local_theory.hpp>

namespace lanes {

template <class Geometry>
class U1Gauge : public LocalTheory<U1Gauge<Geometry>, U1, Geometry> {
  static constexpr int D = Geometry::dimension;
  static_assert(D >= 2, "lanes: U1Gauge needs a Lattice of two dimensions or more: plaquettes.");

 public:
  explicit U1Gauge(double beta) : beta_(beta) {
    require(beta >= 0 && std::isfinite(beta), "U1Gauge: beta", beta, ">= 0 and finite");
  }

  double beta() const { return beta_; }
  std::array<std::pair<const char*, double>, 1> couplings() const { return {{{"beta", beta_}}}; }

  template <class T, class Site>
  LANES_HD T density(const Site& theta) const {
    T sum(0);
    for (int mu = 0; mu < D; ++mu)
      for (int nu = mu + 1; nu < D; ++nu)
        sum += cos(theta.here(mu) + theta.forward(mu, nu) - theta.forward(nu, mu) - theta.here(nu));
    return T(-beta_) * sum;
  }

  /// dS/dx of every link to a store, from one sine a plaquette:
  /// dS/dtheta_mu(x) = beta sum_{nu != mu} [sin P_{mu nu}(x) - sin P_{mu nu}(x - nu)], P_{nu mu} =
  /// -P_{mu nu}.
  template <class Context, class Store>
  void force(Context& context, Rows<typename Context::Real> x, const Store& store) const {
    using Real = typename Context::Real;
    typename Context::Scope scope(context);
    const auto sines = context.template rows<Real>(planes * Geometry::volume);
    context.for_each(planes * Geometry::volume, Sines<Real>{x, sines, Real(beta_)});
    context.for_each(D * Geometry::volume, Collect<Real, Store>{sines, store});
  }

  // Kernels are public: a CUDA compiler names their types.
  template <class Real>
  struct Sines {
    Rows<Real> x, to;  // [planes][sites]
    Real beta;
    template <class Lane>
    LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
      const int site = i % Geometry::volume;
      int mu = 0, nu = i / Geometry::volume + 1;  // planes (0, 1), (0, 2), .., (1, 2), ..
      while (nu >= D) {
        ++mu;
        nu += mu + 1 - D;
      }
      const auto p = plaquette<Geometry>(site, mu, nu, LinkAngles<Real, Lane>{x, lane});
      lane.store(to, i, sin(p) * decltype(p)(beta));
    }
  };
  /// The force of a link from the sines of its plaquettes.
  template <class Real, class Store>
  struct Collect {
    Rows<Real> sines;  // of the plaquettes
    Store store;
    template <class Lane>
    LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
      const int site = i % Geometry::volume, mu = i / Geometry::volume;
      auto sum = Pack<Real, Lane::width>(0);
      for (int nu = 0; nu < D; ++nu) {
        if (nu == mu) continue;
        const int row = plane(mu < nu ? mu : nu, mu < nu ? nu : mu) * Geometry::volume;
        sum = add_plaquettes<Geometry>(sum, site, mu, nu,
                                       LinkAngles<Real, Lane>{sines.from(row), lane});
      }
      store(lane, long(link_row<Geometry>(site, mu)), sum);
    }
  };

 private:
  static constexpr int planes = D * (D - 1) / 2;
  LANES_HD static constexpr int plane(int mu, int nu) {  // mu < nu
    return mu * (2 * D - mu - 1) / 2 + nu - mu - 1;
  }

  double beta_;
};
static_assert(DifferentiableTheory<U1Gauge<Lattice<4, 4>>, detail::AnyContext>);

}  // namespace lanes
