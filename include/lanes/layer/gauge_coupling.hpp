// SPDX-License-Identifier: BSD-3-Clause
//
// GaugeCoupling<Masks, Loops, Transform, Network>: a gauge-equivariant coupling layer of U(1) links
// in two dimensions (Kanwar et al. 2003.06413; masks in geometry/gauge_masks.hpp). For every active
// plaquette
//
//   P = theta_0(x) + theta_1(x + 0) - theta_0(x + 1) - theta_1(x)      mod 2 pi
//   P' = transform(P; network(frozen loops)),   theta_mu(x) += +-(P' - P),
//       + for mu = 0, - for mu = 1
//
//   ln|det| = sum over active plaquettes of ln dP'/dP
//
// The network sees gauge-invariant loops of links that the layer does not move
// (layer/gauge_loops.hpp): Plaquettes, PlaquettesAndRectangles or PlaquettesAndEnclosures.
// Rows of x are U1's.
#pragma once

#include <lanes/core/kernels.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/field/field.hpp>
#include <lanes/geometry/gauge_masks.hpp>
#include <lanes/geometry/links.hpp>
#include <lanes/layer/gauge_loops.hpp>
#include <lanes/layer/layer.hpp>
#include <lanes/layer/loop_move.hpp>
#include <lanes/network/network.hpp>
#include <lanes/transform/affine.hpp>
#include <lanes/transform/circular_spline.hpp>

namespace lanes {

template <class MasksPolicy, class LoopsPolicy, class TransformPolicy, class NetworkPolicy>
struct GaugeCoupling {
  static_assert(Partition<MasksPolicy>,
                "lanes: GaugeCoupling<Masks, Loops, Transform, Network>: the first are masks of "
                "links, such as SweepMasks; see lanes/geometry/gauge_masks.hpp.");
  static_assert(Loops<LoopsPolicy>,
                "lanes: GaugeCoupling<Masks, Loops, Transform, Network>: the second are the loops "
                "that the network sees, such as Plaquettes; see lanes/layer/gauge_loops.hpp.");
  static_assert(CircleTransform<TransformPolicy>,
                "lanes: GaugeCoupling needs a Transform of the circle: CircularSpline or "
                "NonCompactProjection.");
  static_assert(lanes::Network<NetworkPolicy>,
                "lanes: GaugeCoupling<Masks, Loops, Transform, Network>: the fourth is a Network, "
                "such as ConvNet; see lanes/network/network.hpp.");

  template <class Field, class Geometry>
  static constexpr bool accepts() {
    static_assert(Geometry::dimension == 2,
                  "lanes: GaugeCoupling moves the links of a two-dimensional Lattice.");
    constexpr bool links = LinkField<Field, Geometry>;
    static_assert(
        links,
        "lanes: GaugeCoupling moves links: its Field is U1; a scalar field takes a Coupling.");
    return Partition<MasksPolicy> && Loops<LoopsPolicy> && lanes::Transform<TransformPolicy> &&
           CircleTransform<TransformPolicy> && lanes::Network<NetworkPolicy> &&
           Geometry::dimension == 2 && links;
  }

  /// The masks on the lattice of a setting.
  template <class S>
  using MasksOf = typename MasksPolicy::template Masks<typename S::Geometry>;
  /// The sites whose loops the network sees.
  template <class S>
  using ShownOf = typename LoopsPolicy::template Sites<MasksOf<S>, typename S::Geometry>;
  /// The network from loops to active plaquettes.
  template <class S>
  using NetworkOf = lanes::NetworkOf<NetworkPolicy, typename S::Context, typename S::Geometry,
                                     LoopsPolicy::channels, TransformPolicy::channels, ShownOf<S>,
                                     ActiveSites<MasksOf<S>>, TransformPolicy>;
  // Tape: active plaquettes before the transform, its parameters, what the network saw, its own.
  template <class S>
  using PartsOf =
      Parts<typename S::Context, TapeRows<MasksOf<S>::active_size>, TapeRows<NetworkOf<S>::outputs>,
            TapeRows<LoopsPolicy::channels*(S::Geometry::volume | 1)>, NetworkOf<S>>;

  template <class S>
  class Layer : public PartsOf<S> {
    using Context = typename S::Context;
    using Real = typename S::Real;
    using Geometry = typename S::Geometry;
    using Masks = MasksOf<S>;
    using Shown = ShownOf<S>;
    using Network = NetworkOf<S>;
    static constexpr int volume = Geometry::volume, active = Masks::active_size;
    static constexpr int channels = LoopsPolicy::channels, input_pitch = volume | 1;

   public:
    static constexpr int turns = 1;

    template <Way way>
    static void move(Context& context, const Share<Real>& share, Rows<Real> x,
                     Rows<double> log_det) {
      const View view(share);
      typename Context::Scope scope(context);
      const auto change = context.template rows<Real>(active);
      context.for_each(Shown::size, Look{view.variant, x, view.input});
      Network::forward(context, view.network, view.input, view.parameters);
      context.for_each(active, typename Moves::Measure{view.variant, x, share.tape});
      using Move = typename Transforms::template Move<way>;
      context.sum(active, Move{Network::pitch, view.parameters, share.tape, change}, log_det);
      context.for_each(active, typename Moves::Turn{view.variant, x, change});
    }

