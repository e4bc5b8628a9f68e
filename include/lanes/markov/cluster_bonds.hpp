// SPDX-License-Identifier: BSD-3-Clause
//
// ClusterBonds: the Ising model that is embedded in a theory, for WolffClusters
// (wolff_clusters.hpp).
//
// A reflection R of one site's variable is drawn, a symmetry of the theory where it is applied to
// all sites. With a(x) a number that R turns to -a(x), the action must be
//
//   S = -coupling sum_<xy> a(x) a(y) + what no R(x) changes
//
//   IsingModel   s -> -s                              a = s                   coupling beta, h = 0
//   XYModel      theta -> pi + 2 alpha - theta        a = cos(theta - alpha)  coupling beta
//   VectorPhi4   phi -> phi - 2 (r phi) r, |r| = 1    a = r phi               coupling 1
//
// alpha and r are uniform on the circle and the sphere: every direction is reflected. A reflection
// keeps |phi|. For a theory of one's own, specialise
//
//   ClusterBonds<Theory>
//     using Number                                        signed char, or double: of x
//     static constexpr bool ergodic                       reflections reach every configuration
//     ClusterBonds(const Theory&, ClusterNumbers&)        draws R
//     double coupling() const
//     Number component(const Number* x, int site) const   a(site); x [rows]
//     void reflect(Number* x, int site) const             x = R x at this site
//
// A Number of type signed char says that a = +-1.
// Source: U. Wolff, Phys. Rev. Lett. 62, 361 (1989).
// Errors: std::invalid_argument for an external field.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>

#include <lanes/core/angle.hpp>
#include <lanes/core/error.hpp>
#include <lanes/field/vector.hpp>
#include <lanes/fwd.hpp>
#include <lanes/markov/cluster_numbers.hpp>
#include <lanes/theory/ising_model.hpp>
#include <lanes/theory/vector_phi4.hpp>
#include <lanes/theory/xy_model.hpp>

namespace lanes {

template <class Geometry>
struct ClusterBonds<IsingModel<Geometry>> {
  using Number = signed char;
  static constexpr bool ergodic = true;

  ClusterBonds(const IsingModel<Geometry>& theory, ClusterNumbers&) : beta_(theory.coupling()) {
    require(theory.external_field() == 0, "Wolff clusters: external field", theory.external_field(),
            "0");
  }
  double coupling() const { return beta_; }
  Number component(const Number* s, int site) const { return s[site]; }
  void reflect(Number* s, int site) const { s[site] = static_cast<Number>(-s[site]); }

 private:
  double beta_;
};

template <class Geometry>
struct ClusterBonds<XYModel<Geometry>> {
  using Number = double;
  static constexpr bool ergodic = true;

  ClusterBonds(const XYModel<Geometry>& theory, ClusterNumbers& random)
      : beta_(theory.beta()), alpha_(two_pi * random.uniform()) {}
  double coupling() const { return beta_; }
  double component(const double* theta, int site) const { return std::cos(theta[site] - alpha_); }
  void reflect(double* theta, int site) const {  // the update folds it back
    theta[site] = pi + 2 * alpha_ - theta[site];
  }

 private:
  double beta_, alpha_;
};

template <class Geometry, int N>
struct ClusterBonds<VectorPhi4<Geometry, N>> {
  using Number = double;
  static constexpr bool ergodic = false;  // |phi(x)| stays

  ClusterBonds(const VectorPhi4<Geometry, N>&, ClusterNumbers& random) {
    double square = 0;
    for (double& r : r_) {
      r = random.normal();
      square += r * r;
    }
    for (double& r : r_) r /= std::sqrt(square);
  }
  double coupling() const { return 1; }  // of 1/2 |phi(x + mu) - phi(x)|^2
  double component(const double* phi, int site) const {
    double a = 0;
    for (int c = 0; c < N; ++c)
      a += r_[std::size_t(c)] * phi[Vector<N>::template row<Geometry>(site, c)];
    return a;
  }
  void reflect(double* phi, int site) const {
    const double twice = 2 * component(phi, site);
    for (int c = 0; c < N; ++c)
      phi[Vector<N>::template row<Geometry>(site, c)] -= twice * r_[std::size_t(c)];
  }

 private:
  std::array<double, std::size_t(N)> r_{};
};

}  // namespace lanes
