// SPDX-License-Identifier: BSD-3-Clause
//
// GaugeHierarchy<Transform, Network, Narrow>: a gauge-equivariant layer that sets the loops of U(1)
// links in two dimensions from coarse to fine. The torus is one rectangle of loop angle 0; a level
// cuts every rectangle in two, of angles P and R = Phi - P, and transforms the first given the whole:
//
//   P' = transform(P; network(cos Phi, sin Phi)),   one link on the line of the cut += +-(P' - P)
//   ln|det| = sum over all rectangles of all levels of ln dP'/dP
//
// which changes R' = Phi - P' and no other loop of this or an earlier level. After the last level every
// plaquette is set: V - 1 transforms, and the links on the axes, with them the Polyakov loops there,
// stay as they came. On uniform links plaquettes that are not yet set are uniform given what is, so for a theory
// of independent plaquettes with weight f the conditional density of P is proportional to
// f_n(P) f_m(Phi - P), f_n = f * .. * f the convolution over a rectangle of n plaquettes: smooth,
// and a function of Phi alone. A network of Kernel<1> is then exact up to the transform, and
// D_KL per plaquette does not grow with the volume; a larger kernel sees the rectangles around, for
// theories with longer range. Further layers may follow in a Chain.
//
//   using Network = ConvNet<Channels<16, 16>, Kernel<1>, Tanh>;
//   using Flow    = GaugeHierarchy<CircularSpline<13, 1000>, Network>;
//
// Levels halve the longer even extent; what is odd in the end loses a slice at a time. A level's
// rectangles share one network, on the lattice that they form. Where the lattice of a level is too small for
// the kernel of Network, Narrow takes its place. Parameters of a level do not depend on the lattice. Cost: V
// evaluations of Network and Transform, O(V) additions. Interface: flow/coupling.hpp.
#pragma once

#include <type_traits>

#include <lanes/core/angle.hpp>
#include <lanes/core/kernels.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/flow/chain.hpp>
#include <lanes/flow/loop_move.hpp>
#include <lanes/flow/network_layer.hpp>
#include <lanes/flow/slots.hpp>
#include <lanes/fwd.hpp>
#include <lanes/geometry/loop_split.hpp>
#include <lanes/geometry/partition.hpp>

namespace lanes {

namespace detail {

/// Whether a network can work on a lattice; one that does not say so can.
template <class Network, class Geometry>
inline constexpr bool fits = true;
template <class Network, class Geometry>
requires requires { Network::template fits<Geometry>; }
inline constexpr bool fits<Network, Geometry> = Network::template fits<Geometry>;

/// One level: the layer of one split of all cells.
template <class Transform, class NetworkPolicy, int Mu, int C0, int C1, int Begin, int Cut>
struct SplitLayer {
  template <class Geometry>
  using Split = LoopSplit<Geometry, Mu, C0, C1, Begin, Cut>;
  template <class Context, class Geometry, class Cells = typename Split<Geometry>::Cells>
  using NetworkOn = typename NetworkPolicy::template On<Context, Cells, 2, Transform::channels,
                                                        AllSites<Cells>, AllSites<Cells>>;

  template <class Context, class Field, class Geometry>
  class On : public NetworkLayer<NetworkOn<Context, Geometry>, typename Context::Real> {
    using Real = typename Context::Real;
    using Network = NetworkOn<Context, Geometry>;
    using At = Split<Geometry>;
    static constexpr int n = At::size, input_pitch = n | 1;
    // Tape: the loops before the transform, its parameters, what the network saw, its own tape.
    static constexpr int at_parameters = n, at_input = n + Network::outputs;
    static constexpr int at_network = at_input + 2 * input_pitch;

   public:
    static constexpr int tape_rows = at_network + Network::tape_rows;

    static void forward(Context& context, const Real* prepared, int, Rows<Real> x,
                        Rows<double> log_det, Rows<Real> tape) {
      move<true>(context, prepared, x, log_det, tape);
    }
    static void inverse(Context& context, const Real* prepared, int, Rows<Real> x,
                        Rows<double> log_det, Rows<Real> tape) {
      move<false>(context, prepared, x, log_det, tape);
    }
    static void forward_adjoint(Context& context, const Real* prepared, Real* gradient, int,
                                Rows<Real> x, Rows<Real> dx, Rows<Real> d_log_det,
                                Rows<Real> tape) {
      adjoint<true>(context, prepared, gradient, x, dx, d_log_det, tape);
    }
    static void inverse_adjoint(Context& context, const Real* prepared, Real* gradient, int,
                                Rows<Real> x, Rows<Real> dx, Rows<Real> d_log_det,
                                Rows<Real> tape) {
      adjoint<false>(context, prepared, gradient, x, dx, d_log_det, tape);
    }

    // Kernels are public: a CUDA compiler names their types.
    struct Part {
      LANES_HD static constexpr int link(int, int i) { return At::own(i); }
      LANES_HD static constexpr bool with_link(int) { return At::sign > 0; }
    };
    using Transforms = LoopTransform<Transform, Real>;
    using Moves = LoopMove<Part, Real>;

