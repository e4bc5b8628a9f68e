// SPDX-License-Identifier: BSD-3-Clause
//
// Coupling<Partition, Transform, Network>: active sites are moved by the transform, whose
// parameters a network computes from the frozen sites (Dinh et al. 1605.08803; checkerboard:
// Albergo et al. 1904.12072):
//
//   y_active = transform(x_active; network(x_frozen)),  y_frozen = x_frozen,
//   ln|det dy/dx| = sum over active sites of ln|dy/dx|
//
// Layers in a chain cycle through the partition's variants. The interface of a layer, bound by
// On<Context, Field, Geometry> to where it runs and on what (all shapes in rows of lanes):
//
//   positions                        how many places it takes in the count that chooses variants
//   parameters, weights, gradients   sizes of the flat vectors: external, prepared, accumulated
//   tape_rows                        what forward or inverse leaves for the adjoints
//   initialise, prepare, collect     start values; external -> prepared; gradient -> external (adds)
//   forward, inverse                 move x in place, add ln|det| of the map that was run to log_det
//   forward_adjoint                  x: f(x) -> x;  dx: adjoint of f(x) -> adjoint of x
//   inverse_adjoint                  x: h(y) -> y, h = f^-1;  dx: adjoint of h(y) -> adjoint of y
//                                    d_log_det: adjoint of ln|det| of f, of h; gradient may be null
//   conditioned (optional)           where a coupling of the theory enters (network/conditioned.hpp)
//   refill (optional)                the tape that forward leaves, of x before the layer, which stays
#pragma once

#include <lanes/core/kernels.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/flow/affine.hpp>
#include <lanes/flow/network_layer.hpp>
#include <lanes/flow/slots.hpp>
#include <lanes/geometry/partition.hpp>

namespace lanes {

namespace detail {

/// The network that goes with a transform: some ask what its channels are.
template <class Network, class Transform>
struct NetworkFor {
  using Type = Network;
};
template <class Network, class Transform>
requires requires { typename Network::template For<Transform>; }
struct NetworkFor<Network, Transform> {
  using Type = typename Network::template For<Transform>;
};

}  // namespace detail

template <class PartitionPolicy, class Transform, class NetworkPolicy>
struct Coupling {
  static_assert(is_partition<PartitionPolicy>,
                "lanes: Coupling<Partition, Transform, Network>: the first is a Partition, such as "
                "Checkerboard; see lanes/geometry/partition.hpp.");
  static_assert(is_transform<Transform>,
                "lanes: Coupling<Partition, Transform, Network>: the second is a Transform, such "
                "as Affine or RationalQuadratic<8>; see lanes/flow/affine.hpp.");
  static_assert(is_network<NetworkPolicy>,
                "lanes: Coupling<Partition, Transform, Network>: the third is a Network, such as "
                "ConvNet or DenseNet; see lanes/network/options.hpp.");

  /// Whether all slots are what they should be, and the field is one that the transform is for.
  template <class Field, class Geometry>
  static constexpr bool accepts() {
    constexpr bool one = is_one_per_site<Field, Geometry>;
    constexpr bool circle = is_circular<Transform>;
    static_assert(
        one, "lanes: Coupling moves a field of one number per site; links take a GaugeCoupling.");
    static_assert(!one || !circle || is_angular<Field>,
                  "lanes: this Transform maps the circle onto itself (circular), so Coupling takes "
                  "it for a Field of angles (period 2 pi) only; a field of real numbers takes "
                  "Affine, Cubic or RationalQuadratic.");
    static_assert(!one || circle || !is_transform<Transform> || !is_periodic<Field>,
                  "lanes: this Transform maps the line, and the Field is periodic: its numbers "
                  "are points of a circle. It takes CircularSpline, NonCompactProjection or a "
                  "Transform of yours with circular = true.");
    return is_partition<PartitionPolicy> && is_transform<Transform> && is_network<NetworkPolicy> &&
           one && (circle ? is_angular<Field> : !is_periodic<Field>);
  }

  template <class Context, class Geometry>
  using NetworkOn = typename detail::NetworkFor<NetworkPolicy, Transform>::Type::template On<
      Context, Geometry, 1, Transform::channels,
      FrozenSites<typename PartitionPolicy::template On<Geometry>>,
      ActiveSites<typename PartitionPolicy::template On<Geometry>>>;

