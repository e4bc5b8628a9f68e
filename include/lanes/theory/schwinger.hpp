// SPDX-License-Identifier: BSD-3-Clause
//
// Schwinger: U(1) links with N_f flavours of Wilson fermions in two dimensions, lattice units:
//
//   S = -beta sum_x cos P(x) - N_f ln|det D|,   D = 1 - kappa H
//   H(x + mu, x) = s (1 + sigma_mu+1) exp(-i theta_mu(x)),
//     H(x, x + mu) = s (1 - sigma_mu+1) exp(i theta_mu(x))
//
// with s = -1 on hops across the boundary of direction 0 (time_boundary), else 1. det D is real.
// For an even N_f (the default, 2) the weight det D^N_f is positive; for an odd one the sign is
// left out of S and must be put back by reweighting with determinant().sign. Exact in O(L0 L1^3),
// force included (wilson/determinant.hpp); the second extent is the one with the power.
//
// Factorisation is the precision of the determinant: Double whatever the field's (ln det good to
// about 1e-13), or Single, twice as fast, where the field is not Double: about 1e-5 near
// criticality, 1e-2 at kappa = 0.45, and not to be trusted beyond. Exceptional configurations,
// where D is singular to rounding, and fields that are not finite have S = +infinity and no force
// of the fermions. HMC crosses det D = 0 rarely (observable/fermion_observables.hpp says what that
// does to errors). A flow has density there, and the force is 2 / (distance), whose square has no
// mean: Reparameterization and PathGradient want clip_norm; Reinforce sees ln|det D| alone.
// Errors: std::invalid_argument unless beta >= 0 and finite, 0 < kappa < 0.5, flavours >= 1 and
// time_boundary is -1 or 1.
#pragma once

#include <array>
#include <limits>
#include <type_traits>
#include <utility>

#include <lanes/core/kernels.hpp>
#include <lanes/core/precision.hpp>
#include <lanes/fwd.hpp>
#include <lanes/theory/u1_gauge.hpp>
#include <lanes/theory/wilson/trials.hpp>

namespace lanes {

/// Flavours and boundary.
struct SchwingerOptions {
  int flavours = 2;        // >= 1; odd: the sign of det D is left to reweighting
  int time_boundary = -1;  // -1 or 1; antiperiodic, periodic
};

template <class GeometryPolicy, class Factorisation>
class Schwinger {
  static_assert(GeometryPolicy::dimension == 2,
                "lanes: Schwinger needs a Lattice of two dimensions.");
  static constexpr int L0 = GeometryPolicy::extent(0), L1 = GeometryPolicy::extent(1);

 public:
  using Field = U1;
  using Geometry = GeometryPolicy;

  Schwinger(double beta, double kappa, const SchwingerOptions& options = {})
      : gauge_(beta), kappa_(kappa), options_(options) {
    require(kappa > 0 && kappa < 0.5, "Schwinger: kappa", kappa, "> 0 and < 0.5");
    require(options.flavours >= 1, "SchwingerOptions: flavours", options.flavours, ">= 1");
    require(options.time_boundary == 1 || options.time_boundary == -1,
            "SchwingerOptions: time_boundary", options.time_boundary, "-1 or 1");
  }

  double beta() const { return gauge_.beta(); }
  double kappa() const { return kappa_; }
  int flavours() const { return options_.flavours; }
  int time_boundary() const { return options_.time_boundary; }
  std::array<std::pair<const char*, double>, 4> couplings() const {
    return {{{"beta", beta()},
             {"kappa", kappa_},
             {"flavours", double(options_.flavours)},
             {"time_boundary", double(options_.time_boundary)}}};
  }

  template <class Context>
  void action(Context& context, Rows<typename Context::Real> x, Rows<double> s) const {
    typename Context::Scope scope(context);
    const auto log_det = context.template rows<double>(1);
    add_action(context, gauge_, x, s);
    determinant(context, x, log_det, context.template rows<double>(1));
    context.for_each(1, AddFermions{log_det, s, double(options_.flavours)});
  }

