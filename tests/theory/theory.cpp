// SPDX-License-Identifier: BSD-3-Clause
//
// The forms a theory may take (local, non-local, batched): concepts, positive and negative, and the
// adapters, which give the same numbers whichever form is used.
#include <cmath>

#include <doctest/doctest.h>

#include <lanes/core/precision.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/testing/report.hpp>
#include <lanes/testing/workbench.hpp>
#include <lanes/theory/local_theory.hpp>

using namespace lanes;
using laws::deviation;
using laws::Tile;

namespace {

using G = Lattice<3, 4>;
using Sole = CpuContext<Double>;

// S = sum_x [ (phi(x) - phi(x+0))^2 / 2 + cos(phi(x)) sin(phi(x+1)) ]: no symmetry between the
// directions, no parity.
struct Local : LocalTheory<Local, Scalar, G> {
  template <class T, class Site>
  T density(const Site& phi) const {
    return T(0.5) * square(phi.forward(0) - phi.here()) + cos(phi.here()) * sin(phi.forward(1));
  }
};
// The same, one lane at a time.
struct NonLocal {
  using Field = Scalar;
  using Geometry = G;
  double action(const auto& phi) const {
    double s = 0;
    for (int x = 0; x < G::volume; ++x) {
      const double here = double(phi(x)), up = double(phi(G::forward(x, 0))),
                   right = double(phi(G::forward(x, 1)));
      s += 0.5 * (up - here) * (up - here) + std::cos(here) * std::sin(right);
    }
    return s;
  }
};
struct NonLocalWithForce : NonLocal {
  void force(const auto& phi, auto& gradient) const {
    for (int x = 0; x < G::volume; ++x) {
      const double here = double(phi(x)), up = double(phi(G::forward(x, 0))),
                   down = double(phi(G::backward(x, 0)));
      const double right = double(phi(G::forward(x, 1))), left = double(phi(G::backward(x, 1)));
      gradient(x) = static_cast<std::decay_t<decltype(gradient(x))>>(
          2 * here - up - down - std::sin(here) * std::sin(right) +
          std::cos(left) * std::cos(here));
    }
  }
};
// The same again, on whole rows.
template <class Real>
struct BatchedKernel {
  Rows<Real> x, dx;
  template <class Lane>
  void operator()(int i, Lane lane) const {
    lane.store(dx, i, at(lane, i));
  }
  template <class Lane>
  auto at(Lane lane, int i) const {
    const auto here = lane.load(x, i);
    return 2 * here - lane.load(x, G::forward(i, 0)) - lane.load(x, G::backward(i, 0)) -
           sin(here) * sin(lane.load(x, G::forward(i, 1))) +
           cos(lane.load(x, G::backward(i, 1))) * cos(here);
  }
};
struct Batched {
  using Field = Scalar;
  using Geometry = G;
  template <class Context>
  void action(Context& context, Rows<typename Context::Real> x, Rows<double> into) const {
    add_action(context, Local{}, x, into);
  }
};
struct BatchedWithForce : Batched {
  template <class Context>
  void force(Context& context, Rows<typename Context::Real> x,
             Rows<typename Context::Real> dx) const {
    context.for_each(G::volume, BatchedKernel<typename Context::Real>{x, dx});
  }
};
struct Stored : Batched {
  template <class Context, class Store>
  void force(Context& context, Rows<typename Context::Real> x, const Store& store) const {
    using Real = typename Context::Real;
    const auto kernel = [&](int i, auto lane) {
      store(lane, long(i), BatchedKernel<Real>{x, {}}.at(lane, i));
    };
    context.for_each(G::volume, kernel);
  }
};
// A force of its own, and not the derivative of its density, to see which is used.
struct Own : LocalTheory<Own, Scalar, G> {
  template <class T, class Site>
  T density(const Site& phi) const {
    return phi.here();
  }
  template <class T, class Site>
  T force(const Site& phi) const {
    return 3 * phi.here() + phi.backward(1) - phi.forward(0);
  }
};
struct NoGeometry {
  using Field = Scalar;
  double action(const auto&) const { return 0; }
};
struct NoAction : LocalTheory<NoAction, Scalar, G> {};
struct ActionOfNothing : LocalTheory<ActionOfNothing, Scalar, G> {
  double action() const { return 0; }
};
struct ActionWithoutValue : LocalTheory<ActionWithoutValue, Scalar, G> {
  void action(const auto&) const {}
};

// What is a theory ...
static_assert(Theory<Local, Sole> && Theory<NonLocal, Sole> && Theory<NonLocalWithForce, Sole>);
static_assert(Theory<Batched, Sole> && Theory<BatchedWithForce, Sole>);
static_assert(Theory<Local, CpuContext<Single>> && Theory<NonLocal, CpuContext<Single>>);
// ... and what is not,
static_assert(!Theory<NoGeometry, Sole> && !Theory<NoAction, Sole> &&
              !Theory<ActionOfNothing, Sole>);
static_assert(!Theory<ActionWithoutValue, Sole> && !Theory<int, Sole> && !Theory<G, Sole>);
// what can be differentiated, and what cannot.
static_assert(DifferentiableTheory<Local, Sole> && DifferentiableTheory<NonLocalWithForce, Sole>);
static_assert(DifferentiableTheory<BatchedWithForce, Sole> && DifferentiableTheory<Stored, Sole>);
static_assert(detail::HasStoredForce<Stored, Sole> &&
              !detail::HasStoredForce<BatchedWithForce, Sole>);
static_assert(!DifferentiableTheory<NonLocal, Sole> && !DifferentiableTheory<Batched, Sole>);
static_assert(!DifferentiableTheory<NoAction, Sole>);

}  // namespace

