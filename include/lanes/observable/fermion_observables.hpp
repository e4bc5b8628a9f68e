// SPDX-License-Identifier: BSD-3-Clause
//
// Observables of two-dimensional Wilson fermions on U(1) links, theta [2][sites] in radians, from
// the factorisation that gives ln det D (wilson/determinant.hpp), many configurations at a time on
// the backend that analyse is given, or on that of the ensemble's threads:
//
//   ChiralCondensate   Tr D^-1 / V, spins summed
//   DeterminantSign    the sign of det D;  PositiveDeterminant  1 where it is +1, else 0: weights
//                      for observable/weighted.hpp
//   PionCorrelator     C(t) = sum over x, y and spins of |D^-1(t x, 0 y)|^2 / L1, t = 0 .. L0/2,
//                      the mean of t and L0 - t, from all sites of one slice: the last or, in a
//                      configuration where the pivots of that order are bad, another one
//   PionEffectiveMass  m(t) = arccosh((C(t-1) + C(t+1)) / (2 C(t))), t = 1 .. L0/2 - 1
//   PionMass           the mean of m(t), t = first .. L0/2 - 1; NaN where one of them has no value
//                      or first is above L0/2 - 1
//
// Beware of errors in chains: where an eigenvalue e of D passes through zero, C(t) ~ 1/e^2 and the
// weight of two flavours is ~ e^2. The mean exists, but C(t) has no variance in an ensemble of the
// theory itself, and what gamma_method says of its error is too small. With weights w C(t) stays
// bounded: take sample_reweighted draws of a flow, or reweighted chains of the gauge theory
// (sampling/importance.hpp).
//
// kappa and time_boundary are those of the theory (theory/schwinger.hpp). Lattice units. Errors:
// std::invalid_argument unless 0 < kappa < 0.5 and time_boundary is -1 or 1. Source of the
// correlator: gamma_5 D^-1 gamma_5 = D^-1 adjoint, for two degenerate flavours.
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>

#include <lanes/backend/backend.hpp>
#include <lanes/core/error.hpp>
#include <lanes/field/u1.hpp>
#include <lanes/observable/observable.hpp>
#include <lanes/theory/wilson/propagators.hpp>
#include <lanes/theory/wilson/trials.hpp>

namespace lanes {

namespace detail {

/// What the observables share: out [n][Self::primaries] from the rows that Self::add fills.
template <class Self>
class OfFermions {
 public:
  template <class Field, class Geometry>
  static constexpr bool measures = u1_links<Field>;
  template <class Geometry>
  static constexpr int entries() {
    static_assert(Geometry::dimension == 2,
                  "lanes: fermion observables need a Lattice of two dimensions.");
    return U1::rows<Geometry>;
  }

  explicit OfFermions(double kappa, int time_boundary = -1)
      : kappa_(kappa), boundary_(time_boundary) {
    require(kappa > 0 && kappa < 0.5, "fermion observable: kappa", kappa, "> 0 and < 0.5");
    require(time_boundary == 1 || time_boundary == -1, "fermion observable: time_boundary",
            time_boundary, "-1 or 1");
  }

