// SPDX-License-Identifier: BSD-3-Clause
//
// The contractions that NarrowConvolution is checked on, one test program per precision, and the
// choice between it and DirectConvolution.
#pragma once

#include <type_traits>

#include <lanes/backend/cpu/narrow_convolution.hpp>

#include "backend/convolution_reference.hpp"

using namespace lanes;

namespace {

using reference::Active, reference::All, reference::Frozen;

template <class G>
using Coarse = FrozenSites<Refinement::Masks<G>>;

template <class S>
constexpr bool chosen =
    std::is_same_v<CpuContext<Double>::Convolution<S>, cpu::NarrowConvolution<S, double>>;
template <int In, int Out>
using Dense = Stencil<Lattice<8, 8>, In, Out, 3, 1, true, All<Lattice<8, 8>>, All<Lattice<8, 8>>>;
static_assert(chosen<Dense<1, 16>> && chosen<Dense<16, 2>> && chosen<Dense<2, 4>>);
static_assert(!chosen<Dense<3, 16>> && !chosen<Dense<16, 3>> && !chosen<Dense<1, 2>>);

template <class P, class G, int In, int Out, int Kernel = 3, int Dilation = 1, bool Bias = true,
          class I = All<G>, class O = All<G>>
void narrow() {
  reference::agrees<P, Stencil<G, In, Out, Kernel, Dilation, Bias, I, O>, cpu::NarrowConvolution>();
}

// Runs of 16 sites and shorter ones, one and two narrow channels, either end.
template <class P>
void channels() {
  using G = Lattice<6, 10>;
  narrow<P, G, 1, 16>();
  narrow<P, G, 2, 33>();
  narrow<P, G, 5, 1, 3, 1, false>();
  narrow<P, G, 12, 2>();
}
template <class P>
void kernels_and_dimensions() {
  narrow<P, Lattice<6, 10>, 2, 6, 5>();
  narrow<P, Lattice<4, 4>, 9, 1, 1>();
  narrow<P, Lattice<4, 4>, 4, 2, 3, 2>();  // taps meet on the other side
  narrow<P, Lattice<7>, 2, 9, 3, 2>();
  narrow<P, Lattice<3, 4, 3, 3>, 1, 4>();
}
template <class P>
void masks() {
  using G = Lattice<6, 10>;
  narrow<P, G, 1, 16, 3, 1, true, Frozen<G>>();
  narrow<P, G, 16, 2, 3, 1, true, All<G>, Active<G>>();
  narrow<P, G, 4, 2, 5, 1, false, Frozen<G>, Active<G>>();
  narrow<P, G, 2, 5, 3, 1, true, Frozen<G>, Active<G>>();
  narrow<P, G, 1, 8, 3, 1, true, Coarse<G>>();
  narrow<P, Lattice<4, 2, 4>, 2, 4, 1, 1, true, Frozen<Lattice<4, 2, 4>>,
         Active<Lattice<4, 2, 4>>>();  // nothing visible
}

}  // namespace