    struct Look {
      Rows<Real> x, part, input;
      template <class Lane>
      LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
        const auto loops = At::loops(i, LinkAngles<Real, Lane>{x, lane});
        const auto phi = wrap(loops.whole);
        lane.store(part, i, wrap(loops.part));
        lane.store(input, i, cos(phi));
        lane.store(input, input_pitch + i, sin(phi));
      }
    };
    // d_input becomes the adjoint of the whole, in its first rows.
    struct LookAdjoint {
      Rows<Real> input, d_input;
      template <class Lane>
      LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
        lane.store(d_input, i,
                   lane.load(input, i) * lane.load(d_input, input_pitch + i) -
                       lane.load(input, input_pitch + i) * lane.load(d_input, i));
      }
    };
    // dx of every link += those of the loops it is part of.
    struct CollectLinks {
      Rows<Real> d_part, d_whole, dx;
      template <class Lane>
      LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
        const int row = At::edge(i);
        lane.store(dx, row,
                   lane.load(dx, row) + At::edge_adjoint(i, LinkAngles<Real, Lane>{d_part, lane},
                                                         LinkAngles<Real, Lane>{d_whole, lane}));
      }
    };

   private:
    template <bool Forward>
    static void move(Context& context, const Real* prepared, Rows<Real> x, Rows<double> log_det,
                     Rows<Real> tape) {
      typename Context::Scope scope(context);
      const auto change = context.template rows<Real>(n);
      const auto parameters = tape.from(at_parameters), input = tape.from(at_input);
      context.for_each(n, Look{x, tape, input});
      Network::forward(context, prepared, 0, input, parameters, tape.from(at_network));
      using Move = typename Transforms::template Move<Forward>;
      context.sum(n, Move{Network::pitch, parameters, tape, change}, log_det);
      context.for_each(n, typename Moves::Turn{0, x, change});
    }
    template <bool Forward>
    static void adjoint(Context& context, const Real* prepared, Real* gradient, Rows<Real> x,
                        Rows<Real> dx, Rows<Real> d_log_det, Rows<Real> tape) {
      typename Context::Scope scope(context);
      const auto d_parameters = context.template rows<Real>(Network::outputs);
      const auto d_input = context.template rows<Real>(2 * input_pitch);
      const auto d_part = context.template rows<Real>(n), change = context.template rows<Real>(n);
      const auto parameters = tape.from(at_parameters), input = tape.from(at_input);
      context.for_each(n, typename Moves::Pull{0, dx, d_part});
      using Adjoint = typename Transforms::template Adjoint<Forward>;
      context.for_each(
          n, Adjoint{Network::pitch, d_log_det, parameters, tape, d_part, d_parameters, change});
      context.for_each(n, typename Moves::Turn{0, x, change});
      Network::adjoint(context, prepared, gradient, 0, input, parameters, d_parameters,
                       tape.from(at_network), StoreTo<Real>{d_input});
      context.for_each(n, LookAdjoint{input, d_input});
      context.for_each(At::edges, CollectLinks{d_part, d_input, dx});
    }
  };
};

}  // namespace detail

template <class Transform, class Network, class Narrow>
struct GaugeHierarchy {
  static_assert(is_transform<Transform> && is_circular<Transform>,
                "lanes: GaugeHierarchy needs a Transform of the circle: CircularSpline or "
                "NonCompactProjection.");
  static_assert(is_network<Network> && is_network<Narrow>,
                "lanes: GaugeHierarchy<Transform, Network, Narrow>: the second and third are "
                "networks, such as ConvNet; see lanes/network/options.hpp.");

  template <class Field, class Geometry>
  static constexpr bool accepts() {
    static_assert(Geometry::dimension == 2,
                  "lanes: GaugeHierarchy cuts the rectangles of a two-dimensional Lattice.");
    constexpr bool links = is_links<Field, Geometry>;
    static_assert(links, "lanes: GaugeHierarchy sets loops of links: its Field is U1.");
    return is_transform<Transform> && is_circular<Transform> && is_network<Network> &&
           is_network<Narrow> && Geometry::dimension == 2 && links;
  }

  // The layers that take cells of C0 x C1, whose first `Begin` slices along the odd extent are set,
  // to single plaquettes.
  template <class Geometry, int C0, int C1, int Begin, class... Levels>
  static auto levels() {
    constexpr bool even0 = C0 % 2 == 0, even1 = C1 % 2 == 0, even = even0 || even1;
    constexpr int mu = (even0 == even1 ? C0 >= C1 : even0) ? 0 : 1, length = mu == 0 ? C0 : C1;
    if constexpr (length == 1) {
      return std::type_identity<Chain<Levels...>>{};
    } else {
      constexpr int cut = even ? length / 2 : Begin + 1;
      constexpr int to = even ? length / 2 : cut + 1 < length ? length : 1;  // length of the next
      using Cells = typename detail::LoopSplit<Geometry, mu, C0, C1, Begin, cut>::Cells;
      using Level = detail::SplitLayer<Transform, For<Cells>, mu, C0, C1, Begin, cut>;
      constexpr int c0 = mu == 0 ? to : C0, c1 = mu == 1 ? to : C1, begin = to == length ? cut : 0;
      return levels<Geometry, c0, c1, begin, Levels..., Level>();
    }
  }
  template <class Cells>
  using For = std::conditional_t<detail::fits<Network, Cells>, Network, Narrow>;

  /// The layers of the levels on a lattice. On one that the levels of a larger lattice lead to, they
  /// are the last of those (training/transfer.hpp).
  template <class Geometry>
  using LevelsOn =
      typename decltype(levels<Geometry, Geometry::extents[0], Geometry::extents[1], 0>())::type;

  template <class Context, class Field, class Geometry>
  struct Bind {
    using Type = typename LevelsOn<Geometry>::template On<Context, Field, Geometry>;
  };
  template <class Context, class Field, class Geometry>
  requires(!accepts<Field, Geometry>()) struct Bind<Context, Field, Geometry> {
    using Type = detail::NoLayer<Context>;
  };
  template <class Context, class Field, class Geometry>
  using On = typename Bind<Context, Field, Geometry>::Type;
};

}  // namespace lanes