  template <class Context, class Field, class Geometry>
  class On : public detail::NetworkLayer<NetworkOn<Context, Geometry>, typename Context::Real> {
    using Real = typename Context::Real;
    using Partition = typename PartitionPolicy::template On<Geometry>;
    using Network = NetworkOn<Context, Geometry>;
    static constexpr int active = Partition::active_size, channels = Transform::channels;
    // Tape: active sites before the transform, the transform's parameters, the network's own.
    static constexpr int at_parameters = active, at_network = active + Network::outputs;

   public:
    static constexpr int tape_rows = at_network + Network::tape_rows;

    static void forward(Context& context, const Real* prepared, int position, Rows<Real> x,
                        Rows<double> log_det, Rows<Real> tape) {
      const int variant = position % Partition::variants;
      Network::forward(context, prepared, variant, x, tape.from(at_parameters),
                       tape.from(at_network));
      context.sum(active, Move<true>{variant, x, tape}, log_det);
    }

    static void refill(Context& context, const Real* prepared, int position, Rows<Real> x,
                       Rows<Real> tape) {
      const int variant = position % Partition::variants;
      Network::forward(context, prepared, variant, x, tape.from(at_parameters),
                       tape.from(at_network));
      context.for_each(active, KeepActive{variant, x, tape});
    }

    static void inverse(Context& context, const Real* prepared, int position, Rows<Real> x,
                        Rows<double> log_det, Rows<Real> tape) {
      const int variant = position % Partition::variants;
      Network::forward(context, prepared, variant, x, tape.from(at_parameters),
                       tape.from(at_network));
      context.sum(active, Move<false>{variant, x, tape}, log_det);
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
    template <bool Forward>
    struct Move {
      int variant;
      Rows<Real> x, tape;
      template <class Lane>
      LANES_HD LANES_INLINE auto operator()(int i, Lane lane) const {
        using T = Pack<Real, Lane::width>;
        const int site = Partition::active(variant, i);
        T p[std::size_t(channels)];
        load_parameters(lane, tape, i, p);
        const T before = lane.load(x, site);
        const Transformed<T> after =
            Forward ? Transform::forward(before, p) : Transform::inverse(before, p);
        lane.store(tape, i, Forward ? before : after.value);
        lane.store(x, site, after.value);
        return after.log_derivative;
      }
    };

    struct KeepActive {
      int variant;
      Rows<Real> x, tape;
      template <class Lane>
      LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
        lane.store(tape, i, lane.load(x, Partition::active(variant, i)));
      }
    };

    template <bool Forward>
    struct MoveAdjoint {
      int variant;
      Rows<Real> x, dx, d_log_det, tape, d_parameters;
      template <class Lane>
      LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
        using T = Pack<Real, Lane::width>;
        const int site = Partition::active(variant, i);
        T p[std::size_t(channels)], dp[std::size_t(channels)];
        load_parameters(lane, tape, i, p);
        const T before = lane.load(tape, i), d = lane.load(dx, site), dl = lane.load(d_log_det);
        if constexpr (Forward) {
          lane.store(dx, site, Transform::forward_adjoint(before, p, d, dl, dp));
          lane.store(x, site, before);
        } else {
          lane.store(dx, site, Transform::inverse_adjoint(before, p, d, dl, dp));
          lane.store(x, site, Transform::forward(before, p).value);
        }
        for (int c = 0; c < channels; ++c) lane.store(d_parameters, c * Network::pitch + i, dp[c]);
      }
    };

   private:
    template <class T, class Lane>
    LANES_HD LANES_INLINE static void load_parameters(const Lane& lane, Rows<Real> tape, int i,
                                                      T (&p)[std::size_t(channels)]) {
      for (int c = 0; c < channels; ++c)
        p[c] = lane.load(tape, at_parameters + c * Network::pitch + i);
    }

    template <bool Forward>
    static void adjoint(Context& context, const Real* prepared, Real* gradient, int position,
                        Rows<Real> x, Rows<Real> dx, Rows<Real> d_log_det, Rows<Real> tape) {
      const int variant = position % Partition::variants;
      typename Context::Scope scope(context);
      const Rows<Real> d_parameters = context.template rows<Real>(Network::outputs);
      context.for_each(active, MoveAdjoint<Forward>{variant, x, dx, d_log_det, tape, d_parameters});
      Network::adjoint(context, prepared, gradient, variant, x, tape.from(at_parameters),
                       d_parameters, tape.from(at_network), AddTo<Real>{dx});
    }
  };

  template <class Context, class Field, class Geometry>
  requires(!accepts<Field, Geometry>()) class On<Context, Field, Geometry>
      : public detail::NoLayer<Context> {};
};

}  // namespace lanes
