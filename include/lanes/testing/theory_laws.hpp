// SPDX-License-Identifier: BSD-3-Clause
//
// Laws of a theory, for anybody's (theory/theory.hpp).
//
//   const auto r = laws::check_theory<laws::AllTranslations, laws::SignFlip>(theory, Seed{1});
//   CHECK_MESSAGE(r.passed(), to_string(r));    // failed: force is off by 0.5 (allowed: 1e-06)
//
//   finite          the action of every lane is a number
//   adds            an action is added to what is there
//   force           dS/dx against numerical derivatives of S (testing/differences.hpp)
//   action_single   S of a field in Single against Double: actions are computed in double
//   force_single    dS/dx in Single against Double
//   forms           of a theory with several (density, batched, one lane at a time), all agree; a
//                   force that is written agrees with the one derived from the density
//   translations, sign_flip, ..   the symmetries named: S(T x) = S(x), dS/dx turns as x does
//
// Configurations are the field's base samples times `scale`. A symmetry of your own:
//
//   struct Mine {
//     static constexpr const char* name = "mine";
//     template <class Field, class Geometry, class Visit>  // visit(image) for one or more of them;
//     // image(x, false) of fields [rows][lanes],
//     static void images(int lanes, const Visit& visit);
//   };                                                     // image(dS/dx, true) of forces
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include <lanes/testing/report.hpp>
#include <lanes/testing/symmetries.hpp>
#include <lanes/testing/workbench.hpp>

namespace lanes::laws {

/// The backend to check on: check_theory(theory, seed, scale, On<Serial>{}).
template <class Backend>
struct On {};

namespace detail {

using namespace lanes::detail;

// A theory in one of its forms alone.
template <class T>
struct Form {
  using Field = typename T::Field;
  using Geometry = typename T::Geometry;
  const T& theory;
};
template <class T>
struct FormWithReach : Form<T> {};
template <StatesReach T>
struct FormWithReach<T> : Form<T> {
  static constexpr auto reach = T::reach;
};
template <class T>
struct AsDensity : FormWithReach<T> {
  template <class V, class Site>
  LANES_HD V density(const Site& phi) const {
    return this->theory.template density<V>(phi);
  }
};
template <class T>
struct AsBatched : Form<T> {
  template <class Context>
  void action(Context& context, Rows<typename Context::Real> x, Rows<double> s) const {
    this->theory.action(context, x, s);
  }
  template <class Context>
  void force(Context& context, Rows<typename Context::Real> x,
             Rows<typename Context::Real> dx) const {
    set_force(context, this->theory, x, dx);
  }
};
template <class T>
struct AsConfiguration : Form<T> {
  LANES_HD double action(const auto& phi) const { return this->theory.action(phi); }
  LANES_HD void force(const auto& phi, auto& gradient) const { this->theory.force(phi, gradient); }
};

/// visit(form) for every form of a theory, and whether it has an action and a force in that form.
template <class Context, class T, class Visit>
void for_each_form(const T& theory, const Visit& visit) {
  if constexpr (HasDensity<T>)
    visit.template operator()<true, !DiscreteField<typename T::Field>>(AsDensity<T>{{{theory}}});
  if constexpr (HasBatchedAction<T, Context> || HasBatchedForce<T, Context>)
    visit.template operator()<HasBatchedAction<T, Context>, HasBatchedForce<T, Context>>(
        AsBatched<T>{{theory}});
  if constexpr (HasConfigurationAction<T> || HasConfigurationForce<T>)
    visit.template operator()<HasConfigurationAction<T>, HasConfigurationForce<T>>(
        AsConfiguration<T>{{theory}});
}

/// s, f: S and dS/dx at x; f is empty where there is none.
template <class Symmetry, class Bench, class T>
void check_symmetry(Report& report, Bench& bench, const T& theory, const std::vector<double>& x,
                    const std::vector<double>& s, const std::vector<double>& f) {
  using Field = typename T::Field;
  Symmetry::template images<Field, typename T::Geometry>(Bench::lanes, [&](const auto& image) {
    const auto there = image(x, false);
    report.add(Symmetry::name, deviation(bench.action(theory, there), s), Double::agreement);
    if (!f.empty())
      report.add(Symmetry::name, deviation(bench.force(theory, there), image(f, true)),
                 Double::agreement);
  });
}

/// As many lanes as asked for: the first ones, again and again.
inline std::vector<double> with_lanes(const std::vector<double>& x, int from, int to) {
  std::vector<double> y;
  for (std::size_t row = 0; row < x.size(); row += std::size_t(from))
    for (int k = 0; k < to; ++k) y.push_back(x[row + std::size_t(k % from)]);
  return y;
}

}  // namespace detail

template <class... Symmetry, class TheoryType, class Backend = DefaultBackend>
Report check_theory(const TheoryType& theory, Seed seed, double scale = 1, On<Backend> = {},
                    double step = 1e-3) {
  using Bench = Tile<Double, Backend>;
  using SingleBench = Tile<Single, Backend>;
  using Field = typename TheoryType::Field;
  using Geometry = typename TheoryType::Geometry;
  using Context = typename Bench::Context;
  static_assert(Theory<TheoryType, Context>,
                "lanes: a Theory names its Field and Geometry and has a density(site) or an "
                "action(configuration); see lanes/theory/theory.hpp.");
  constexpr bool differentiable =
      !DiscreteField<Field> && DifferentiableTheory<TheoryType, Context>;
  constexpr int lanes = Bench::lanes;
  Bench bench;
  SingleBench single;
  Report report;

  auto x = bench.template draw<Field, Geometry>(seed).field;
  if constexpr (!DiscreteField<Field>)
    for (double& v : x) v = double(float(scale * v));  // what Single can hold
  const auto y = detail::with_lanes(x, lanes, SingleBench::lanes);
  const auto in_single = [](const std::vector<double>& v) {
    return detail::with_lanes(v, lanes, SingleBench::lanes);
  };

  const auto s = bench.action(theory, x);
  const bool finite = std::all_of(s.begin(), s.end(), [](double v) { return std::isfinite(v); });
  report.add("finite", finite ? 0 : INFINITY, Double::agreement);
  report.add("adds", deviation(bench.action(theory, x, 7), s), Double::agreement);
  report.add("action_single", deviation(single.action(theory, y), in_single(s)),
             Double::round_trip);
  std::vector<double> f;
  if constexpr (differentiable) {
    f = bench.force(theory, x);
    const auto numerical =
        by_rows([&](const auto& at) { return bench.action(theory, at); }, x, lanes, step);
    report.add("force", relative_deviation(f, numerical, report.unknown), Double::gradient);
    report.add("force_single", deviation(single.force(theory, y), in_single(f)), Single::agreement);
  }

  detail::for_each_form<Context>(theory, [&]<bool action, bool force>(const auto& form) {
    if constexpr (action)
      report.add("forms", deviation(bench.action(form, x), s), Double::agreement);
    if constexpr (force) report.add("forms", deviation(bench.force(form, x), f), Double::agreement);
  });

  (detail::check_symmetry<Symmetry>(report, bench, theory, x, s, f), ...);
  return report;
}

}  // namespace lanes::laws
