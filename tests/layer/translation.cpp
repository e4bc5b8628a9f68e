// SPDX-License-Identifier: BSD-3-Clause
//
// A checkerboard flow of convolutions commutes with the translations that keep the parity of sites;
// not with the others, and not with dense networks.
#include <doctest/doctest.h>

#include <lanes/field/scalar.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/layer/coupling.hpp>
#include <lanes/layer/rescaling.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/network/dense_net.hpp>
#include <lanes/testing/laws.hpp>

using namespace lanes;

namespace {

template <class Network, int N = 3>
using Flow = Chain<Repeat<N, Coupling<Checkerboard, Affine, Network>>, Rescaling>;

struct Deviation {
  double field, log_q;
};

// max |f(T z) - T f(z)| and |ln q(T x) - ln q(x)|, T: x -> x + sum_mu steps[mu] mu.
template <class P, class G, class F>
Deviation deviation(std::vector<int> steps) {
  using Bench = laws::Workbench<P, Scalar, G, F>;
  Bench bench(Seed{5}, 0.3);
  auto translated = [&](const std::vector<double>& x) {
    auto y = x;
    for (int site = 0; site < G::volume; ++site) {
      int to = site;
      for (int mu = 0; mu < G::dimension; ++mu) to = G::shifted(to, mu, steps[std::size_t(mu)]);
      for (int k = 0; k < Bench::lanes; ++k)
        y[std::size_t(to * Bench::lanes + k)] = x[std::size_t(site * Bench::lanes + k)];
    }
    return y;
  };
  const auto z = bench.base();
  const auto x = bench.from_base(z), y = bench.from_base(translated(z));
  const auto q = bench.density(x.field), q_translated = bench.density(translated(x.field));
  return {laws::relative_deviation(y.field, translated(x.field)),
          std::max(laws::relative_deviation(y.log_q, x.log_q),
                   laws::relative_deviation(q_translated.log_q, q.log_q))};
}

template <class P, class G, class F>
void commutes(const std::vector<int>& steps) {
  const auto d = deviation<P, G, F>(steps);
  CHECK(d.field < P::agreement);
  CHECK(d.log_q < P::agreement);
}

using Small = ConvNet<Channels<4>, Kernel<3>, LeakyRelu, Final<Tanh>>;

}  // namespace

TEST_CASE("translations by two sites, and by one in two directions") {
  using G = Lattice<4, 6>;
  for (const auto& steps : {std::vector{2, 0}, {0, 2}, {0, 4}, {1, 1}, {3, -1}}) {
    commutes<Double, G, Flow<Small>>(steps);
    commutes<Single, G, Flow<Small>>(steps);
  }
  commutes<Double, Lattice<8>, Flow<Small>>({2});
  commutes<Double, Lattice<4, 4, 4>, Flow<Small>>({1, 2, 1});
}
TEST_CASE("other networks") {
  commutes<Double, Lattice<8, 6>,
           Flow<ConvNet<Channels<3, 3>, Kernel<3>, Tanh, Final<Tanh>, Dilation<1, 2, 3>>, 2>>(
      {1, 3});
  commutes<Double, Lattice<8, 6>, Flow<ConvNet<Channels<8, 8>, Kernel<3>, Tanh, Final<Tanh>>, 2>>(
      {1, 3});  // Winograd inside
}
TEST_CASE("what does not commute is noticed") {
  using G = Lattice<4, 6>;
  CHECK(deviation<Double, G, Flow<Small>>({1, 0}).field > Single::agreement);
  CHECK(deviation<Double, G, Flow<DenseNet<Channels<6>, Tanh>>>({2, 0}).field > Single::agreement);
}
