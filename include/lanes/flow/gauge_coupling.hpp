// SPDX-License-Identifier: BSD-3-Clause
//
// GaugeCoupling<Masks, Loops, Transform, Network>: a gauge-equivariant coupling layer of U(1) links
// in two dimensions (Kanwar et al. 2003.06413; masks in geometry/gauge_masks.hpp). For every active
// plaquette
//
//   P = theta_0(x) + theta_1(x + 0) - theta_0(x + 1) - theta_1(x)      mod 2 pi
//   P' = transform(P; network(frozen loops)),   theta_mu(x) += +-(P' - P),  + for mu = 0, - for mu = 1
//
//   ln|det| = sum over active plaquettes of ln dP'/dP
//
// The network sees gauge-invariant loops of links that the layer does not move
// (flow/gauge_loops.hpp): Plaquettes, PlaquettesAndRectangles or PlaquettesAndEnclosures.
// The layer's interface is that of flow/coupling.hpp; rows of x are U1's.
#pragma once

#include <lanes/core/kernels.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/flow/gauge_loops.hpp>
#include <lanes/flow/loop_move.hpp>
#include <lanes/flow/network_layer.hpp>
#include <lanes/flow/slots.hpp>
#include <lanes/geometry/gauge_masks.hpp>

namespace lanes {

template <class MasksPolicy, class Loops, class Transform, class NetworkPolicy>
struct GaugeCoupling {
  static_assert(is_partition<MasksPolicy>,
                "lanes: GaugeCoupling<Masks, Loops, Transform, Network>: the first are masks of "
                "links, such as SweepMasks; see lanes/geometry/gauge_masks.hpp.");
  static_assert(is_loops<Loops>,
                "lanes: GaugeCoupling<Masks, Loops, Transform, Network>: the second are the loops "
                "that the network sees, such as Plaquettes; see lanes/flow/gauge_loops.hpp.");
  static_assert(is_transform<Transform> && is_circular<Transform>,
                "lanes: GaugeCoupling needs a Transform of the circle: CircularSpline or "
                "NonCompactProjection.");
  static_assert(is_network<NetworkPolicy>,
                "lanes: GaugeCoupling<Masks, Loops, Transform, Network>: the fourth is a Network, "
                "such as ConvNet; see lanes/network/options.hpp.");

  template <class Field, class Geometry>
  static constexpr bool accepts() {
    static_assert(Geometry::dimension == 2,
                  "lanes: GaugeCoupling moves the links of a two-dimensional Lattice.");
    constexpr bool links = is_links<Field, Geometry>;
    static_assert(
        links, "lanes: GaugeCoupling moves links: its Field is U1; a scalar field takes a Coupling.");
    return is_partition<MasksPolicy> && is_loops<Loops> && is_transform<Transform> &&
           is_circular<Transform> && is_network<NetworkPolicy> && Geometry::dimension == 2 && links;
  }

  template <class Geometry>
  using ShownOn =
      typename Loops::template On<typename MasksPolicy::template On<Geometry>, Geometry>;
  template <class Context, class Geometry>
  using NetworkOn =
      typename NetworkPolicy::template On<Context, Geometry, Loops::channels, Transform::channels,
                                          ShownOn<Geometry>,
                                          ActiveSites<typename MasksPolicy::template On<Geometry>>>;

  template <class Context, class Field, class Geometry>
  class On : public detail::NetworkLayer<NetworkOn<Context, Geometry>, typename Context::Real> {
    using Real = typename Context::Real;
    using Masks = typename MasksPolicy::template On<Geometry>;
    using Shown = ShownOn<Geometry>;
    using Network = NetworkOn<Context, Geometry>;
    static constexpr int volume = Geometry::volume, active = Masks::active_size;
    static constexpr int input_pitch = volume | 1, input_rows = Loops::channels * input_pitch;
    // Tape: active plaquettes before the transform, its parameters, what the network saw, its own
    // tape.
    static constexpr int at_parameters = active, at_input = active + Network::outputs;
    static constexpr int at_network = at_input + input_rows;

   public:
    static constexpr int tape_rows = at_network + Network::tape_rows;

    static void forward(Context& context, const Real* prepared, int position, Rows<Real> x,
                        Rows<double> log_det, Rows<Real> tape) {
      move<true>(context, prepared, position, x, log_det, tape);
    }
    static void inverse(Context& context, const Real* prepared, int position, Rows<Real> x,
                        Rows<double> log_det, Rows<Real> tape) {
      move<false>(context, prepared, position, x, log_det, tape);
    }
    static void forward_adjoint(Context& context, const Real* prepared, Real* gradient,
                                int position, Rows<Real> x, Rows<Real> dx, Rows<Real> d_log_det,
                                Rows<Real> tape) {
      adjoint<true>(context, prepared, gradient, position, x, dx, d_log_det, tape);
    }
    static void inverse_adjoint(Context& context, const Real* prepared, Real* gradient,
                                int position, Rows<Real> x, Rows<Real> dx, Rows<Real> d_log_det,
                                Rows<Real> tape) {
      adjoint<false>(context, prepared, gradient, position, x, dx, d_log_det, tape);
    }

