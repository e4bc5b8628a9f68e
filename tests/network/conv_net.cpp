// SPDX-License-Identifier: BSD-3-Clause
//
// ConvNet against plain loops in PyTorch's parameter order, its adjoint against central
// differences, its masks, its start values and its number of parameters.
#include <lanes/network/conv_net.hpp>

#include "network/network_reference.hpp"

using namespace lanes;
using namespace lanes::reference;
using laws::deviation;

namespace {

template <class Net, class G, int In, int Out, class P = Double, class Inputs = AllSites<G>,
          class Outputs = AllSites<G>>
void check(const std::vector<Convolution>& layers, const Function& hidden, const Function& last) {
  using Bench = laws::NetworkWorkbench<P, Net, G, In, Out, Inputs, Outputs>;
  Bench bench(Seed{23}, 0.4);
  for (int variant = 0; variant < std::max(Inputs::variants, Outputs::variants); ++variant) {
    CAPTURE(variant);
    const auto x = bench.inputs(variant);
    const auto y = bench.forward(variant, x);  // reads no site outside Inputs: they hold NaN
    std::vector<double> want(y.size());
    for (int k = 0; k < Bench::lanes; ++k) {
      const auto all = conv_net<G>(layers, hidden, last, bench.parameters, lane_of<Bench>(x, k));
      for (int i = 0; i < Outputs::size; ++i)
        for (int o = 0; o < Out; ++o)
          want[std::size_t((o * Outputs::size + Outputs::slot(variant, i)) * Bench::lanes + k)] =
              all[std::size_t(o * G::volume + Outputs::site(variant, i))];
    }
    CHECK(deviation(y, want) < P::agreement);
    if constexpr (std::is_same_v<P, Double>) check_adjoint(bench, variant);
  }
}

template <class G>
using Frozen = FrozenSites<Checkerboard::Masks<G>>;
template <class G>
using Active = ActiveSites<Checkerboard::Masks<G>>;

}  // namespace

TEST_CASE("each activation, within and at the end") {
  using G = Lattice<3, 4>;
  const std::vector<Convolution> layers = {{2, 3, 3}, {3, 4, 3}, {4, 2, 3}};
  check<ConvNet<Channels<3, 4>, Kernel<3>, LeakyRelu, Final<Tanh>>, G, 2, 2>(layers, leaky_relu,
                                                                             hyperbolic_tangent);
  check<ConvNet<Channels<3, 4>, Kernel<3>, Tanh>, G, 2, 2>(layers, hyperbolic_tangent, identity);
  check<ConvNet<Channels<3, 4>, Kernel<3>, Relu, Final<LeakyRelu>>, G, 2, 2>(layers, relu,
                                                                             leaky_relu);
  check<ConvNet<Channels<3, 4>, Kernel<3>, Gelu, Final<Gelu>>, G, 2, 2>(layers, gelu, gelu);
  check<ConvNet<Channels<3, 4>, Kernel<3>, Identity, Final<Relu>>, G, 2, 2>(layers, identity, relu);
}
TEST_CASE("kernels, dilations, no bias, depth") {
  check<ConvNet<Channels<4>, Kernel<5>, Tanh>, Lattice<6, 5>, 1, 3>({{1, 4, 5}, {4, 3, 5}},
                                                                    hyperbolic_tangent, identity);
  check<ConvNet<Channels<3, 9>, Kernel<3>, Tanh, Dilation<1, 2, 3>>, Lattice<8, 6>, 1, 2>(
      {{1, 3, 3, 1}, {3, 9, 3, 2}, {9, 2, 3, 3}}, hyperbolic_tangent, identity);
  check<ConvNet<Channels<3>, Kernel<3>, Tanh, NoBias, RandomLast>, Lattice<3, 4>, 2, 2>(
      {{2, 3, 3, 1, false}, {3, 2, 3, 1, false}}, hyperbolic_tangent, identity);
  check<ConvNet<Channels<>, Kernel<3>, Tanh>, Lattice<3, 4>, 3, 2>({{3, 2, 3}}, identity, identity);
  check<ConvNet<Channels<8, 8>, Kernel<3>, Tanh>, Lattice<4, 8>, 1, 2>(
      {{1, 8, 3}, {8, 8, 3}, {8, 2, 3}}, hyperbolic_tangent, identity);  // Winograd inside
  check<ConvNet<Channels<8, 8>, Kernel<3>, Tanh>, Lattice<4, 8>, 1, 2, Single>(
      {{1, 8, 3}, {8, 8, 3}, {8, 2, 3}}, hyperbolic_tangent, identity);
}
TEST_CASE("one, three and four dimensions") {
  check<ConvNet<Channels<3>, Kernel<3>, Tanh>, Lattice<5>, 2, 2>({{2, 3, 3}, {3, 2, 3}},
                                                                 hyperbolic_tangent, identity);
  check<ConvNet<Channels<3>, Kernel<3>, Tanh, Dilation<2, 1>>, Lattice<3, 4, 5>, 1, 2>(
      {{1, 3, 3, 2}, {3, 2, 3, 1}}, hyperbolic_tangent, identity);
  check<ConvNet<Channels<2>, Kernel<3>, Tanh>, Lattice<3, 4, 3, 3>, 1, 2>(
      {{1, 2, 3}, {2, 2, 3}}, hyperbolic_tangent, identity);
}
TEST_CASE("masks: outputs depend on frozen sites only and are made at active sites only") {
  using G = Lattice<4, 6>;
  const std::vector<Convolution> layers = {{1, 4, 3}, {4, 2, 3}};
  check<ConvNet<Channels<4>, Kernel<3>, LeakyRelu>, G, 1, 2, Double, Frozen<G>, Active<G>>(
      layers, leaky_relu, identity);
  check<ConvNet<Channels<4>, Kernel<3>, LeakyRelu>, G, 1, 2, Single, Frozen<G>, Active<G>>(
      layers, leaky_relu, identity);
  check<ConvNet<Channels<>, Kernel<3>, LeakyRelu>, G, 1, 2, Double, Frozen<G>, Active<G>>(
      {{1, 2, 3}}, leaky_relu, identity);
}

