// SPDX-License-Identifier: BSD-3-Clause
//
// Hierarchical<Depth<d>, Width<w>, Activation>: a hierarchical autoregressive network (HAN, Bialas,
// Korcyl, Stebel 2203.10989) for spins on L x L sites, L = 2^m >= 8:
//
//   ln q = ln q_0(skeleton) + sum over levels and squares of ln q_i(cross | border) + heat bath of the rest
//
// (crosses.hpp has the pictures). A level has one network for all its squares; squares are columns of
// conditional_net.hpp, so each weight that is read serves several of them. The published model is
// Depth<2>, Width<1>, PRelu. The last L^2/4 spins are drawn from the theory's own conditional density
//
//   q(s) = 1 / (1 + exp(-2 s (coupling sum of neighbours + field)))
//
// Parameters: the networks' in the order of levels, then coupling and field, which are not trained:
// training sets them to the theory's, annealed (Sampler::follow). A sampler that has followed another
// theory is as exact: q counts what was drawn. Members as in masked_dense.hpp. Tape: the spins, then the
// tapes of the levels.
#pragma once

#include <array>
#include <tuple>
#include <utility>

#include <lanes/autoregressive/levels.hpp>
#include <lanes/autoregressive/masked_dense.hpp>

namespace lanes {

template <class... OptionList>
struct Hierarchical {
  using Options = typename detail::ReadConditionalOptions<OptionList...>::type;

  template <class Context, class Field, class Geometry>
  class Model;
};

namespace detail {

template <class Geometry>
constexpr bool is_hierarchical = [] {
  if constexpr (Geometry::dimension != 2)
    return false;
  else
    return Geometry::extent(0) == Geometry::extent(1) && Geometry::extent(0) >= 8 &&
           (Geometry::extent(0) & (Geometry::extent(0) - 1)) == 0;
}();

}  // namespace detail

template <class... OptionList>
template <class ContextType, class Field, class Geometry>
class Hierarchical<OptionList...>::Model {
  static_assert(is_spins<Field, Geometry>,
                "lanes: Hierarchical is a model of spins; the Field must be Ising.");
  static_assert(detail::is_hierarchical<Geometry>,
                "lanes: Hierarchical halves a square lattice again and again: it needs two equal "
                "extents, a power of two and at least 8.");
  static constexpr int L = Geometry::extent(0);

 public:
  using Context = ContextType;
  using Real = typename Context::Real;

 private:
  // D of level i >= 1 is L >> i, the last is 4.
  template <int I, bool First = I == 0>
  struct LevelAt {
    using type = detail::CrossLevel<Context, L, (L >> I), Options>;
  };
  template <int I>
  struct LevelAt<I, true> {
    using type = detail::SkeletonLevel<Context, L, Options>;
  };
  template <int I>
  using Level = typename LevelAt<I>::type;
  static constexpr int levels = [] {
    int n = 1;
    for (int d = L / 2; d >= 4; d /= 2) ++n;
    return n;
  }();
  static constexpr auto all = std::make_integer_sequence<int, levels>{};

  struct Offsets {
    int parameters[std::size_t(levels + 1)] = {}, weights[std::size_t(levels + 1)] = {},
                                        gradients[std::size_t(levels + 1)] = {};
    int tape[std::size_t(levels + 1)] = {}, pairs[std::size_t(levels + 1)] = {};
  };
  template <int... I>
  static constexpr Offsets offsets(std::integer_sequence<int, I...>) {
    Offsets o;
    ((o.parameters[I + 1] = o.parameters[I] + Level<I>::Net::parameters,
      o.weights[I + 1] = o.weights[I] + Context::aligned_size(Level<I>::Net::weights),
      o.gradients[I + 1] = o.gradients[I] + Context::aligned_size(Level<I>::Net::gradients),
      o.tape[I + 1] =
          o.tape[I] + Level<I>::Net::tape_rows * (Level<I>::squares / Level<I>::columns),
      o.pairs[I + 1] = o.pairs[I] + Level<I>::Net::pairs * Level<I>::squares),
     ...);
    return o;
  }
  static constexpr Offsets at = offsets(all);

 public:
  static constexpr int field_rows = Geometry::volume;
  static constexpr int parameters = at.parameters[levels] + 2, weights = at.weights[levels] + 2;
  static constexpr int gradients = Context::aligned_size(at.gradients[levels] + 2);
  /// Parameters, the last ones, that are not trained.
  static constexpr int untrained = 2;
  /// Parameters, the last ones, that every larger lattice has too (all but the skeleton's).
  static constexpr int shared = parameters - at.parameters[1];
  static constexpr int tape_rows = field_rows + at.tape[levels];
  static constexpr bool reparameterizable = false;

  static void initialise(Seed seed, Real* external) {
    Initialiser random(seed);
    for_levels([&](auto i) { Level<i>::Net::initialise(random, external + at.parameters[i]); });
    external[parameters - 2] = external[parameters - 1] = 0;
  }
  static void prepare(const Real* external, Real* prepared) {
    for_levels([&](auto i) {
      Level<i>::Net::prepare(external + at.parameters[i], prepared + at.weights[i]);
    });
    prepared[weights - 2] = external[parameters - 2];
    prepared[weights - 1] = external[parameters - 1];
  }
  static void collect(const Real* gradient, Real* external) {
    for_levels([&](auto i) {
      Level<i>::Net::collect(gradient + at.gradients[i], external + at.parameters[i]);
    });
  }

