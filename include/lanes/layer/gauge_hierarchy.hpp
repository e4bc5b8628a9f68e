// SPDX-License-Identifier: BSD-3-Clause
//
// GaugeHierarchy<Transform, Network, Narrow>: a gauge-equivariant layer that sets the loops of U(1)
// links in two dimensions from coarse to fine. The torus is one rectangle of loop angle 0; a level
// cuts every rectangle in two, of angles P and R = Phi - P, and transforms the first given the
// whole:
//
//   P' = transform(P; network(cos Phi, sin Phi)),   one link on the line of the cut += +-(P' - P)
//   ln|det| = sum over all rectangles of all levels of ln dP'/dP
//
// which changes R' = Phi - P' and no other loop of this or an earlier level. After the last level
// every plaquette is set: V - 1 transforms, and the links on the axes, with them the Polyakov loops
// there, stay as they came. On uniform links plaquettes that are not yet set are uniform given what
// is, so for a theory of independent plaquettes with weight f the conditional density of P is
// proportional to f_n(P) f_m(Phi - P), f_n = f * .. * f the convolution over a rectangle of n
// plaquettes: smooth, and a function of Phi alone. A network of Kernel<1> is then exact up to the
// transform, and D_KL per plaquette does not grow with the volume; a larger kernel sees the
// rectangles around, for theories with longer range. Further layers may follow in a Chain.
//
//   using Network = ConvNet<Channels<16, 16>, Kernel<1>, Tanh>;
//   using Flow    = GaugeHierarchy<CircularSpline<13, 1000>, Network>;
//
// Levels halve the longer even extent; what is odd in the end loses a slice at a time. A level's
// rectangles share one network, on the lattice that they form. Where the lattice of a level is too
// small for the kernel of Network, Narrow takes its place. Parameters of a level do not depend on
// the lattice. Cost: V evaluations of Network and Transform, O(V) additions.
#pragma once

#include <type_traits>

#include <lanes/core/angle.hpp>
#include <lanes/core/kernels.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/field/field.hpp>
#include <lanes/fwd.hpp>
#include <lanes/geometry/links.hpp>
#include <lanes/geometry/loop_split.hpp>
#include <lanes/geometry/partition.hpp>
#include <lanes/layer/chain.hpp>
#include <lanes/layer/loop_move.hpp>
#include <lanes/network/network.hpp>
#include <lanes/transform/affine.hpp>
#include <lanes/transform/circular_spline.hpp>

namespace lanes {

namespace detail {

/// One level: the layer of one split of all cells.
template <class Transform, class NetworkPolicy, int Mu, int C0, int C1, int Begin, int Cut>
struct SplitLayer {
  template <class Geometry>
  using Split = LoopSplit<Geometry, Mu, C0, C1, Begin, Cut>;
  template <class S, class Cells = typename Split<typename S::Geometry>::Cells>
  using NetworkOf =
      lanes::NetworkOf<NetworkPolicy, typename S::Context, Cells, 2, Transform::channels,
                       AllSites<Cells>, AllSites<Cells>, Transform>;
  // Tape: the loops before the transform, its parameters, what the network saw, its own.
  template <class S, int N = Split<typename S::Geometry>::size>
  using PartsOf = Parts<typename S::Context, TapeRows<N>, TapeRows<NetworkOf<S>::outputs>,
                        TapeRows<2 * (N | 1)>, NetworkOf<S>>;

  template <class S>
  class Layer : public PartsOf<S> {
    using Context = typename S::Context;
    using Real = typename S::Real;
    using Network = NetworkOf<S>;
    using At = Split<typename S::Geometry>;
    static constexpr int n = At::size, input_pitch = n | 1;

   public:
    static constexpr int turns = 1;

    template <Way way>
    static void move(Context& context, const Share<Real>& share, Rows<Real> x,
                     Rows<double> log_det) {
      typename Context::Scope scope(context);
      const auto change = context.template rows<Real>(n);
      const auto parameters = parameters_of(share), input = input_of(share);
      context.for_each(n, Look{x, share.tape, input});
      Network::forward(context, of_network(share), input, parameters);
      using Move = typename Transforms::template Move<way>;
      context.sum(n, Move{Network::pitch, parameters, share.tape, change}, log_det);
      context.for_each(n, typename Moves::Turn{0, x, change});
    }
    template <Way way>
    static void adjoint(Context& context, const Share<Real>& share, Rows<Real> x, Rows<Real> dx,
                        Rows<Real> d_log_det) {
      typename Context::Scope scope(context);
      const auto d_parameters = context.template rows<Real>(Network::outputs);
      const auto d_input = context.template rows<Real>(2 * input_pitch);
      const auto d_part = context.template rows<Real>(n), change = context.template rows<Real>(n);
      const auto parameters = parameters_of(share), input = input_of(share);
      context.for_each(n, typename Moves::Pull{0, dx, d_part});
      using Adjoint = typename Transforms::template Adjoint<way>;
      context.for_each(n, Adjoint{Network::pitch, d_log_det, parameters, share.tape, d_part,
                                  d_parameters, change});
      context.for_each(n, typename Moves::Turn{0, x, change});
      Network::adjoint(context, of_network(share), input, parameters, d_parameters,
                       StoreTo<Real>{d_input});
      context.for_each(n, LookAdjoint{input, d_input});
      context.for_each(At::edges, CollectLinks{d_part, d_input, dx});
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
    static Rows<Real> parameters_of(const Share<Real>& share) {
      return share.tape.from(PartsOf<S>::template offset<1>.tape);
    }
    static Rows<Real> input_of(const Share<Real>& share) {
      return share.tape.from(PartsOf<S>::template offset<2>.tape);
    }
    static Share<Real> of_network(const Share<Real>& share) {
      return share.at(PartsOf<S>::template offset<3>).of(1);
    }
  };
};

}  // namespace detail

template <class Transform, class Network, class Narrow>
struct GaugeHierarchy {
  static_assert(lanes::Transform<Transform> && CircleTransform<Transform>,
                "lanes: GaugeHierarchy needs a Transform of the circle: CircularSpline or "
                "NonCompactProjection.");
  static_assert(lanes::Network<Network> && lanes::Network<Narrow>,
                "lanes: GaugeHierarchy<Transform, Network, Narrow>: the second and third are "
                "networks, such as ConvNet; see lanes/network/network.hpp.");

  template <class Field, class Geometry>
  static constexpr bool accepts() {
    static_assert(Geometry::dimension == 2,
                  "lanes: GaugeHierarchy cuts the rectangles of a two-dimensional Lattice.");
    constexpr bool links = LinkField<Field, Geometry>;
    static_assert(links, "lanes: GaugeHierarchy sets loops of links: its Field is U1.");
    return lanes::Transform<Transform> && CircleTransform<Transform> && lanes::Network<Network> &&
           lanes::Network<Narrow> && Geometry::dimension == 2 && links;
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
  using For = std::conditional_t<fits_lattice<Network, Cells>, Network, Narrow>;

  /// The layers of the levels on a lattice. On one that the levels of a larger lattice lead to,
  /// they are the last of those (training/transfer.hpp).
  template <class Geometry>
  using LevelsOn =
      typename decltype(levels<Geometry, Geometry::extents[0], Geometry::extents[1], 0>())::type;

  template <class S>
  using Layer = LayerOf<LevelsOn<typename S::Geometry>, S>;
};
static_assert(Layer<GaugeHierarchy<CircularSpline<2>, detail::AnyNetwork>>);

}  // namespace lanes
