// SPDX-License-Identifier: BSD-3-Clause
//
// The path gradient of a perfect sampler vanishes on every sample; the other estimators' only on
// average.
#include <lanes/estimator/path_gradient.hpp>
#include <lanes/estimator/reinforce.hpp>
#include <lanes/estimator/reparameterization.hpp>

#include "estimator/estimator_bench.hpp"

using namespace lanes;
using namespace lanes::testing;

namespace {

// S = w/2 sum phi^2: the Gaussian that a rescaling by exp(a), a = -ln(w)/2, makes of the base
// density.
struct Gaussian : LocalTheory<Gaussian, Scalar, SmallLattice> {
  double w = 1;
  template <class T, class Site>
  T density(const Site& phi) const {
    return T(0.5 * w) * square(phi.here());
  }
};

// S = -ln q of the sampler itself, whatever its parameters.
struct Itself {
  using Field = Scalar;
  using Geometry = SmallLattice;
  using Model = SmallSampler::Model;
  const double* weights;
  template <class Context>
  Share<double> share(Context& context) const {
    return {weights, nullptr, context.template rows<double>(Model::tape_rows)};
  }
  template <class Context>
  void action(Context& context, Rows<double> x, Rows<double> into) const {
    typename Context::Scope scope(context);
    const auto q = context.template rows<double>(1),
               y = context.template rows<double>(Model::field_rows);
    copy(context, x, y, Model::field_rows);
    Model::density(context, share(context), y, q);
    context.for_each(1, lanes::ScaledSum<double>{into, q, into, 1});
    context.for_each(1, lanes::ScaledSum<double>{q, q, q, -1});
    context.for_each(1, lanes::ScaledSum<double>{into, q, into, 1});  // into - q
  }
  template <class Context>
  void force(Context& context, Rows<double> x, Rows<double> dx) const {
    typename Context::Scope scope(context);
    const auto q = context.template rows<double>(1),
               y = context.template rows<double>(Model::field_rows);
    const auto weight = context.template rows<double>(1);
    const Share<double> all = share(context);
    copy(context, x, y, Model::field_rows);
    Model::density(context, all, y, q);
    fill(context, weight, 1, -1.0);
    Model::score(context, all, weight, y, dx);
  }
};
static_assert(DifferentiableTheory<Itself, CpuContext<Double>>);

// One sample of 32 lanes a step, over several steps. The gradient's natural size is that of its two
// parts, the force and the score, which reparameterization shows.
template <class Sampler, class Theory>
void check_vanishes(Sampler& sampler, const Theory& theory) {
  for (long step = 0; step < 5; ++step) {
    const double size = largest(gradient<Reparameterization>(sampler, theory, 32, step));
    REQUIRE(size > 1e-3);  // the test means something: far above the tolerance
    CHECK(largest(gradient<PathGradient>(sampler, theory, 32, step)) <
          Double::agreement * std::max(1.0, size));
  }
}

}  // namespace

TEST_CASE("q = p = base density: identity flow") {
  using Flow = Repeat<2, Coupling<Checkerboard, Affine, ConvNet<Channels<4>, Kernel<3>, Tanh>>>;
  Sampler<Scalar, SmallLattice, Flow, Double> sampler(Seed{3});
  check_vanishes(sampler, Gaussian{});
  CHECK(largest(gradient<Reinforce>(sampler, Gaussian{}, 32, 0)) <
        Double::agreement);  // constant s: no signal either
}

TEST_CASE("q = p: a rescaling, and any other width of the Gaussian is noticed") {
  using Flow =
      Chain<Coupling<Checkerboard, Affine, ConvNet<Channels<4>, Kernel<3>, Tanh>>, Rescaling>;
  Sampler<Scalar, SmallLattice, Flow, Double> sampler(Seed{3});
  std::vector<double> p(sampler.parameters().begin(), sampler.parameters().end());
  p.back() = -0.5 * std::log(2.7);
  sampler.set_parameters(p);
  check_vanishes(sampler, Gaussian{{}, 2.7});
  CHECK(largest(gradient<PathGradient>(sampler, Gaussian{{}, 2.8}, 32, 0)) > Double::gradient);
}

TEST_CASE("q = p at generic parameters: the sampler's own density as the theory") {
  auto sampler = generic_sampler();
  check_vanishes(sampler, Itself{sampler.weights()});
}