  template <class Context, class Store>
  void force(Context& context, Rows<typename Context::Real> x, const Store& store) const {
    using Real = typename Context::Real;
    constexpr int n = U1::rows<Geometry>;
    typename Context::Scope scope(context);
    const auto fermions = context.template rows<Real>(n);
    evaluate(context, x, true, [&](auto& part, int first, const auto& result) {
      context.from_precision(part, result.force, n, first, fermions);
    });
    store_force(context, gauge_, x,
                WithFermions<Real, Store>{fermions, Real(-options_.flavours), store});
  }

  /// ln|det D| and its sign (0 where ln|det D| = -infinity), one row each.
  template <class Context>
  void determinant(Context& context, Rows<typename Context::Real> x, Rows<double> log_det,
                   Rows<double> sign) const {
    evaluate(context, x, false, [&](auto& part, int first, const auto& result) {
      context.from_precision(part, result.log_det, 1, first, log_det);
      context.from_precision(part, result.sign, 1, first, sign);
    });
    context.for_each(1, Sign{sign});
  }

  // Kernels are public: a CUDA compiler names their types.
  struct AddFermions {
    Rows<double> log_det, s;
    double flavours, infinity = std::numeric_limits<double>::infinity();
    template <class Lane>
    LANES_HD LANES_INLINE void operator()(int, Lane lane) const {
      using Sum = Pack<double, Lane::width>;
      const Sum l = lane.load(log_det);
      lane.store(s, 0, select(l > Sum(-infinity), lane.load(s) - Sum(flavours) * l, Sum(infinity)));
    }
  };
  // A gauge force, with scale times that of the fermions.
  template <class T, class Store>
  struct WithFermions {
    Rows<T> fermions;
    T scale;
    Store store;
    template <class Lane, class Value>
    LANES_HD LANES_INLINE void operator()(Lane lane, long row, Value gauge) const {
      store(lane, row, fma(Value(scale), lane.load(fermions, row), gauge));
    }
  };
  /// The sign of a number, 0 for 0.
  struct Sign {
    Rows<double> sign;
    template <class Lane>
    LANES_HD LANES_INLINE void operator()(int, Lane lane) const {
      using Sum = Pack<double, Lane::width>;
      const Sum s = lane.load(sign);
      lane.store(sign, 0, select(s > Sum(0), Sum(1), select(s < Sum(0), Sum(-1), Sum(0))));
    }
  };

 private:
  // Never less precise than the field.
  template <class Real>
  using Work = std::conditional_t<std::is_same_v<Real, double>, Double, Factorisation>;

  // then(part, first, result) for parts of the lanes, in the factorisation's precision.
  template <class Context, class Then>
  void evaluate(Context& context, Rows<typename Context::Real> x, bool with_force,
                const Then& then) const {
    using P = Work<typename Context::Real>;
    using T = typename P::Real;
    constexpr int n = U1::rows<Geometry>;
    context.template in_precision<P>([&](auto& part, int first) {
      typename std::decay_t<decltype(part)>::Scope scope(part);
      const auto links = part.template rows<T>(n);
      context.to_precision(x, n, first, part, links);
      const wilson::WilsonResult<T> result{part.template rows<double>(1),
                                           part.template rows<double>(1), part.template rows<T>(1),
                                           with_force ? part.template rows<T>(n) : Rows<T>{}};
      wilson::wilson_result<L0, L1>(part, kappa_, options_.time_boundary, links, P::agreement,
                                    result);
      then(part, first, result);
    });
  }

  U1Gauge<Geometry> gauge_;
  double kappa_;
  SchwingerOptions options_;
};
static_assert(DifferentiableTheory<Schwinger<Lattice<4, 4>>, detail::AnyContext>);

}  // namespace lanes
