// SPDX-License-Identifier: BSD-3-Clause
//
// Hierarchical<Depth<d>, Width<w>, Activation>: a hierarchical autoregressive network (HAN, Bialas,
// Korcyl, Stebel 2203.10989) for spins on L x L sites, L = 2^m >= 8:
//
//   ln q = ln q_0(skeleton) + sum over levels and squares of ln q_i(cross | border)
//     + heat bath of the rest
//
// (crosses.hpp has the pictures). A level has one network for all its squares; squares are columns
// of conditional_net.hpp, so each weight that is read serves several of them. The published model
// is Depth<2>, Width<1>, PRelu. The last L^2/4 spins are drawn from the theory's own conditional
// density
//
//   q(s) = 1 / (1 + exp(-2 s (coupling sum of neighbours + field)))
//
// Parameters: the networks' in the order of levels, then coupling and field, which are not trained:
// training sets them to the theory's, annealed (Sampler::follow). A sampler that has followed
// another theory is as exact: q counts what was drawn. Members as in masked_dense.hpp. Tape: the
// spins, then the tapes of the levels.
#pragma once

#include <cstdint>
#include <utility>

#include <lanes/autoregressive/levels.hpp>
#include <lanes/autoregressive/masked_dense.hpp>
#include <lanes/core/layout.hpp>

namespace lanes {

template <class... OptionList>
struct Hierarchical {
  /// What the list of options says.
  using Options = typename detail::ReadConditionalOptions<OptionList...>::type;

  template <class S>
  class Model;
};

namespace detail {

/// A theory whose conditional density of a spin is that of the heat bath above.
template <class Theory>
concept HasSpinCouplings = requires(const Theory& theory) {
  double{theory.coupling()};
  double{theory.external_field()};
};

template <class Geometry>
constexpr bool is_hierarchical = [] {
  if constexpr (Geometry::dimension != 2)
    return false;
  else
    return Geometry::extent(0) == Geometry::extent(1) && Geometry::extent(0) >= 8 &&
           (Geometry::extent(0) & (Geometry::extent(0) - 1)) == 0;
}();

/// D of level i >= 1 is L >> i, the last is 4.
template <class Context, int L, int I, class Options>
struct LevelAt {
  using Type = CrossLevel<Context, L, (L >> I), Options>;
};
template <class Context, int L, class Options>
struct LevelAt<Context, L, 0, Options> {
  using Type = SkeletonLevel<Context, L, Options>;
};

/// The net of a level, with a tape for each portion of its squares.
template <class Level>
struct LevelPart : Level::Net {
  static constexpr int tape_rows = Level::Net::tape_rows * (Level::squares / Level::columns);
};

template <int L>
constexpr int level_count = [] {
  int n = 1;
  for (int d = L / 2; d >= 4; d /= 2) ++n;
  return n;
}();

/// The spins, the levels' nets, coupling and field of the heat bath.
template <class Context, int L, class Options, class Sequence>
struct HierarchicalParts;
template <class Context, int L, class Options, int... I>
struct HierarchicalParts<Context, L, Options, std::integer_sequence<int, I...>> {
  using Type = Parts<Context, TapeRows<L * L>,
                     LevelPart<typename LevelAt<Context, L, I, Options>::Type>..., Sized<2>>;
};

/// Of a lattice that has none, those of another: the Model says so.
template <class S, class Options,
          int L = is_hierarchical<typename S::Geometry> ? S::Geometry::extent(0) : 8>
using HierarchicalPartsOf =
    typename HierarchicalParts<typename S::Context, L, Options,
                               std::make_integer_sequence<int, level_count<L>>>::Type;

}  // namespace detail

template <class... OptionList>
template <class S>
class Hierarchical<OptionList...>::Model : public detail::HierarchicalPartsOf<S, Options> {
  using Geometry = typename S::Geometry;
  static_assert(SpinField<typename S::Field, Geometry>,
                "lanes: Hierarchical is a model of spins; the Field must be Ising.");
  static_assert(detail::is_hierarchical<Geometry>,
                "lanes: Hierarchical halves a square lattice again and again: it needs two equal "
                "extents, a power of two and at least 8.");
  static constexpr int L = Geometry::extent(0), levels = detail::level_count<L>;
  using Own = detail::HierarchicalPartsOf<S, Options>;

 public:
  using Context = typename S::Context;
  using Real = typename S::Real;