namespace {

template <class Net>
std::vector<double> start(Seed seed = Seed{4}) {
  using Network = NetworkOf<Net, CpuContext<Double>, Lattice<4, 4>, 1, 2, AllSites<Lattice<4, 4>>,
                            AllSites<Lattice<4, 4>>>;
  std::vector<double> p(std::size_t(Network::parameters), -99.0);
  Initialiser random(seed);
  Network::initialise(random, p.data());
  return p;
}

// Numbers [from, to) are uniform in (-bound, bound): none outside, mean and mean square within five
// sigma.
bool uniform_within(const std::vector<double>& p, std::size_t from, std::size_t to, double bound) {
  const double n = double(to - from);
  double mean = 0, square = 0;
  for (std::size_t i = from; i < to; ++i) {
    if (!(std::abs(p[i]) <= bound)) return false;
    mean += p[i] / bound / n;
    square += p[i] * p[i] / (bound * bound) / n;
  }
  return std::abs(mean) < 5 / std::sqrt(3 * n) &&
         std::abs(square - 1.0 / 3) < 5 * std::sqrt(4.0 / 45 / n);
}

template <class Net, int In = 1, int Out = 2, class G = Lattice<8, 8>>
constexpr int count =
    NetworkOf<Net, CpuContext<Double>, G, In, Out, FrozenSites<Checkerboard::Masks<G>>,
              ActiveSites<Checkerboard::Masks<G>>>::parameters;

// Numbers of parameters: those of 1904.12072 (phi^4) and 2308.13294 (Schwinger model) among them.
static_assert(count<ConvNet<Channels<16, 16, 16>, Kernel<3>, LeakyRelu, Final<Tanh>>> ==
              160 + 2 * 2320 + 290);
static_assert(
    48 * count<ConvNet<Channels<64, 64>, Kernel<3>, LeakyRelu, Dilation<1, 2, 3>>, 6, 25> ==
    2633904);
static_assert(count<ConvNet<Channels<4>, Kernel<3>, Tanh, NoBias>> == 36 + 72);
static_assert(count<ConvNet<Channels<>, Kernel<5>, Tanh>> == 52);
static_assert(count<ConvNet<Channels<4>, Kernel<3>, Tanh>, 1, 2, Lattice<4, 4, 4>> == 112 + 218);

}  // namespace

TEST_CASE("start values: PyTorch's default, the last layer zero unless RandomLast") {
  // 1 -> 20 -> 30 -> 2, 3 x 3: bounds 1/sqrt(fan in), weights and biases alike
  constexpr std::size_t first = 20 * 9 + 20, second = first + 30 * 20 * 9 + 30,
                        third = second + 2 * 30 * 9 + 2;
  const auto p = start<ConvNet<Channels<20, 30>, Kernel<3>, Tanh>>();
  REQUIRE(p.size() == third);
  CHECK(uniform_within(p, 0, first, 1 / std::sqrt(9.0)));
  CHECK(uniform_within(p, first, second, 1 / std::sqrt(20 * 9.0)));
  for (std::size_t i = second; i < third; ++i) REQUIRE(p[i] == 0);
  const auto r = start<ConvNet<Channels<20, 30>, Kernel<3>, Tanh, RandomLast>>();
  CHECK(uniform_within(r, 0, first, 1 / std::sqrt(9.0)));
  CHECK(uniform_within(r, second, third, 1 / std::sqrt(30 * 9.0)));
  CHECK(start<ConvNet<Channels<20, 30>, Kernel<3>, Tanh>>(Seed{5}) != p);
  CHECK(start<ConvNet<Channels<20, 30>, Kernel<3>, Tanh>>() == p);
  // The test would notice a wrong fan in.
  CHECK(!uniform_within(p, first, second, 1 / std::sqrt(30 * 9.0)));
  CHECK(!uniform_within(p, 0, first, 1 / std::sqrt(4.0)));
}