    template <Way way>
    static void adjoint(Context& context, const Share<Real>& share, Rows<Real> x, Rows<Real> dx,
                        Rows<Real> d_log_det) {
      const View view(share);
      typename Context::Scope scope(context);
      const auto d_parameters = context.template rows<Real>(Network::outputs);
      const auto d_input = context.template rows<Real>(channels * input_pitch);
      const auto d_active = context.template rows<Real>(active);
      const auto change = context.template rows<Real>(active);
      const auto d_plaquette = context.template rows<Real>(volume);
      const auto d_rectangle = context.template rows<Real>(Shown::rectangles ? volume : 0);
      fill(context, d_plaquette, volume);
      if (Shown::rectangles) fill(context, d_rectangle, volume);
      context.for_each(active, typename Moves::Pull{view.variant, dx, d_active});
      using Adjoint = typename Transforms::template Adjoint<way>;
      context.for_each(active, Adjoint{Network::pitch, d_log_det, view.parameters, share.tape,
                                       d_active, d_parameters, change});
      context.for_each(active, typename Moves::Turn{view.variant, x, change});
      context.for_each(active, Spread{view.variant, d_active, d_plaquette});
      Network::adjoint(context, view.network, view.input, view.parameters, d_parameters,
                       StoreTo<Real>{d_input});
      context.for_each(Shown::size,
                       LookAdjoint{view.variant, view.input, d_input, d_plaquette, d_rectangle});
      context.for_each(2 * volume, CollectLinks{view.variant, d_plaquette, d_rectangle, dx});
    }

    // Kernels are public: a CUDA compiler names their types.
    struct Look {
      int variant;
      Rows<Real> x, to;
      template <class Lane>
      LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
        using T = Pack<Real, Lane::width>;
        const int site = Shown::site(variant, i);
        const LinkAngles<Real, Lane> links{x, lane};
        for (int c = 0; c < channels; ++c) lane.store(to, c * input_pitch + site, T(0));
        if (Shown::plaquette(i))
          show(lane, site, 0, 1, lanes::plaquette<Geometry>(site, 0, 1, links));
        if constexpr (Shown::rectangles)
          if (Shown::rectangle(i))
            show(lane, site, Shown::cosine(variant), Shown::sine(variant),
                 lanes::rectangle<Geometry>(Shown::base(variant, i), Shown::along(variant), links));
      }

     private:
      // cos - 1 = -2 sin^2(half), sin
      template <class Lane, class T>
      LANES_HD LANES_INLINE void show(Lane lane, int site, int c, int s, T angle) const {
        const T sine = sin(T(0.5) * angle);
        lane.store(to, c * input_pitch + site, T(-2) * sine * sine);
        lane.store(to, s * input_pitch + site, sin(angle));
      }
    };

    struct Active {
      LANES_HD static constexpr int link(int variant, int i) {
        return link_row<Geometry>(Masks::active(variant, i), Masks::direction(variant));
      }
      /// Whether the plaquette grows with its link.
      LANES_HD static constexpr bool with_link(int variant) {
        return Masks::direction(variant) == 0;
      }
      template <class Links>
      LANES_HD LANES_INLINE static auto loop(int variant, int i, const Links& links) {
        return plaquette<Geometry>(Masks::active(variant, i), 0, 1, links);
      }
    };
    /// Kernels between rows of angles.
    using Transforms = detail::LoopTransform<TransformPolicy, Real>;
    /// Kernels between these rows and the links.
    using Moves = detail::LoopMove<Active, Real>;

    // The adjoint of what the network saw, as one of the loops shown.
    struct LookAdjoint {
      int variant;
      Rows<Real> input, d_input, d_plaquette, d_rectangle;  // d_: adjoints of
      template <class Lane>
      LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
        const int site = Shown::site(variant, i);
        if (Shown::plaquette(i)) lane.store(d_plaquette, site, of_angle(lane, site, 0, 1));
        if constexpr (Shown::rectangles)
          if (Shown::rectangle(i))
            lane.store(d_rectangle, Shown::base(variant, i),
                       of_angle(lane, site, Shown::cosine(variant), Shown::sine(variant)));
      }

     private:
      template <class Lane>
      LANES_HD LANES_INLINE auto of_angle(Lane lane, int site, int c, int s) const {
        const auto cosine = lane.load(input, c * input_pitch + site) + Pack<Real, Lane::width>(1);
        const auto sine = lane.load(input, s * input_pitch + site);
        return cosine * lane.load(d_input, s * input_pitch + site) -
               sine * lane.load(d_input, c * input_pitch + site);
      }
    };

    /// d_plaquette at the active plaquettes = d_active
    struct Spread {
      int variant;
      Rows<Real> d_active, d_plaquette;  // adjoints of active plaquettes, of all
      template <class Lane>
      LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
        lane.store(d_plaquette, Masks::active(variant, i), lane.load(d_active, i));
      }
    };

    // dx of every link += those of the loops it is part of.
    struct CollectLinks {
      int variant;
      Rows<Real> d_plaquette, d_rectangle, dx;  // adjoints of plaquettes, rectangles, links
      template <class Lane>
      LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
        const int mu = i / volume, site = i % volume;
        auto sum = add_plaquettes<Geometry>(lane.load(dx, i), site, mu, 1 - mu,
                                            LinkAngles<Real, Lane>{d_plaquette, lane});
        if constexpr (Shown::rectangles)
          sum += of_rectangles<Geometry>(site, mu, Shown::along(variant),
                                         LinkAngles<Real, Lane>{d_rectangle, lane});
        lane.store(dx, i, sum);
      }
    };

   private:
    struct View {
      int variant;
      Rows<Real> parameters, input;
      Share<Real> network;
      explicit View(const Share<Real>& share)
          : variant(share.turn % Masks::variants),
            parameters(share.tape.from(PartsOf<S>::template offset<1>.tape)),
            input(share.tape.from(PartsOf<S>::template offset<2>.tape)),
            network(share.at(PartsOf<S>::template offset<3>).of(Masks::variants)) {}
    };
  };
};
static_assert(Layer<GaugeCoupling<StripeMasks, Plaquettes, CircularSpline<2>, detail::AnyNetwork>>);

}  // namespace lanes