 private:
  template <int I>
  using Level = typename detail::LevelAt<Context, L, I, Options>::Type;
  static constexpr auto all = std::make_integer_sequence<int, levels>{};
  /// Random pairs that levels before the i-th take.
  static constexpr auto pairs = []<int... I>(std::integer_sequence<int, I...>) {
    return detail::running_sums(Level<I>::Net::pairs * Level<I>::squares...);
  }
  (all);
  template <int I>
  static Share<Real> of_level(const Share<Real>& share) {
    return share.at(Own::template offset<I + 1>);
  }

 public:
  static constexpr int field_rows = Geometry::volume;
  /// Parameters, the last ones, that are not trained; where they and their weights are.
  static constexpr int untrained = 2;
  static constexpr Offset own = Own::template offset<levels + 1>;
  /// Parameters, the last ones, that every larger lattice has too (all but the skeleton's).
  static constexpr int shared = Own::parameters - Own::template offset<2>.parameters;
  static constexpr bool reparameterizable = false;

  /// The heat bath becomes that of `strength` times the theory; values: its two parameters, or
  /// weights.
  template <class Theory>
  static auto following(const Theory& theory, double strength, Real* values) {
    static_assert(
        detail::HasSpinCouplings<Theory>,
        "lanes: Hierarchical draws its last spins by the heat bath of the theory, which must have "
        "coupling() and external_field() as IsingModel has; MaskedDense needs neither.");
    return detail::SetCoupling<Real>{values, Real(strength * theory.coupling()),
                                     Real(strength * theory.external_field())};
  }

  template <class... Probe>
  static void draw(Context& context, const Share<Real>& share, const RandomStream& stream,
                   Rows<Real> x, Rows<double> log_q, const Probe&...) {
    evaluate<false>(context, share, stream, x, log_q);
  }
  static void density(Context& context, const Share<Real>& share, Rows<Real> x,
                      Rows<double> log_q) {
    evaluate<true>(context, share, RandomStream(Seed{}, Purpose::user), x, log_q);
  }
  static void score(Context& context, const Share<Real>& share, Rows<Real> weight, Rows<Real> x,
                    Rows<Real>) {
    copy(context, share.tape, x, field_rows);
    for_levels([&](auto i) {
      for_portions<i>(context, share, [&](Rows<Real> spins, int square, const Share<Real>& net) {
        gather<i>(context, x, spins, square, true);
        Level<i>::Net::score(context, net, weight, spins);
      });
    });
  }

 private:
  template <bool Given>
  static void evaluate(Context& context, const Share<Real>& share, const RandomStream& stream,
                       Rows<Real> x, Rows<double> log_q) {
    fill(context, log_q, 1);
    for_levels([&](auto i) {
      using Net = typename Level<i>::Net;
      constexpr int columns = Level<i>::columns;
      for_portions<i>(context, share, [&](Rows<Real> spins, int square, const Share<Real>& net) {
        gather<i>(context, x, spins, square, Given);
        Net::template evaluate<Given>(context, net, stream,
                                      std::uint32_t(pairs[i] + square * Net::pairs), spins);
        if constexpr (!Given)
          context.for_each(Level<i>::spins * columns,
                           detail::ScatterCross<Level<i>, Real>{spins, x, square});
        detail::add_log_probability(
            context, detail::StoredLogit<Real>{net.tape.from(Net::logits_at)},
            spins.from(Level<i>::border * columns), Level<i>::spins * columns, log_q);
      });
    });
    heat_bath<Given>(context, share.at(own).weights, stream, x, log_q);
    copy(context, x, share.tape, field_rows);
  }

  template <bool Given>
  static void heat_bath(Context& context, const Real* coupling, const RandomStream& stream,
                        Rows<Real> x, Rows<double> log_q) {
    typename Context::Scope scope(context);
    constexpr int spins = detail::Singles<L>::spins;
    const detail::HeatBathLogit<Geometry, Real> logit{x, coupling};
    if constexpr (!Given)
      context.for_each(spins / 2, detail::DrawSingles<Geometry, Real>{
                                      logit, stream, std::uint32_t(pairs[levels])});
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

  /// f(spins [border + spins][columns], first square, share) for a few squares at a time.
  template <int I, class F>
  static void for_portions(Context& context, const Share<Real>& share, const F& f) {
    typename Context::Scope scope(context);
    constexpr int columns = Level<I>::columns;
    const Rows<Real> spins =
        context.template rows<Real>((Level<I>::border + Level<I>::spins) * columns);
    Share<Real> net = of_level<I>(share);
    for (int square = 0; square < Level<I>::squares; square += columns) {
      f(spins, square, net);
      net.tape = net.tape.from(Level<I>::Net::tape_rows);
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