  /// The heat bath becomes that of `strength` times the theory; values: parameters, or prepared ones.
  template <class Theory>
  static auto following(const Theory& theory, double strength, Real* values, int size) {
    static_assert(
        requires { theory.coupling(), theory.external_field(); },
        "lanes: Hierarchical draws its last spins by the heat bath of the theory, which must have "
        "coupling() and external_field() as IsingModel has; MaskedDense needs neither.");
    return detail::SetCoupling<Real>{values + size - 2, Real(strength * theory.coupling()),
                                     Real(strength * theory.external_field())};
  }

  template <class... Probe>
  static void draw(Context& context, const Real* prepared, const RandomStream& stream, Rows<Real> x,
                   Rows<double> log_q, Rows<Real> tape, const Probe&...) {
    evaluate<false>(context, prepared, stream, x, log_q, tape);
  }
  static void density(Context& context, const Real* prepared, Rows<Real> x, Rows<double> log_q,
                      Rows<Real> tape) {
    evaluate<true>(context, prepared, RandomStream(Seed{}, Purpose::user), x, log_q, tape);
  }
  static void score(Context& context, const Real* prepared, Real* gradient, Rows<Real> weight,
                    Rows<Real> x, Rows<Real>, Rows<Real> tape) {
    copy(context, tape, x, field_rows);
    for_levels([&](auto i) {
      for_portions<i>(context, tape, [&](Rows<Real> spins, int square, Rows<Real> net) {
        gather<i>(context, x, spins, square, true);
        Level<i>::Net::score(context, prepared + at.weights[i], gradient + at.gradients[i], weight,
                             spins, net);
      });
    });
  }

 private:
  template <bool Given>
  static void evaluate(Context& context, const Real* prepared, const RandomStream& stream,
                       Rows<Real> x, Rows<double> log_q, Rows<Real> tape) {
    fill(context, log_q, 1);
    for_levels([&](auto i) {
      using Net = typename Level<i>::Net;
      constexpr int columns = Level<i>::columns;
      for_portions<i>(context, tape, [&](Rows<Real> spins, int square, Rows<Real> net) {
        gather<i>(context, x, spins, square, Given);
        Net::template evaluate<Given>(context, prepared + at.weights[i], stream,
                                      std::uint32_t(at.pairs[i] + square * Net::pairs), spins, net);
        if constexpr (!Given)
          context.for_each(Level<i>::spins * columns,
                           detail::ScatterCross<Level<i>, Real>{spins, x, square});
        detail::add_log_probability(context, detail::StoredLogit<Real>{net.from(Net::logits_at)},
                                    spins.from(Level<i>::border * columns),
                                    Level<i>::spins * columns, log_q);
      });
    });
    heat_bath<Given>(context, prepared + weights - 2, stream, x, log_q);
    copy(context, x, tape, field_rows);
  }

  template <bool Given>
  static void heat_bath(Context& context, const Real* coupling, const RandomStream& stream,
                        Rows<Real> x, Rows<double> log_q) {
    typename Context::Scope scope(context);
    constexpr int spins = detail::Singles<L>::spins;
    const detail::HeatBathLogit<Geometry, Real> logit{x, coupling};
    if constexpr (!Given)
      context.for_each(spins / 2, detail::DrawSingles<Geometry, Real>{
                                      logit, stream, std::uint32_t(at.pairs[levels])});
    const Rows<Real> drawn = context.template rows<Real>(spins);
    context.for_each(spins, detail::GatherSingles<Geometry, Real>{x, drawn});
    detail::add_log_probability(context, logit, drawn, spins, log_q);
  }

  // Level 0 has all its spins to draw and no border.
  template <int I>
  static void gather(Context& context, Rows<Real> x, Rows<Real> spins, int square, bool cross) {
    const int units = Level<I>::border + (cross ? Level<I>::spins : 0);
    context.for_each(units * Level<I>::columns,
                     detail::GatherSpins<Level<I>, Real>{x, spins, square});
  }

  /// f(spins [border + spins][columns], first square, tape) for a few squares at a time.
  template <int I, class F>
  static void for_portions(Context& context, Rows<Real> tape, const F& f) {
    typename Context::Scope scope(context);
    constexpr int columns = Level<I>::columns;
    const Rows<Real> spins =
        context.template rows<Real>((Level<I>::border + Level<I>::spins) * columns);
    Rows<Real> net = tape.from(field_rows + at.tape[I]);
    for (int square = 0; square < Level<I>::squares; square += columns) {
      f(spins, square, net);
      net = net.from(Level<I>::Net::tape_rows);
    }
  }
  template <class F, int... I>
  static void run(const F& f, std::integer_sequence<int, I...>) {
    (f(std::integral_constant<int, I>{}), ...);
  }
  template <class F>
  static void for_levels(const F& f) {
    run(f, all);
  }
};

}  // namespace lanes
