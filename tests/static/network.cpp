// SPDX-License-Identifier: BSD-3-Clause
#include <lanes/network/conv_net.hpp>
#include <lanes/network/dense_net.hpp>
#include <lanes/network/z2_net.hpp>
#include <lanes/transform/affine.hpp>
#include <lanes/transform/circular_spline.hpp>
#include <lanes/transform/cubic.hpp>
#include <lanes/transform/non_compact_projection.hpp>
#include <lanes/transform/rational_quadratic.hpp>

#include "archetypes.hpp"

namespace {

using namespace archetypes;

// y = x + p
struct Channels { static constexpr int channels = 1; };
struct Forward {
  template <class T>
  static lanes::Transformed<T> forward(T x, const T (&p)[1]) { return {x + p[0], T(0)}; }
};
struct Inverse {
  template <class T>
  static lanes::Transformed<T> inverse(T y, const T (&p)[1]) { return {y - p[0], T(0)}; }
};
struct ForwardAdjoint {
  template <class T>
  static T forward_adjoint(T, const T (&)[1], T dy, T, T (&dp)[1]) { return dp[0] = dy; }
};
struct InverseAdjoint {
  template <class T>
  static T inverse_adjoint(T, const T (&)[1], T dx, T, T (&dp)[1]) { dp[0] = -dx; return dx; }
};
LANES_CHECK(IsTransform, lanes::Transform<M>);
static_assert(needs_each<IsTransform, Channels, Forward, Inverse>());
LANES_CHECK(BringsAdjoints, lanes::TransformWithAdjoints<M>);
static_assert(needs_each<BringsAdjoints, Channels, Forward, Inverse, ForwardAdjoint, InverseAdjoint>());
struct Shift : Channels, Forward, Inverse, ForwardAdjoint, InverseAdjoint {};
struct Turn : Shift { static constexpr bool circular = true; };
struct Line : Shift { static constexpr bool circular = false; };
struct OddShift : Shift { static constexpr int even_channels = 0; };
static_assert(lanes::CircleTransform<Turn> && !lanes::CircleTransform<Shift> &&
              !lanes::CircleTransform<Line>);
static_assert(lanes::OddTransform<OddShift> && !lanes::OddTransform<Shift>);
static_assert(lanes::OddTransform<lanes::Affine> && lanes::OddTransform<lanes::Cubic> &&
              !lanes::OddTransform<lanes::RationalQuadratic<4>>);
static_assert(lanes::CircleTransform<lanes::CircularSpline<4>> &&
              lanes::CircleTransform<lanes::NonCompactProjection<2>> &&
              !lanes::CircleTransform<lanes::Affine>);

struct Even { static constexpr bool odd = false; };
struct FromValue { static constexpr bool from_value = true; };
struct Apply {
  template <class T>
  static T apply(T x) { return x; }
};
struct Derivative {
  template <class T>
  static T derivative(T) { return T(1); }
};
LANES_CHECK(IsActivation, lanes::Activation<M>);
static_assert(needs_each<IsActivation, Even, FromValue, Apply, Derivative>());

using Net = lanes::ConvNet<lanes::Channels<4>, lanes::Kernel<3>, lanes::Tanh>;
static_assert(lanes::Network<Net> && lanes::Network<lanes::DenseNet<lanes::Channels<4>, lanes::Tanh>>);
static_assert(lanes::Network<lanes::Z2ConvNet<lanes::Channels<4>, lanes::Kernel<3>>>);
struct NoTemplate { struct Network {}; };
static_assert(!lanes::Network<lanes::Affine> && !lanes::Transform<Net> &&
              !lanes::Network<NoTemplate>);

}  // namespace