  template <class Geometry, class On, class Real>
  void measure_many(On& backend, const Real* theta, std::size_t n, double* out) const {
    constexpr int L0 = Geometry::extent(0), L1 = Geometry::extent(1);
    constexpr int k = Self::template primaries<Geometry>(), links = U1::rows<Geometry>;
    using Context = typename On::template Context<Double>;
    backend.template for_lanes<Double>(0, n, [&](Context& context, std::size_t at, int count) {
      const auto x = context.template rows<double>(links);
      const auto results = context.template rows<double>(k);
      const auto residual = context.template rows<double>(1);
      context.load_lanes(theta + at * std::size_t(links), links, count, x);
      fill(context, results, k);
      fill(context, residual, 1, std::numeric_limits<double>::quiet_NaN());
      // Slices counted from another one in lanes where the pivots of this order are bad
      // (wilson/trials.hpp).
      constexpr int trials = L0 < 4 ? L0 : 4;
      constexpr double limit = square(Double::agreement);
      bool good = false;
      for (int trial = 0; trial < trials && !good; ++trial) {
        typename Context::Scope scope(context);
        const auto moved = context.template rows<double>(links);
        context.for_each(links, wilson::ShiftSlices<double, L0, L1>{x, moved, trial * L0 / trials});
        wilson::WilsonDeterminant<Context, L0, L1> determinant(context, kappa_, boundary_, moved,
                                                               Self::way_back);
        const auto other = context.template rows<double>(k),
                   flag = context.template rows<double>(1);
        fill(context, other, k);
        Self::template add<L0, L1>(context, determinant, other);
        context.for_each(1, Wanting{residual, determinant.residual(), flag, limit});
        context.for_each(k, wilson::Replace<double>{flag, results, other});
        context.for_each(1, wilson::Replace<double>{flag, residual, determinant.residual()});
        double* worst = context.template host<double>(std::size_t(count));
        context.store_lanes(residual, 1, count, worst);
        good = true;
        for (int i = 0; i < count; ++i) good = good && worst[i] <= limit;
      }
      context.store_lanes(results, k, count, out + at * std::size_t(k));
    });
  }

  template <class Geometry>
  static constexpr int primaries() {
    return 1;
  }
  /// Whether it needs D^-1.
  static constexpr bool way_back = true;
  template <class Geometry>
  std::string label(int) const {
    return with_parameters(Self::name);
  }
  std::string with_parameters(std::string what) const {
    what += ", kappa = " + to_text(kappa_);
    return boundary_ == 1 ? what + ", time periodic" : what;
  }

  /// flag = 1 where there is no good result yet and the other one is better, else 0.
  struct Wanting {
    Rows<double> residual, other, flag;
    double limit;
    template <class Lane>
    LANES_HD LANES_INLINE void operator()(int, Lane lane) const {
      using Sum = Pack<double, Lane::width>;
      const Sum here = lane.load(residual), there = lane.load(other);
      const Sum better = select(there < here, Sum(1), select(here <= here, Sum(0), Sum(1)));
      lane.store(flag, 0, select(here <= Sum(limit), Sum(0), better));
    }
  };

 private:
  double kappa_;
  int boundary_;
};

}  // namespace detail

struct ChiralCondensate : detail::OfFermions<ChiralCondensate> {
  static constexpr const char* name = "chiral condensate";
  using OfFermions::OfFermions;
  template <int L0, int L1, class Context, class Determinant>
  static void add(Context& context, Determinant& determinant, Rows<double> out) {
    wilson::add_trace(context, determinant, out);
    context.for_each(1, Divide{out, double(L0) * L1});
  }
  /// x / by
  struct Divide {
    Rows<double> x;
    double by;
    template <class Lane>
    LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
      lane.store(x, i, lane.load(x, i) / Pack<double, Lane::width>(by));
    }
  };
};
static_assert(Observable<ChiralCondensate, Lattice<4, 4>>);

struct DeterminantSign : detail::OfFermions<DeterminantSign> {
  static constexpr const char* name = "sign of the determinant";
  using OfFermions::OfFermions;
  /// Whether it needs D^-1.
  static constexpr bool way_back = false;
  template <int L0, int L1, class Context, class Determinant>
  static void add(Context& context, Determinant& determinant, Rows<double> out) {
    context.for_each(1, Sign{determinant.phase(), out, -1});
  }
  /// 1 where det D > 0, `negative` where it is below.
  struct Sign {
    Rows<double> phase, out;  // the sign of det D; results
    double negative;          // the value where det D < 0
    template <class Lane>
    LANES_HD LANES_INLINE void operator()(int, Lane lane) const {
      using Sum = Pack<double, Lane::width>;
      const Sum re = lane.load(phase);
      lane.store(out, 0, select(re > Sum(0), Sum(1), select(re < Sum(0), Sum(negative), Sum(0))));
    }
  };
};
static_assert(Observable<DeterminantSign, Lattice<4, 4>>);

