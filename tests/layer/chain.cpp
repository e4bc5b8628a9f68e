// SPDX-License-Identifier: BSD-3-Clause
//
// Repeat computes a layer's tape again where keeping all of them is too much, with the same result;
// probes hear every layer; Rescaling by hand.
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/backend/cpu.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/layer/chain.hpp>
#include <lanes/layer/coupling.hpp>
#include <lanes/layer/rescaling.hpp>
#include <lanes/model/flow_model.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/network/initialiser.hpp>

using namespace lanes;

namespace {

using G = Lattice<4, 6>;
using Move =
    Coupling<Checkerboard, Affine, ConvNet<Channels<4>, Kernel<3>, Gelu, Final<Gelu>, RandomLast>>;

// A context that keeps nothing that it can compute again.
template <class Precision>
struct Frugal : CpuContext<Precision> {
  using CpuContext<Precision>::CpuContext;
  static constexpr long tape_limit = 0;
};

struct Numbers {
  std::vector<double> x, log_q, base, base_log_q, score, score_gradient, pullback,
      pullback_gradient;
};

template <class Context, class Flow>
Numbers numbers() {
  using Model = FlowModel<Setting<Context, Scalar, G>, Flow>;
  using Real = typename Context::Real;
  constexpr int n = Model::field_rows;
  std::vector<Real> parameters(static_cast<std::size_t>(Model::parameters)),
      collected(parameters.size(), Real(0));
  AlignedVector<Real> weights(static_cast<std::size_t>(Model::weights)),
      gradient(std::size_t(Model::gradients), Real(0));
  Initialiser random(Seed{3});
  Model::initialise(random, parameters.data());
  Model::prepare(parameters.data(), weights.data());
  Arena arena;
  Context context(arena);
  typename Context::Scope scope(context);
  const auto x = context.template rows<Real>(n), dx = context.template rows<Real>(n);
  const Share<Real> share{weights.data(), gradient.data(),
                          context.template rows<Real>(Model::tape_rows)};
  const auto q = context.template rows<double>(1);
  const auto weight = context.template rows<Real>(1);
  auto values = [&](auto rows, int count) {
    const auto* p = context.pointer(rows);
    return std::vector<double>(p, p + count * Context::width);
  };
  auto gradients = [&] {
    std::fill(collected.begin(), collected.end(), Real(0));
    Model::collect(gradient.data(), collected.data());
    std::fill(gradient.begin(), gradient.end(), Real(0));
    return std::vector<double>(collected.begin(), collected.end());
  };

  Numbers r;
  Model::draw(context, share, RandomStream(Seed{4}, Purpose::base), x, q);
  r.x = values(x, n);
  r.log_q = values(q, 1);
  fill(context, weight, 1, Real(0.5));
  for (int i = 0; i < n * Context::width; ++i) dx.data[i] = Real(std::sin(0.3 * i));
  Model::pullback(context, share, x, dx, weight);
  r.pullback = values(dx, n);
  r.pullback_gradient = gradients();

  for (int i = 0; i < n * Context::width; ++i) x.data[i] = Real(r.x[std::size_t(i)]);
  Model::density(context, share, x, q);
  r.base = values(x, n);
  r.base_log_q = values(q, 1);
  Model::score(context, share, weight, x, dx);
  r.score = values(dx, n);
  r.score_gradient = gradients();
  return r;
}

// Largest difference relative to the largest number.
double deviation(const std::vector<double>& a, const std::vector<double>& b) {
  double difference = 0, size = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    difference = std::max(difference, std::isfinite(a[i]) ? std::abs(a[i] - b[i]) : INFINITY);
    size = std::max(size, std::abs(b[i]));
  }
  return difference / size;
}

// The same bits wherever the field before a layer is the one that was kept. Not so in a score after
// density through layers made of layers: inside them it is f(f^-1(x)), which is x to rounding.
template <class P, class Flow>
void check() {
  const Numbers kept = numbers<CpuContext<P>, Flow>(), again = numbers<Frugal<P>, Flow>();
  CHECK(again.x == kept.x);
  CHECK(again.log_q == kept.log_q);
  CHECK(again.base == kept.base);
  CHECK(again.base_log_q == kept.base_log_q);
  CHECK(again.pullback == kept.pullback);
  CHECK(again.pullback_gradient == kept.pullback_gradient);
  CHECK(deviation(again.score, kept.score) < P::agreement);
  CHECK(deviation(again.score_gradient, kept.score_gradient) < P::agreement);
}

