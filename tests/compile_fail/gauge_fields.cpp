// SPDX-License-Identifier: BSD-3-Clause
// mistake 1: lanes: GaugeCoupling moves links: its Field is U1; a scalar field takes a Coupling.
// mistake 2: lanes: GaugeCoupling moves links: its Field is U1; a scalar field takes a Coupling.
// mistake 3: lanes: GaugeCoupling moves the links of a two-dimensional Lattice.
// mistake 4: lanes: GaugeHierarchy sets loops of links: its Field is U1.
// mistake 5: lanes: GaugeHierarchy sets loops of links: its Field is U1.
// mistake 6: lanes: GaugeHierarchy cuts the rectangles of a two-dimensional Lattice.
// mistake 7: lanes: GaugeCoupling<Masks, Loops, Transform, Network>: the second are the loops that the network sees, such as Plaquettes; see lanes/layer/gauge_loops.hpp.
// mistake 8: lanes: GaugeHierarchy needs a Transform of the circle: CircularSpline or NonCompactProjection.
#include <lanes/backend/cpu.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/field/u1.hpp>
#include <lanes/transform/circular_spline.hpp>
#include <lanes/layer/gauge_coupling.hpp>
#include <lanes/layer/gauge_hierarchy.hpp>
#include <lanes/network/conv_net.hpp>

using namespace lanes;
using Net = ConvNet<Channels<4>, Kernel<1>, Tanh>;
using Turn = CircularSpline<3>;
using Cycles = GaugeCoupling<StripeMasks, Plaquettes, Turn, Net>;
using Hierarchy = GaugeHierarchy<Turn, Net>;
struct Turned : Scalar {  // one angle a site
  static constexpr double period = two_pi;
};
struct TwoAngles : U1 {  // as many as links, but on sites
  static constexpr bool links = false;
};
struct Links : U1 {};  // a field of one's own
template <class L, class F, class G = Lattice<4, 4>>
constexpr int positions = LayerOf<L, Setting<CpuContext<Single>, F, G>>::turns;

#if defined(LANES_COMPILE_FAIL_CONTROL)
static_assert(positions<Cycles, U1> == 1 && positions<Cycles, Links> == 1);
static_assert(positions<Hierarchy, U1> == positions<Hierarchy, Links>);
#elif LANES_MISTAKE == 1
static_assert(positions<Cycles, Turned> == 1);
#elif LANES_MISTAKE == 2
static_assert(positions<Cycles, TwoAngles> == 1);
#elif LANES_MISTAKE == 3
static_assert(positions<Cycles, U1, Lattice<4, 4, 4>> == 1);
#elif LANES_MISTAKE == 4
static_assert(positions<Hierarchy, Turned> == 1);
#elif LANES_MISTAKE == 5
static_assert(positions<Hierarchy, TwoAngles> == 1);
#elif LANES_MISTAKE == 6
static_assert(positions<Hierarchy, U1, Lattice<4>> == 1);
#elif LANES_MISTAKE == 7
static_assert(positions<GaugeCoupling<StripeMasks, Turn, Plaquettes, Net>, U1> == 1);
#elif LANES_MISTAKE == 8
static_assert(positions<GaugeHierarchy<Net, Turn>, U1> == 1);
#endif