TEST_CASE_TEMPLATE("all forms give the same action and force", P, Single, Double) {
  Tile<P> tile;
  const auto x = laws::normal_field<P>(G::volume, 1);
  const auto s = tile.action(Local{}, x), f = tile.force(Local{}, x);
  CHECK(deviation(tile.action(NonLocal{}, x), s) < Double::agreement);
  CHECK(deviation(tile.action(NonLocalWithForce{}, x), s) < Double::agreement);
  CHECK(deviation(tile.action(Batched{}, x), s) < Double::agreement);
  CHECK(deviation(tile.force(NonLocalWithForce{}, x), f) < P::agreement);
  CHECK(deviation(tile.force(BatchedWithForce{}, x), f) < P::agreement);
  CHECK(deviation(tile.force(Stored{}, x), f) < P::agreement);
}

TEST_CASE_TEMPLATE("every form gives its force to a store, once a row", P, Single, Double) {
  Tile<P> tile;
  const auto x = laws::normal_field<P>(G::volume, 3), p = laws::normal_field<P>(G::volume, 4);
  const auto check = [&](const auto& theory) {
    auto want = tile.force(theory, x);
    for (std::size_t i = 0; i < want.size(); ++i) want[i] = p[i] - 0.3 * want[i];
    return deviation(tile.kicked(theory, x, p, -0.3), want);
  };
  CHECK(check(Local{}) < P::agreement);
  CHECK(check(Own{}) < P::agreement);
  CHECK(check(NonLocalWithForce{}) < P::agreement);
  CHECK(check(BatchedWithForce{}) < P::agreement);
  CHECK(check(Stored{}) < P::agreement);
}

TEST_CASE("a hand-written force comes before the derived one") {
  Tile<Double> tile;
  const auto x = laws::normal_field<Double>(G::volume, 2);
  auto want = x;
  for (int site = 0; site < G::volume; ++site)
    for (int k = 0; k < tile.lanes; ++k) {
      auto at = [&](int s) { return x[std::size_t(s * tile.lanes + k)]; };
      want[std::size_t(site * tile.lanes + k)] =
          3 * at(site) + at(G::backward(site, 1)) - at(G::forward(site, 0));
    }
  CHECK(deviation(tile.force(Own{}, x), want) < Double::agreement);
}
