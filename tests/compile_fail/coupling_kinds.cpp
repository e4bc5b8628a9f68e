// SPDX-License-Identifier: BSD-3-Clause
// mistake 1: lanes: this Transform maps the circle onto itself (circular), so Coupling takes it for a Field of angles (period 2 pi) only; a field of real numbers takes Affine, Cubic or RationalQuadratic.
// mistake 2: lanes: this Transform maps the circle onto itself (circular), so Coupling takes it for a Field of angles (period 2 pi) only; a field of real numbers takes Affine, Cubic or RationalQuadratic.
// mistake 3: lanes: this Transform maps the circle onto itself (circular), so Coupling takes it for a Field of angles (period 2 pi) only; a field of real numbers takes Affine, Cubic or RationalQuadratic.
// mistake 4: lanes: this Transform maps the line, and the Field is periodic: its numbers are points of a circle. It takes CircularSpline, NonCompactProjection or a Transform of yours with circular = true.
// mistake 5: lanes: this Transform maps the line, and the Field is periodic: its numbers are points of a circle. It takes CircularSpline, NonCompactProjection or a Transform of yours with circular = true.
// mistake 6: lanes: this Transform maps the line, and the Field is periodic: its numbers are points of a circle. It takes CircularSpline, NonCompactProjection or a Transform of yours with circular = true.
// mistake 7: lanes: this Transform maps the circle onto itself (circular), so Coupling takes it for a Field of angles (period 2 pi) only; a field of real numbers takes Affine, Cubic or RationalQuadratic.
// mistake 8: lanes: Coupling<Partition, Transform, Network>: the first is a Partition, such as Checkerboard; see lanes/geometry/partition.hpp.
// mistake 9: lanes: Coupling<Partition, Transform, Network>: the second is a Transform, such as Affine or RationalQuadratic<8>; see lanes/transform/transform.hpp.
// mistake 10: lanes: Coupling<Partition, Transform, Network>: the first is a Partition, such as Checkerboard; see lanes/geometry/partition.hpp.
#include <lanes/backend/cpu.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/transform/circular_spline.hpp>
#include <lanes/layer/coupling.hpp>
#include <lanes/transform/cubic.hpp>
#include <lanes/layer/multiscale.hpp>
#include <lanes/transform/non_compact_projection.hpp>
#include <lanes/transform/rational_quadratic.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/network/dense_net.hpp>

using namespace lanes;
using G = Lattice<4, 4>;
using Net = ConvNet<Channels<4>, Kernel<3>, Tanh>;
struct Turned : Scalar {  // one angle a site
  static constexpr double period = two_pi;
};
struct Clock : Scalar {  // a circle of another circumference
  static constexpr double period = 12;
};
struct Turn : Affine {  // a map of the circle of one's own
  static constexpr bool circular = true;
};
template <class L, class F>
constexpr bool positions = LayerOf<L, Setting<CpuContext<Single>, F, G>>::turns == 1;
template <class Transform, class Partition = Checkerboard, class Network = Net>
using Moves = Coupling<Partition, Transform, Network>;

#if defined(LANES_COMPILE_FAIL_CONTROL)
static_assert(positions<Moves<Affine>, Scalar> && positions<Moves<RationalQuadratic<4>>, Scalar>);
static_assert(positions<Moves<CircularSpline<4>>, Turned> && positions<Moves<Turn>, Turned>);
static_assert(positions<Moves<NonCompactProjection<2>>, Turned>);
static_assert(positions<Sublattice<2, Moves<Turn, Checkerboard, DenseNet<Channels<4>, Tanh>>>, Turned>);
static_assert(positions<Moves<Cubic, Refinement>, Scalar>);
#elif LANES_MISTAKE == 1
static_assert(positions<Moves<CircularSpline<4>>, Scalar>);
#elif LANES_MISTAKE == 2
static_assert(positions<Chain<Repeat<1, Moves<NonCompactProjection<2>>>>, Scalar>);
#elif LANES_MISTAKE == 3
static_assert(positions<Moves<Turn>, Scalar>);
#elif LANES_MISTAKE == 4
static_assert(positions<Moves<Affine>, Turned>);
#elif LANES_MISTAKE == 5
static_assert(positions<Repeat<1, Moves<Cubic>>, Turned>);
#elif LANES_MISTAKE == 6
static_assert(positions<Multiscale<1, Moves<RationalQuadratic<4>>>, Clock>);
#elif LANES_MISTAKE == 7
static_assert(positions<Moves<CircularSpline<4>>, Clock>);
#elif LANES_MISTAKE == 8
static_assert(positions<Coupling<Affine, Checkerboard, Net>, Scalar>);
#elif LANES_MISTAKE == 9
static_assert(positions<Coupling<Checkerboard, Net, Affine>, Scalar>);
#elif LANES_MISTAKE == 10
static_assert(positions<Coupling<Net, Affine, Checkerboard>, Scalar>);
#endif
