// SPDX-License-Identifier: BSD-3-Clause
//
// WinogradConvolution against plain loops, and the choice between it and DirectConvolution.
// width: depends
#include <type_traits>

#include <lanes/backend/cpu/winograd_convolution.hpp>

#include "backend/convolution_reference.hpp"

using namespace lanes;
using reference::agrees;

namespace {

template <class G, int In, int Out, int Kernel = 3, int Dilation = 1, bool Bias = true,
          class O = AllSites<G>>
using Dense = Stencil<G, In, Out, Kernel, Dilation, Bias, AllSites<G>, O>;

template <class S>
constexpr bool chosen =
    std::is_same_v<CpuContext<Double>::Convolution<S>, cpu::WinogradConvolution<S, double>>;

// Where it applies, and where it does not.
static_assert(chosen<Dense<Lattice<8, 8>, 16, 16>> && chosen<Dense<Lattice<6, 10>, 8, 8>>);
static_assert(chosen<Dense<Lattice<6, 6>, 8, 8, 3, 3>>);    // cycles of two
static_assert(chosen<Dense<Lattice<6, 6>, 16, 16, 3, 2>>);  // cycles of three
static_assert(!chosen<Dense<Lattice<8, 8>, 1, 16>>);        // too few channels to pay
static_assert(!chosen<Dense<Lattice<8, 8>, 16, 16, 5>>);    // kernel
static_assert(!chosen<Dense<Lattice<5, 8>, 16, 16>>);       // no patches fit
static_assert(!chosen<Dense<Lattice<4, 4, 4>, 16, 16>>);    // dimension
static_assert(!chosen<Dense<Lattice<8, 8>, 16, 16, 3, 1, true,
                            ActiveSites<Checkerboard::Masks<Lattice<8, 8>>>>>);  // masked
static_assert(cpu::winograd_patch(8, 1) == 4 && cpu::winograd_patch(10, 1) == 2 &&
              cpu::winograd_patch(9, 1) == 3 && cpu::winograd_patch(7, 1) == 0);
static_assert(cpu::winograd_patch(12, 3) == 4 && cpu::winograd_patch(12, 2) == 3 &&
              cpu::winograd_patch(6, 3) == 2 && cpu::winograd_patch(8, 2) == 4);

}  // namespace

TEST_CASE_TEMPLATE("patches of 2, 3 and 4 sites each way", P, Single, Double) {
  agrees<P, Dense<Lattice<2, 10>, 8, 8>, cpu::WinogradConvolution>();
  agrees<P, Dense<Lattice<10, 6>, 8, 8>, cpu::WinogradConvolution>();
  agrees<P, Dense<Lattice<9, 3>, 16, 16>, cpu::WinogradConvolution>();
  agrees<P, Dense<Lattice<6, 8>, 16, 16>, cpu::WinogradConvolution>();
  agrees<P, Dense<Lattice<12, 2>, 9, 8>, cpu::WinogradConvolution>();
  agrees<P, Dense<Lattice<4, 4>, 16, 16>, cpu::WinogradConvolution>();
  agrees<P, Dense<Lattice<12, 4>, 8, 16, 3, 1, false>, cpu::WinogradConvolution>();
}
TEST_CASE("channels that are no multiple of a block") {
  agrees<Double, Dense<Lattice<8, 8>, 12, 25>, cpu::WinogradConvolution>();
  agrees<Double, Dense<Lattice<8, 8>, 14, 14>, cpu::WinogradConvolution>();
  agrees<Double, Dense<Lattice<4, 4>, 40, 33>, cpu::WinogradConvolution>();
  agrees<Single, Dense<Lattice<4, 4>, 40, 33>, cpu::WinogradConvolution>();
}
TEST_CASE("dilations") {
  agrees<Double, Dense<Lattice<8, 4>, 8, 8, 3, 2>, cpu::WinogradConvolution>();
  agrees<Double, Dense<Lattice<6, 12>, 8, 8, 3, 2>, cpu::WinogradConvolution>();
  agrees<Double, Dense<Lattice<6, 12>, 8, 8, 3, 3>, cpu::WinogradConvolution>();
  agrees<Single, Dense<Lattice<8, 8>, 8, 8, 3, 3>,
         cpu::WinogradConvolution>();  // one cycle through the whole direction
}
