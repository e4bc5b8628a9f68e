// SPDX-License-Identifier: BSD-3-Clause
//
// The contractions that DirectConvolution is checked on; one test program per precision.
#pragma once

#include <lanes/backend/cpu/direct_convolution.hpp>

#include "backend/convolution_reference.hpp"

namespace {

using namespace lanes;
using reference::agrees;
using reference::Active, reference::All, reference::Frozen;

template <class P, class G, int In, int Out, int Kernel, int Dilation = 1, bool Bias = true,
          class I = All<G>, class O = All<G>>
void direct() {
  agrees<P, Stencil<G, In, Out, Kernel, Dilation, Bias, I, O>, cpu::DirectConvolution>();
}

template <class P>
void channels() {
  using G = Lattice<6, 10>;
  direct<P, G, 1, 16, 3>();
  direct<P, G, 16, 16, 3>();
  direct<P, G, 8, 8, 3, 1, false>();
  direct<P, G, 12, 5, 3>();
  direct<P, Lattice<4, 4>, 40, 33, 3>();
  direct<P, Lattice<4, 6>, 3, 25, 3>();
}
template <class P>
void kernels_and_dilations() {
  direct<P, Lattice<4, 4>, 5, 9, 1>();
  direct<P, Lattice<6, 10>, 4, 6, 5>();
  direct<P, Lattice<6, 10>, 9, 4, 3, 2>();
  direct<P, Lattice<12, 4>, 4, 9, 3, 3>();
  direct<P, Lattice<4, 4>, 3, 3, 3, 2>();  // taps meet on the other side
  direct<P, Lattice<4, 4>, 2, 3, 3, 5>();
}
template <class P>
void dimensions() {
  direct<P, Lattice<16>, 12, 5, 5>();
  direct<P, Lattice<7>, 2, 9, 3, 2>();
  direct<P, Lattice<4, 6, 4>, 6, 7, 3>();
  direct<P, Lattice<2, 4, 2, 3>, 2, 3, 1>();
  direct<P, Lattice<3, 4, 3, 3>, 1, 3, 3>();
}
template <class P>
void masks() {
  using G = Lattice<6, 10>;
  direct<P, G, 1, 16, 3, 1, true, Frozen<G>>();
  direct<P, G, 16, 2, 3, 1, true, All<G>, Active<G>>();
  direct<P, Lattice<8, 8>, 9, 25, 3, 3, true, All<Lattice<8, 8>>, Active<Lattice<8, 8>>>();
  direct<P, G, 1, 2, 3, 1, true, Frozen<G>, Active<G>>();
  direct<P, G, 3, 2, 5, 1, false, Frozen<G>, Active<G>>();
  direct<P, Lattice<4, 2, 4>, 2, 3, 1, 1, true, Frozen<Lattice<4, 2, 4>>,
         Active<Lattice<4, 2, 4>>>();  // nothing visible
}

}  // namespace
