// SPDX-License-Identifier: BSD-3-Clause
//
// Coupling<Partition, Transform, Network>: active sites are moved by the transform, whose
// parameters a network computes from the frozen sites (Dinh et al. 1605.08803; checkerboard:
// Albergo et al. 1904.12072):
//
//   y_active = transform(x_active; network(x_frozen)),  y_frozen = x_frozen,
//   ln|det dy/dx| = sum over active sites of ln|dy/dx|
//
// The field has any number of components a site, each with a transform of its own; the network sees
// all of them, as the field shows them (layer/site_inputs.hpp). Layers in a chain cycle through the
// partition's variants (layer/layer.hpp).
#pragma once

#include <lanes/core/kernels.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/field/field.hpp>
#include <lanes/geometry/partition.hpp>
#include <lanes/layer/layer.hpp>
#include <lanes/layer/site_inputs.hpp>
#include <lanes/network/network.hpp>
#include <lanes/transform/adjoints.hpp>
#include <lanes/transform/affine.hpp>

namespace lanes {

template <class PartitionPolicy, class TransformPolicy, class NetworkPolicy>
struct Coupling {
  static_assert(Partition<PartitionPolicy>,
                "lanes: Coupling<Partition, Transform, Network>: the first is a Partition, such as "
                "Checkerboard; see lanes/geometry/partition.hpp.");
  static_assert(lanes::Transform<TransformPolicy>,
                "lanes: Coupling<Partition, Transform, Network>: the second is a Transform, such "
                "as Affine or RationalQuadratic<8>; see lanes/transform/transform.hpp.");
  static_assert(lanes::Network<NetworkPolicy>,
                "lanes: Coupling<Partition, Transform, Network>: the third is a Network, such as "
                "ConvNet or DenseNet; see lanes/network/network.hpp.");

  /// Whether all slots are what they should be, and the field is one that the transform is for.
  template <class Field, class Geometry>
  static constexpr bool accepts() {
    constexpr bool sites = !LinkField<Field, Geometry>;
    constexpr bool circle = CircleTransform<TransformPolicy>;
    static_assert(sites,
                  "lanes: Coupling moves a field of numbers on sites; links take a GaugeCoupling.");
    static_assert(!sites || !circle || AngularField<Field>,
                  "lanes: this Transform maps the circle onto itself (circular), so Coupling takes "
                  "it for a Field of angles (period 2 pi) only; a field of real numbers takes "
                  "Affine, Cubic or RationalQuadratic.");
    static_assert(!sites || circle || !lanes::Transform<TransformPolicy> || !PeriodicField<Field>,
                  "lanes: this Transform maps the line, and the Field is periodic: its numbers "
                  "are points of a circle. It takes CircularSpline, NonCompactProjection or a "
                  "Transform of yours with circular = true.");
    return Partition<PartitionPolicy> && lanes::Transform<TransformPolicy> &&
           lanes::Network<NetworkPolicy> && sites &&
           (circle ? AngularField<Field> : !PeriodicField<Field>);
  }

  /// The partition on the lattice of a setting.
  template <class S>
  using MasksOf = typename PartitionPolicy::template Masks<typename S::Geometry>;
  /// What the network sees.
  template <class S>
  using InputsOf = detail::SiteInputs<S, MasksOf<S>>;
  /// The network between frozen and active sites.
  template <class S>
  using NetworkOf =
      lanes::NetworkOf<NetworkPolicy, typename S::Context, typename S::Geometry,
                       InputsOf<S>::channels, TransformPolicy::channels * InputsOf<S>::components,
                       FrozenSites<MasksOf<S>>, ActiveSites<MasksOf<S>>, TransformPolicy>;
  // Tape: active numbers before the transform, its parameters, what the network saw, its own.
  template <class S>
  using PartsOf =
      Parts<typename S::Context, TapeRows<MasksOf<S>::active_size * InputsOf<S>::components>,
            TapeRows<NetworkOf<S>::outputs>, TapeRows<InputsOf<S>::rows>, NetworkOf<S>>;

  template <class S>
  class Layer : public PartsOf<S> {
    using Context = typename S::Context;
    using Real = typename S::Real;
    using Field = typename S::Field;
    using Masks = MasksOf<S>;
    using Inputs = InputsOf<S>;
    using Network = NetworkOf<S>;
    using Transform = TransformPolicy;
    static constexpr int components = Inputs::components, channels = Transform::channels;
    static constexpr int active = Masks::active_size * components;  // numbers
    static constexpr int at_parameters = PartsOf<S>::template offset<1>.tape;

   public:
    static constexpr int turns = 1;

