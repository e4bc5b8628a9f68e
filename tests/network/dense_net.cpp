// SPDX-License-Identifier: BSD-3-Clause
//
// DenseNet against plain loops in PyTorch's parameter order, its adjoint, its masks, its start
// values.
#include <lanes/network/dense_net.hpp>

#include "network/network_reference.hpp"

using namespace lanes;
using namespace lanes::reference;
using laws::deviation;

namespace {

template <class Net, class G, int In, int Out, class P = Double, class Inputs = AllSites<G>,
          class Outputs = AllSites<G>>
void check(std::vector<int> widths, bool bias, const Function& hidden, const Function& last) {
  using Bench = laws::NetworkWorkbench<P, Net, G, In, Out, Inputs, Outputs>;
  Bench bench(Seed{23}, 0.4);
  widths.insert(widths.begin(), Inputs::size * In);
  widths.push_back(Outputs::size * Out);
  for (int variant = 0; variant < std::max(Inputs::variants, Outputs::variants); ++variant) {
    CAPTURE(variant);
    const auto x = bench.inputs(variant);
    const auto y = bench.forward(variant, x);
    std::vector<double> want(y.size());
    for (int k = 0; k < Bench::lanes; ++k) {
      const auto field = lane_of<Bench>(x, k);
      std::vector<double> list;  // (channel, site of the list)
      for (int c = 0; c < In; ++c)
        for (int i = 0; i < Inputs::size; ++i)
          list.push_back(field[std::size_t(c * G::volume + Inputs::site(variant, i))]);
      const auto all = dense_net(widths, bias, hidden, last, bench.parameters, list);
      for (std::size_t row = 0; row < all.size(); ++row)
        want[row * std::size_t(Bench::lanes) + std::size_t(k)] = all[row];
    }
    CHECK(deviation(y, want) < P::agreement);
    if constexpr (std::is_same_v<P, Double>) check_adjoint(bench, variant);
  }
}

using G = Lattice<2, 4>;
using Board = Checkerboard::Masks<G>;
template <class Net>
using Bound = NetworkOf<Net, CpuContext<Double>, G, 1, 2, FrozenSites<Board>, ActiveSites<Board>>;

static_assert(Bound<DenseNet<Channels<10, 6>, Tanh>>::parameters ==
              4 * 10 + 10 + 10 * 6 + 6 + 6 * 8 + 8);
static_assert(Bound<DenseNet<Channels<>, Tanh, NoBias>>::parameters == 4 * 8);

}  // namespace

TEST_CASE("forward and adjoint") {
  check<DenseNet<Channels<10, 6>, Tanh>, G, 2, 3>({10, 6}, true, hyperbolic_tangent, identity);
  check<DenseNet<Channels<7>, LeakyRelu, Final<Tanh>, NoBias>, G, 1, 2>({7}, false, leaky_relu,
                                                                        hyperbolic_tangent);
  check<DenseNet<Channels<5>, Gelu, Final<Gelu>>, Lattice<3, 3>, 1, 1>({5}, true, gelu, gelu);
  check<DenseNet<Channels<>, Tanh>, Lattice<5>, 1, 2>({}, true, identity, identity);
  check<DenseNet<Channels<10, 6>, Relu>, G, 2, 3, Single>({10, 6}, true, relu, identity);
}
TEST_CASE("masks") {
  check<DenseNet<Channels<10>, Tanh>, G, 1, 2, Double, FrozenSites<Board>, ActiveSites<Board>>(
      {10}, true, hyperbolic_tangent, identity);
  check<DenseNet<Channels<10>, Tanh>, G, 1, 2, Single, FrozenSites<Board>, ActiveSites<Board>>(
      {10}, true, hyperbolic_tangent, identity);
}
TEST_CASE("start values") {
  for (bool random_last : {false, true}) {
    std::vector<double> p(std::size_t(Bound<DenseNet<Channels<10>, Tanh>>::parameters), -99.0);
    Initialiser random(Seed{4});
    if (random_last)
      Bound<DenseNet<Channels<10>, Tanh, RandomLast>>::initialise(random, p.data());
    else
      Bound<DenseNet<Channels<10>, Tanh>>::initialise(random, p.data());
    double first = 0, last = 0;
    for (std::size_t i = 0; i < p.size(); ++i)
      (i < 50 ? first : last) = std::max(i < 50 ? first : last, std::abs(p[i]));
    // The largest of n uniform numbers misses the bound by more than 20/n of it with probability
    // e^-20.
    CHECK(first <= 1 / std::sqrt(4.0));
    CHECK(first > (1 - 20 / 50.0) / std::sqrt(4.0));
    CHECK(last <= (random_last ? 1 / std::sqrt(10.0) : 0));
    if (random_last) CHECK(last > (1 - 20 / 88.0) / std::sqrt(10.0));
  }
}
