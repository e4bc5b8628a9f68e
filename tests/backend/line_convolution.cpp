// SPDX-License-Identifier: BSD-3-Clause
//
// LineConvolution against plain loops, and where it is chosen.
// width: depends
#include <type_traits>

#include <lanes/backend/cpu/line_convolution.hpp>
#include <lanes/geometry/gauge_masks.hpp>

#include "backend/convolution_reference.hpp"

using namespace lanes;
using reference::agrees;

namespace {

template <class Masks, class G, int In, int Out, int Dilation = 1, bool Bias = true, int Kernel = 3>
using ToLines = Stencil<G, In, Out, Kernel, Dilation, Bias, AllSites<G>,
                        ActiveSites<typename Masks::template Masks<G>>>;

template <class S>
constexpr bool chosen =
    std::is_same_v<CpuContext<Double>::Convolution<S>, cpu::LineConvolution<S, double>>;

static_assert(chosen<ToLines<StripeMasks, Lattice<8, 8>, 32, 25>>);
static_assert(chosen<ToLines<SweepMasks, Lattice<4, 12>, 8, 8, 3>>);
static_assert(!chosen<ToLines<StripeMasks, Lattice<8, 8>, 4, 25>>);      // too few channels to pay
static_assert(!chosen<ToLines<StripeMasks, Lattice<8, 8>, 16, 25, 2>>);  // two lines see a site
static_assert(!chosen<ToLines<StripeMasks, Lattice<8, 8>, 16, 25, 1, true, 5>>);
static_assert(!chosen<ToLines<SchwingerMasks, Lattice<8, 8>, 16, 25>>);  // no lines
static_assert(!chosen<ToLines<Checkerboard, Lattice<8, 8>, 16, 25>>);
static_assert(!chosen<Stencil<Lattice<8, 8>, 16, 25, 3, 1, true,
                              FrozenSites<StripeMasks::Masks<Lattice<8, 8>>>,
                              ActiveSites<StripeMasks::Masks<Lattice<8, 8>>>>>);  // hidden inputs

}  // namespace

TEST_CASE_TEMPLATE("lines of both directions", P, Single, Double) {
  agrees<P, ToLines<StripeMasks, Lattice<8, 8>, 16, 25>, cpu::LineConvolution>();
  agrees<P, ToLines<StripeMasks, Lattice<16, 4>, 32, 25>, cpu::LineConvolution>();
  agrees<P, ToLines<SweepMasks, Lattice<4, 12>, 9, 14>, cpu::LineConvolution>();
  agrees<P, ToLines<StripeMasks, Lattice<4, 4>, 40, 33, 1, false>, cpu::LineConvolution>();
}
TEST_CASE("dilations") {
  agrees<Double, ToLines<StripeMasks, Lattice<8, 8>, 8, 8, 3>, cpu::LineConvolution>();
  agrees<Double, ToLines<SweepMasks, Lattice<12, 12>, 16, 25, 3>, cpu::LineConvolution>();
  agrees<Double, ToLines<StripeMasks, Lattice<4, 20>, 8, 9, 5>, cpu::LineConvolution>();
}
