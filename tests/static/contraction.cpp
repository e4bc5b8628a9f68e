// SPDX-License-Identifier: BSD-3-Clause
#include <type_traits>

#include <lanes/backend/contractions.hpp>
#include <lanes/backend/cpu.hpp>
#include <lanes/backend/serial.hpp>
#include <lanes/contraction/contraction.hpp>
#include <lanes/contraction/masked_shape.hpp>
#include <lanes/contraction/stencil.hpp>
#include <lanes/core/bfloat16.hpp>
#include <lanes/core/precision.hpp>
#include <lanes/geometry/partition.hpp>

#include "archetypes.hpp"

namespace {

using namespace archetypes;
using lanes::Rows;
using Context = lanes::SerialContext<lanes::Double>;

struct Parameters { static constexpr int parameters = 1; };
struct Weights { static constexpr int weights = 1; };
struct Gradients { static constexpr int gradients = 1; };
struct Pack { static void pack(const double*, double*) {} };
struct Unpack { static void unpack(const double*, double*) {} };
struct Forward {
  template <class C, class Store>
  static void forward(C&, const double*, int, Rows<double>, const Store&) {}
};
struct InputAdjoint {
  template <class C, class Store>
  static void input_adjoint(C&, const double*, int, Rows<double>, const Store&) {}
};
struct WeightAdjoint {
  template <class C>
  static void weight_adjoint(C&, double*, int, Rows<double>, Rows<double>) {}
};
LANES_CHECK(IsConvolution, lanes::ConvolutionOf<M, Context>);
static_assert(needs_each<IsConvolution, Parameters, Weights, Gradients, Pack, Unpack, Forward,
                         InputAdjoint, WeightAdjoint>());
struct Joint {
  template <class C, class Store>
  static void adjoint(C&, const double*, double*, int, Rows<double>, Rows<double>, const Store&) {}
};
static_assert(needs_each<IsConvolution, Parameters, Weights, Gradients, Pack, Unpack, Forward,
                         InputAdjoint, Joint>());

struct Rectangle {
  template <class C>
  static void rectangle(C&, const double*, int, Rows<double>, Rows<double>) {}
};
struct HasTriangle {
  struct Triangle { const double* weight; int in_step, out_step; };
  static Triangle triangle(const double* w, int) { return {w, 1, 1}; }
};
struct MaskedInput {
  template <class C>
  static void input_adjoint(C&, const double*, Rows<double>, Rows<double>) {}
};
struct MaskedWeight {
  template <class C>
  static void weight_adjoint(C&, double*, Rows<double>, Rows<double>) {}
};
struct RowSums {
  template <class C>
  static void row_sums(C&, double*, Rows<double>, int) {}
};
LANES_CHECK(IsMasked, lanes::MaskedProductOf<M, Context>);
static_assert(needs_each<IsMasked, Parameters, Weights, Gradients, Pack, Unpack, Rectangle, HasTriangle,
                         MaskedInput, MaskedWeight, RowSums>());

// What the library brings: each kind of convolution of Cpu, the plain loops, rounded ones.
using G = lanes::Lattice<8, 8>;
using All = lanes::AllSites<G>;
template <int In, int Out, int Kernel>
using Over = lanes::Stencil<G, In, Out, Kernel, 1, true, All, All>;
struct Shape { static constexpr lanes::MaskedShape value = {.positions = 20}; };
template <class C>
constexpr bool contracts =
    lanes::ConvolutionOf<lanes::ConvolutionFor<C, Over<1, 8, 3>>, C> &&
    lanes::ConvolutionOf<lanes::ConvolutionFor<C, Over<16, 16, 3>>, C> &&
    lanes::ConvolutionOf<lanes::ConvolutionFor<C, Over<8, 1, 1>>, C> &&
    lanes::MaskedProductOf<lanes::MaskedFor<C, Shape, 2>, C>;
static_assert(contracts<Context> && contracts<lanes::CpuContext<lanes::Double>>);
static_assert(contracts<lanes::SerialContext<lanes::Mixed<lanes::bfloat16>>>);
static_assert(contracts<lanes::CpuContext<lanes::Mixed<lanes::bfloat16>>>);
static_assert(!lanes::ConvolutionOf<lanes::MaskedFor<Context, Shape, 2>, Context> &&
              !lanes::MaskedProductOf<lanes::ConvolutionFor<Context, Over<1, 8, 3>>, Context>);

// Who gets plain loops: who brings nothing; and who can run them.
template <class C>
constexpr bool plain = std::is_same_v<lanes::ConvolutionFor<C, Over<1, 8, 3>>,
                                      lanes::SerialConvolution<Over<1, 8, 3>, double>>;
static_assert(plain<Context> && !plain<lanes::CpuContext<lanes::Double>>);
struct NoCursor { using Real = double; };
static_assert(lanes::OneCursor<Context> && lanes::OneCursor<lanes::CpuContext<lanes::Single>> &&
              !lanes::OneCursor<NoCursor>);

}  // namespace
