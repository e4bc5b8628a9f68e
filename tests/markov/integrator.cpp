// SPDX-License-Identifier: BSD-3-Clause
//
// Integrators on phi^4: reversible, of second order, volume preserving; and the harmonic oscillator
// by hand.
#include <cmath>
#include <cstddef>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/backend/cpu.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/markov/integrator.hpp>
#include <lanes/markov/molecular_dynamics.hpp>
#include <lanes/theory/phi4.hpp>
#include <support/near.hpp>

using lanes::Double;
using lanes::Leapfrog;
using lanes::Omelyan;
using lanes::Single;

namespace {

using Geometry = lanes::Lattice<8, 8>;
using Phi8 = lanes::Phi4<Geometry>;

/// One tile of phi^4 at m2 = -4, lambda = 6.008, at typical fields and momenta.
template <class Precision>
struct Tile {
  using Real = typename Precision::Real;
  using Context = lanes::CpuContext<Precision>;
  static constexpr int rows = Geometry::volume, width = Context::width;
  Phi8 theory = Phi8::from_mass_coupling(-4, 6.008);
  lanes::Arena arena;
  Context context{arena};
  lanes::Rows<Real> x = context.template rows<Real>(rows), p = context.template rows<Real>(rows);
  lanes::Rows<double> energy = context.template rows<double>(1);

  Tile() {
    const lanes::RandomStream stream(lanes::Seed{5}, lanes::Purpose::momentum);
    context.for_each(rows / 2, lanes::DrawNormals<Real>{x, stream, rows});
    lanes::fill(context, p, rows);
    context.for_each(rows, lanes::AddScaled<Real>{x, p, Real(0.4)});
    lanes::copy(context, p, x, rows);
    const lanes::RandomStream momenta(lanes::Seed{6}, lanes::Purpose::momentum);
    context.for_each(rows / 2, lanes::DrawNormals<Real>{p, momenta, rows});
  }

  std::vector<Real> values(lanes::Rows<Real> of) {
    return {context.pointer(of), context.pointer(of) + rows * width};
  }
  std::vector<double> hamiltonian() {
    lanes::fill(context, energy, 1);
    lanes::add_action(context, theory, x, energy);
    context.sum(rows, lanes::detail::KineticEnergy<Real>{p}, energy);
    return {context.pointer(energy), context.pointer(energy) + width};
  }
  template <class Integrator>
  void integrate(double step_size, int steps) {
    lanes::MolecularDynamics<Phi8, Integrator>{theory, step_size, steps}.integrate(context, x, p);
  }
  void flip() { context.for_each(rows, lanes::AddScaled<Real>{p, p, Real(-2)}); }

  /// Root mean square of dH over the lanes.
  template <class Integrator>
  static double violation(double step_size, int steps) {
    Tile tile;
    const auto before = tile.hamiltonian();
    tile.template integrate<Integrator>(step_size, steps);
    const auto after = tile.hamiltonian();
    double sum = 0;
    for (std::size_t k = 0; k < before.size(); ++k)
      sum += (after[k] - before[k]) * (after[k] - before[k]);
    return std::sqrt(sum / width);
  }
};

template <class Precision, class Integrator>
void check_reversible() {
  Tile<Precision> tile;
  const auto x = tile.values(tile.x), p = tile.values(tile.p);
  tile.template integrate<Integrator>(0.1, 10);
  double moved = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    moved = std::fmax(moved, std::abs(tile.values(tile.x)[i] - x[i]));
  CHECK(moved > 0.5);
  tile.flip();
  tile.template integrate<Integrator>(0.1, 10);
  tile.flip();
  const auto back = tile.values(tile.x), momenta = tile.values(tile.p);
  for (std::size_t i = 0; i < x.size(); ++i) {
    CHECK(std::abs(back[i] - x[i]) < Precision::round_trip);
    CHECK(std::abs(momenta[i] - p[i]) < Precision::round_trip);
  }
}

/// One oscillator, S = x^2 / 2.
struct Oscillator {
  double x, p;
  int forces = 0;
  template <class Integrator>
  void integrate(int steps, double step_size) {
    Integrator::integrate(
        steps, step_size, [this](double a) { x += a * p; },
        [this](double a) {
          p -= a * x;
          ++forces;
        });
  }
};

}  // namespace

TEST_CASE_TEMPLATE("forward, flip, back is the identity", P, Double, Single) {
  check_reversible<P, Leapfrog>();
  check_reversible<P, Omelyan>();
}

TEST_CASE("dH is of second order in the step size") {
  using T = Tile<Double>;
  const double l1 = T::violation<Leapfrog>(0.02, 50), l2 = T::violation<Leapfrog>(0.01, 100);
  const double o1 = T::violation<Omelyan>(0.02, 50), o2 = T::violation<Omelyan>(0.01, 100);
  // a ratio of 4 up to terms of the next order, step^2 times the stiffness of the action
  CHECK(l1 / l2 == doctest::Approx(4).epsilon(0.05));
  CHECK(o1 / o2 == doctest::Approx(4).epsilon(0.05));
  CHECK(o1 < 0.2 * l1);                               // equal step size
  CHECK(T::violation<Omelyan>(0.04, 25) < 0.6 * l1);  // equal cost
}

TEST_CASE("both end where exact dynamics does") {
  Tile<Double> leapfrog, omelyan;
  leapfrog.integrate<Leapfrog>(0.0005, 1000);
  omelyan.integrate<Omelyan>(0.001, 500);
  const auto a = leapfrog.values(leapfrog.x), b = omelyan.values(omelyan.x);
  // each is off by the order of step^2 = 2.5e-7, times a stiffness of order ten
  for (std::size_t i = 0; i < a.size(); ++i) CHECK(std::abs(a[i] - b[i]) < 1e-5);
}

TEST_CASE("one oscillator: number of forces, phase space volume, exact rotation") {
  Oscillator l{1, 0}, o{1, 0};
  l.integrate<Leapfrog>(10, 0.1);
  o.integrate<Omelyan>(10, 0.1);
  CHECK(l.forces == 11);
  CHECK(o.forces == 21);
  // step^2 / 24 of the angle for leapfrog (4e-4), less for Omelyan
  CHECK(l.x == doctest::Approx(std::cos(1.0)).epsilon(2e-3));
  CHECK(o.x == doctest::Approx(std::cos(1.0)).epsilon(1e-3));
  CHECK(o.p == doctest::Approx(-std::sin(1.0)).epsilon(1e-3));
  // one leapfrog step by hand: x' = (1 - e^2/2) x + e p
  Oscillator step{1, 2};
  step.integrate<Leapfrog>(1, 0.5);
  CHECK(step.x == near(1 * (1 - 0.125) + 0.5 * 2));
  // linear map: its determinant is 1
  for (int which : {0, 1}) {
    Oscillator e{1, 0}, f{0, 1};
    which == 0 ? e.integrate<Leapfrog>(7, 0.3) : e.integrate<Omelyan>(7, 0.3);
    which == 0 ? f.integrate<Leapfrog>(7, 0.3) : f.integrate<Omelyan>(7, 0.3);
    CHECK(e.x * f.p - e.p * f.x == near(1));
  }
}