    template <Way way>
    static void move(Context& context, const Share<Real>& share, Rows<Real> x,
                     Rows<double> log_det) {
      run_network(context, share, x);
      context.sum(active, Move<way>{share.turn % Masks::variants, x, share.tape}, log_det);
    }
    static void refill(Context& context, const Share<Real>& share, Rows<Real> x) {
      run_network(context, share, x);
      context.for_each(active, KeepActive{share.turn % Masks::variants, x, share.tape});
    }
    template <Way way>
    static void adjoint(Context& context, const Share<Real>& share, Rows<Real> x, Rows<Real> dx,
                        Rows<Real> d_log_det) {
      typename Context::Scope scope(context);
      const Rows<Real> d_parameters = context.template rows<Real>(Network::outputs);
      context.for_each(active, MoveAdjoint<way>{share.turn % Masks::variants, x, dx, d_log_det,
                                                share.tape, d_parameters});
      Inputs::pull(context, share.turn % Masks::variants, x, dx, [&](const AddTo<Real>& store) {
        Network::adjoint(context, of_network(share), Inputs::in_place ? x : seen(share),
                         share.tape.from(at_parameters), d_parameters, store);
      });
    }

    // Kernels are public: a CUDA compiler names their types.
    template <Way way>
    struct Move {
      int variant;
      Rows<Real> x, tape;
      template <class Lane>
      LANES_HD LANES_INLINE auto operator()(int i, Lane lane) const {
        using T = Pack<Real, Lane::width>;
        const int row = row_of(variant, i);
        T p[std::size_t(channels)];
        load_parameters(lane, tape, i, p);
        const T before = lane.load(x, row);
        const Transformed<T> after =
            way == Way::forward ? Transform::forward(before, p) : Transform::inverse(before, p);
        lane.store(tape, i, way == Way::forward ? before : after.value);
        lane.store(x, row, after.value);
        return after.log_derivative;
      }
    };

    /// Notes the active sites on the tape.
    struct KeepActive {
      int variant;
      Rows<Real> x, tape;
      template <class Lane>
      LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
        lane.store(tape, i, lane.load(x, row_of(variant, i)));
      }
    };

    /// The adjoint of the move of an active site.
    template <Way way>
    struct MoveAdjoint {
      int variant;
      Rows<Real> x, dx, d_log_det, tape, d_parameters;  // d_: adjoints of
      template <class Lane>
      LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
        using T = Pack<Real, Lane::width>;
        const int row = row_of(variant, i);
        T p[std::size_t(channels)], dp[std::size_t(channels)];
        load_parameters(lane, tape, i, p);
        const T before = lane.load(tape, i), d = lane.load(dx, row), dl = lane.load(d_log_det);
        if constexpr (way == Way::forward) {
          lane.store(dx, row, AdjointsOf<Transform>::forward(before, p, d, dl, dp));
          lane.store(x, row, before);
        } else {
          lane.store(dx, row, AdjointsOf<Transform>::inverse(before, p, d, dl, dp));
          lane.store(x, row, Transform::forward(before, p).value);
        }
        for (int c = 0; c < channels; ++c) lane.store(d_parameters, parameter(c, i), dp[c]);
      }
    };

   private:
    static Share<Real> of_network(const Share<Real>& share) {
      return share.at(PartsOf<S>::template offset<3>).of(Masks::variants);
    }
    static Rows<Real> seen(const Share<Real>& share) {
      return share.at(PartsOf<S>::template offset<2>).tape;
    }
    static void run_network(Context& context, const Share<Real>& share, Rows<Real> x) {
      const auto input = Inputs::see(context, share.turn % Masks::variants, x, seen(share));
      Network::forward(context, of_network(share), input, share.tape.from(at_parameters));
    }
    // The row of the i-th active number, and of the c-th parameter of its transform: component by
    // component.
    LANES_HD LANES_INLINE static constexpr int row_of(int variant, int i) {
      if constexpr (components == 1)
        return Field::template row<typename S::Geometry>(Masks::active(variant, i), 0);
      else
        return Field::template row<typename S::Geometry>(
            Masks::active(variant, i % Masks::active_size), i / Masks::active_size);
    }
    LANES_HD LANES_INLINE static constexpr int parameter(int c, int i) {
      if constexpr (components == 1)
        return c * Network::pitch + i;
      else
        return (i / Masks::active_size * channels + c) * Network::pitch + i % Masks::active_size;
    }
    template <class T, class Lane>
    LANES_HD LANES_INLINE static void load_parameters(const Lane& lane, Rows<Real> tape, int i,
                                                      T (&p)[std::size_t(channels)]) {
      for (int c = 0; c < channels; ++c) p[c] = lane.load(tape, at_parameters + parameter(c, i));
    }
  };
};
static_assert(Layer<Coupling<Checkerboard, Affine, detail::AnyNetwork>>);

}  // namespace lanes
