// SPDX-License-Identifier: BSD-3-Clause
//
// The laws of networks hold for each kind that the library ships, with all sites and between the
// two colours of a checkerboard; network_mistakes.cpp shows each broken. More of their adjoints are
// in network/.
#include <doctest/doctest.h>

#include <lanes/geometry/partition.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/network/dense_net.hpp>
#include <lanes/network/z2_net.hpp>
#include <lanes/testing/network_laws.hpp>
#include <lanes/transform/affine.hpp>

using namespace lanes;

namespace {

template <class Precision, class Policy, class G, int In, int Out, class Inputs = AllSites<G>,
          class Outputs = AllSites<G>, class Transform = void>
void keeps() {
  INFO(__PRETTY_FUNCTION__);
  const auto r =
      laws::check_network<Precision, Policy, G, In, Out, Inputs, Outputs, Transform>(Seed{23});
  CHECK_MESSAGE(r.passed(), to_string(r));
}
template <class P, class Policy, class G, class Transform = void>
void keeps_masked() {
  using Masks = Checkerboard::Masks<G>;
  keeps<P, Policy, G, 1, 2, FrozenSites<Masks>, ActiveSites<Masks>, Transform>();
}

}  // namespace

TEST_CASE("dense networks") {
  keeps<Double, DenseNet<Channels<7, 6>, LeakyRelu, Final<Tanh>, NoBias>, Lattice<2, 3>, 2, 2>();
  keeps_masked<Single, DenseNet<Channels<10>, Gelu>, Lattice<2, 4>>();
}
TEST_CASE("convolutions") {
  keeps<Double, ConvNet<Channels<8, 8>, Kernel<3>, Tanh>, Lattice<4, 8>, 1,
        2>();  // Winograd inside
  keeps_masked<Single, ConvNet<Channels<4>, Kernel<3>, LeakyRelu>, Lattice<4, 6>>();
}
TEST_CASE("an even and an odd part") {
  keeps_masked<Double, Z2ConvNet<Channels<4>, Kernel<3>>, Lattice<4, 4>, Affine>();
}
