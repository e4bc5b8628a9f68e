// SPDX-License-Identifier: BSD-3-Clause
// mistake 1: lanes: Rescaling stretches the line: a periodic Field, as U1, has a circle that it would wind over itself.
// mistake 2: lanes: Rescaling stretches the line: a periodic Field, as U1, has a circle that it would wind over itself.
// mistake 3: lanes: Rescaling stretches the line: a periodic Field, as U1, has a circle that it would wind over itself.
// mistake 4: lanes: FreeFieldBase is a scalar field's: one real number per site.
// mistake 5: lanes: FreeFieldBase is a scalar field's: one real number per site.
// mistake 6: lanes: LongWaves are a scalar field's: one real number per site.
// mistake 7: lanes: LongWaves are a scalar field's: one real number per site.
// mistake 8: lanes: a Sublattice takes sites, so its Field has one number per site.
// mistake 9: lanes: Multiscale takes sites, so its Field has one number per site.
// mistake 10: lanes: a Chain is made of layers, such as Coupling, Repeat or Rescaling; a network or a transform is part of a Coupling.
// mistake 11: lanes: Repeat<N, Layer> repeats a layer, such as a Coupling; a network or a transform is part of a Coupling.
#include <lanes/backend/cpu.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/field/u1.hpp>
#include <lanes/transform/affine.hpp>
#include <lanes/layer/free_field_base.hpp>
#include <lanes/layer/long_waves.hpp>
#include <lanes/layer/multiscale.hpp>
#include <lanes/layer/rescaling.hpp>
#include <lanes/network/conv_net.hpp>

using namespace lanes;
struct Turned : Scalar {  // one angle a site
  static constexpr double period = two_pi;
};
struct Doublet : Scalar {
  template <class Geometry>
  static constexpr int components = 2;
  template <class Geometry>
  static constexpr int rows = 2 * Geometry::volume;
};
template <class Layer, class Field>
constexpr int parameters = LayerOf<Layer, Setting<CpuContext<Single>, Field, Lattice<4, 4>>>::parameters;

#if defined(LANES_COMPILE_FAIL_CONTROL)
static_assert(parameters<Chain<Rescaling, FreeFieldBase>, Scalar> == 3);
static_assert(parameters<Rescaling, Doublet> == 1);
static_assert(parameters<Multiscale<2, Rescaling, Rescaling, LongWaves>, Scalar> == 2);
static_assert(parameters<Multiscale<2, Rescaling>, Scalar> == 2);
#elif LANES_MISTAKE == 1
static_assert(parameters<Rescaling, U1> == 1);
#elif LANES_MISTAKE == 2
static_assert(parameters<Chain<Repeat<2, Rescaling>>, U1> == 2);
#elif LANES_MISTAKE == 3
static_assert(parameters<Multiscale<2, Rescaling>, Turned> == 2);
#elif LANES_MISTAKE == 4
static_assert(parameters<FreeFieldBase, Turned> == 2);
#elif LANES_MISTAKE == 5
static_assert(parameters<Chain<FreeFieldBase>, Doublet> == 2);
#elif LANES_MISTAKE == 6
static_assert(parameters<LongWaves<2, Rescaling>, Turned> == 1);
#elif LANES_MISTAKE == 7
static_assert(parameters<LongWaves<2, Rescaling>, Doublet> == 1);
#elif LANES_MISTAKE == 8
static_assert(parameters<Sublattice<2, Rescaling>, U1> == 1);
#elif LANES_MISTAKE == 9
static_assert(parameters<Multiscale<2, Rescaling>, Doublet> == 2);
#elif LANES_MISTAKE == 10
static_assert(parameters<Chain<Rescaling, Affine>, Scalar> == 1);
#elif LANES_MISTAKE == 11
static_assert(parameters<Repeat<2, ConvNet<Channels<4>, Kernel<3>, Tanh>>, Scalar> == 1);
#endif