    // Kernels are public: a CUDA compiler names their types.
    struct Look {
      int variant;
      Rows<Real> x, to;
      template <class Lane>
      LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
        using T = Pack<Real, Lane::width>;
        const int site = Shown::site(variant, i);
        const detail::LinkAngles<Real, Lane> links{x, lane};
        for (int c = 0; c < Loops::channels; ++c) lane.store(to, c * input_pitch + site, T(0));
        if (Shown::plaquette(i)) show(lane, site, 0, 1, links.template plaquette<Geometry>(site));
        if constexpr (Shown::rectangles)
          if (Shown::rectangle(i))
            show(
                lane, site, Shown::cosine(variant), Shown::sine(variant),
                links.template rectangle<Geometry>(Shown::base(variant, i), Shown::along(variant)));
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
        return Masks::direction(variant) * volume + Masks::active(variant, i);
      }
      LANES_HD static constexpr bool with_link(int variant) {
        return Masks::direction(variant) == 0;
      }
      template <class Links>
      LANES_HD LANES_INLINE static auto loop(int variant, int i, const Links& links) {
        return links.template plaquette<Geometry>(Masks::active(variant, i));
      }
    };
    using Transforms = detail::LoopTransform<Transform, Real>;
    using Moves = detail::LoopMove<Active, Real>;

    // The adjoint of what the network saw, as one of the loops shown.
    struct LookAdjoint {
      int variant;
      Rows<Real> input, d_input, d_plaquette, d_rectangle;
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

    struct Spread {
      int variant;
      Rows<Real> d_active, d_plaquette;
      template <class Lane>
      LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
        lane.store(d_plaquette, Masks::active(variant, i), lane.load(d_active, i));
      }
    };

    // dx of every link += those of the loops it is part of.
    struct CollectLinks {
      int variant;
      Rows<Real> d_plaquette, d_rectangle, dx;
      template <class Lane>
      LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
        const int mu = i / volume, site = i % volume, behind = Geometry::backward(site, 1 - mu);
        const auto twist = lane.load(d_plaquette, site) - lane.load(d_plaquette, behind);
        auto sum = mu == 0 ? lane.load(dx, i) + twist : lane.load(dx, i) - twist;
        if constexpr (Shown::rectangles) {
          const int a = Shown::along(variant);
          const auto r = [&](int at) { return lane.load(d_rectangle, at); };
          if (mu == a)
            sum += r(site) + r(Geometry::backward(site, a)) - r(behind) -
                   r(Geometry::backward(behind, a));
          else
            sum += r(Geometry::backward(behind, a)) - r(site);
        }
        lane.store(dx, i, sum);
      }
    };

   private:
    template <bool Forward>
    static void move(Context& context, const Real* prepared, int position, Rows<Real> x,
                     Rows<double> log_det, Rows<Real> tape) {
      const int variant = position % Masks::variants;
      typename Context::Scope scope(context);
      const auto change = context.template rows<Real>(active);
      const auto parameters = tape.from(at_parameters), input = tape.from(at_input);
      context.for_each(Shown::size, Look{variant, x, input});
      Network::forward(context, prepared, variant, input, parameters, tape.from(at_network));
      context.for_each(active, typename Moves::Measure{variant, x, tape});
      using Move = typename Transforms::template Move<Forward>;
      context.sum(active, Move{Network::pitch, parameters, tape, change}, log_det);
      context.for_each(active, typename Moves::Turn{variant, x, change});
    }

    template <bool Forward>
    static void adjoint(Context& context, const Real* prepared, Real* gradient, int position,
                        Rows<Real> x, Rows<Real> dx, Rows<Real> d_log_det, Rows<Real> tape) {
      const int variant = position % Masks::variants;
      typename Context::Scope scope(context);
      const auto d_parameters = context.template rows<Real>(Network::outputs);
      const auto d_input = context.template rows<Real>(input_rows);
      const auto d_active = context.template rows<Real>(active);
      const auto change = context.template rows<Real>(active);
      const auto d_plaquette = context.template rows<Real>(volume);
      const auto d_rectangle = context.template rows<Real>(Shown::rectangles ? volume : 0);
      fill(context, d_plaquette, volume);
      if (Shown::rectangles) fill(context, d_rectangle, volume);
      const auto parameters = tape.from(at_parameters), input = tape.from(at_input);
      context.for_each(active, typename Moves::Pull{variant, dx, d_active});
      using Adjoint = typename Transforms::template Adjoint<Forward>;
      context.for_each(active, Adjoint{Network::pitch, d_log_det, parameters, tape, d_active,
                                       d_parameters, change});
      context.for_each(active, typename Moves::Turn{variant, x, change});
      context.for_each(active, Spread{variant, d_active, d_plaquette});
      Network::adjoint(context, prepared, gradient, variant, input, parameters, d_parameters,
                       tape.from(at_network), StoreTo<Real>{d_input});
      context.for_each(Shown::size, LookAdjoint{variant, input, d_input, d_plaquette, d_rectangle});
      context.for_each(2 * volume, CollectLinks{variant, d_plaquette, d_rectangle, dx});
    }
  };

  template <class Context, class Field, class Geometry>
  requires(!accepts<Field, Geometry>()) class On<Context, Field, Geometry>
      : public detail::NoLayer<Context> {};
};

}  // namespace lanes