template <class Flow>
void same_numbers() {
  using Keeps = FlowModel<Setting<CpuContext<Double>, Scalar, G>, Flow>;
  using Recomputes = FlowModel<Setting<Frugal<Double>, Scalar, G>, Flow>;
  static_assert(Recomputes::tape_rows < Keeps::tape_rows);
  static_assert(Recomputes::parameters == Keeps::parameters);
  check<Double, Flow>();
  check<Single, Flow>();
}

}  // namespace

TEST_CASE("keeping and computing again give the same numbers") {
  same_numbers<Repeat<5, Move>>();
  CHECK(numbers<Frugal<Double>, Repeat<5, Move>>().score ==
        numbers<CpuContext<Double>, Repeat<5, Move>>().score);
}
TEST_CASE("within chains, and repeats of repeats") {
  same_numbers<Repeat<2, Chain<Repeat<3, Move>, Rescaling, Move>>>();
}

TEST_CASE("a probe hears every layer, in order, and last of all the field itself") {
  using Context = CpuContext<Double>;
  using Model = FlowModel<Setting<Context, Scalar, G>, Chain<Repeat<2, Move>, Rescaling, Move>>;
  std::vector<double> parameters(static_cast<std::size_t>(Model::parameters));
  AlignedVector<double> weights(static_cast<std::size_t>(Model::weights));
  Initialiser random(Seed{3});
  Model::initialise(random, parameters.data());
  for (double& p : parameters) p += 0.1;  // a rescaling starts as the identity
  Model::prepare(parameters.data(), weights.data());
  Arena arena;
  Context context(arena);
  Context::Scope scope(context);
  const auto x = context.rows<double>(G::volume);
  const auto q = context.rows<double>(1);
  std::vector<std::vector<double>> heard;
  Model::draw(context, {weights.data(), nullptr, context.rows<double>(Model::tape_rows)},
              RandomStream(Seed{4}, Purpose::base), x, q, [&](Rows<double> now) {
                const double* p = context.pointer(now);
                heard.emplace_back(p, p + G::volume * Context::width);
              });
  REQUIRE(heard.size() == 4);
  for (std::size_t l = 1; l < 4; ++l) CHECK(heard[l] != heard[l - 1]);
  // a rescaling takes no turn of the checkerboard
  CHECK(Model::turns == 3);
  CHECK(heard.back() ==
        std::vector<double>(context.pointer(x), context.pointer(x) + G::volume * Context::width));
}

TEST_CASE_TEMPLATE("Rescaling: exp(a) x and N a", P, Single, Double) {
  using Context = CpuContext<P>;
  using Real = typename P::Real;
  using R = LayerOf<Rescaling, Setting<Context, Scalar, G>>;
  static_assert(R::parameters == 1 && R::turns == 0 && R::tape_rows == 0);
  const Real a = Real(-0.7);
  Arena arena;
  Context context(arena);
  typename Context::Scope scope(context);
  const auto x = context.template rows<Real>(G::volume);
  const auto l = context.template rows<double>(1);
  for (int i = 0; i < G::volume * Context::width; ++i) x.data[i] = Real(std::sin(0.3 * i));
  fill(context, l, 1, 2.0);
  R::template move<Way::forward>(context, {&a}, x, l);
  double worst = 0;
  for (int i = 0; i < G::volume * Context::width; ++i)
    worst = std::max(worst, std::abs(double(x.data[i]) - std::exp(-0.7) * std::sin(0.3 * i)));
  CHECK(worst < P::agreement);
  CHECK(std::abs(l.data[0] - (2 - 0.7 * G::volume)) < P::agreement * G::volume);
  R::template move<Way::inverse>(context, {&a}, x, l);
  worst = 0;
  for (int i = 0; i < G::volume * Context::width; ++i)
    worst = std::max(worst, std::abs(double(x.data[i]) - std::sin(0.3 * i)));
  CHECK(worst < P::round_trip);
  CHECK(std::abs(l.data[0] - 2) < Double::agreement);
}