struct PositiveDeterminant : detail::OfFermions<PositiveDeterminant> {
  static constexpr const char* name = "share of positive determinants";
  using OfFermions::OfFermions;
  /// Whether it needs D^-1.
  static constexpr bool way_back = false;
  template <int L0, int L1, class Context, class Determinant>
  static void add(Context& context, Determinant& determinant, Rows<double> out) {
    context.for_each(1, DeterminantSign::Sign{determinant.phase(), out, 0});
  }
};
static_assert(Observable<PositiveDeterminant, Lattice<4, 4>>);

namespace detail {

/// Primaries: C(t), t = 0 .. L0 / 2.
template <class Self>
struct OfPions : OfFermions<Self> {
  using OfFermions<Self>::OfFermions;
  template <class Geometry>
  static constexpr int primaries() {
    return Geometry::extent(0) / 2 + 1;
  }
  template <int L0, int L1, class Context, class Determinant>
  static void add(Context& context, Determinant& determinant, Rows<double> out) {
    typename Context::Scope scope(context);
    const auto slices = context.template rows<double>(L0);
    fill(context, slices, L0);
    wilson::add_pion_correlator(context, determinant, slices);
    context.for_each(L0 / 2 + 1, Fold{slices, out, L0});
  }
  // The source is slice L0 - 1.
  struct Fold {
    Rows<double> slices, out;
    int extent;
    template <class Lane>
    LANES_HD LANES_INLINE void operator()(int t, Lane lane) const {
      const auto sum = lane.load(slices, (extent - 1 + t) % extent) +
                       lane.load(slices, (2 * extent - 1 - t) % extent);
      lane.store(out, t, sum * Pack<double, Lane::width>(0.5));
    }
  };
  static double mass(const double* c, int t) {
    return c[t] > 0 ? std::acosh((c[t - 1] + c[t + 1]) / (2 * c[t]))
                    : std::numeric_limits<double>::quiet_NaN();
  }
};

}  // namespace detail

struct PionCorrelator : detail::OfPions<PionCorrelator> {
  static constexpr const char* name = "pion correlator";
  using OfPions::OfPions;
  template <class Geometry>
  std::string label(int t) const {
    return this->with_parameters(std::string(name) + "(" + std::to_string(t) + ")");
  }
};
static_assert(Observable<PionCorrelator, Lattice<4, 4>>);

struct PionEffectiveMass : detail::OfPions<PionEffectiveMass> {
  static constexpr const char* name = "pion effective mass";
  using OfPions::OfPions;
  template <class Geometry>
  static constexpr int results() {
    static_assert(Geometry::extent(0) >= 4,
                  "lanes: a pion effective mass needs four time slices or more.");
    return Geometry::extent(0) / 2 - 1;
  }
  template <class Geometry>
  void derived(const double* c, double* out) const {
    for (int t = 1; t <= results<Geometry>(); ++t) out[t - 1] = mass(c, t);
  }
  template <class Geometry>
  std::string label(int i) const {
    return this->with_parameters(std::string(name) + "(" + std::to_string(i + 1) + ")");
  }
};
static_assert(Observable<PionEffectiveMass, Lattice<4, 4>>);

struct PionMass : detail::OfPions<PionMass> {
  static constexpr const char* name = "pion mass";
  int first = 0;  // 0: L0 / 4
  explicit PionMass(double kappa, int time_boundary = -1, int first_time = 0)
      : OfPions(kappa, time_boundary), first(first_time) {
    require(first >= 0, "PionMass: first time", first, ">= 1, or 0 for a quarter of the extent");
  }
  template <class Geometry>
  static constexpr int results() {
    static_assert(Geometry::extent(0) >= 4, "lanes: a pion mass needs four time slices or more.");
    return 1;
  }
  template <class Geometry>
  std::string label(int) const {
    const std::string what = this->with_parameters(name);
    return first > 0 ? what + ", t >= " + std::to_string(first) : what;
  }
  template <class Geometry>
  void derived(const double* c, double* out) const {
    const int from = first > 0 ? first : Geometry::extent(0) / 4, end = Geometry::extent(0) / 2;
    double sum = 0;
    for (int t = from; t < end; ++t) sum += mass(c, t);
    out[0] = sum / (end - from > 0 ? end - from : 0);  // 0 / 0 is NaN: no such time
  }
};
static_assert(Observable<PionMass, Lattice<4, 4>>);

}  // namespace lanes
