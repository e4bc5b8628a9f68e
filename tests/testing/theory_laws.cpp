// SPDX-License-Identifier: BSD-3-Clause
//
// The laws of theories hold for every theory that the library ships; theory_mistakes.cpp shows each
// broken.
#include <cmath>

#include <doctest/doctest.h>

#include <lanes/backend/serial.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/testing/theory_laws.hpp>
#include <lanes/theory/annealed.hpp>
#include <lanes/theory/free_field.hpp>
#include <lanes/theory/ising_model.hpp>
#include <lanes/theory/phi4.hpp>
#include <lanes/theory/u1_gauge.hpp>
#include <lanes/theory/vector_phi4.hpp>
#include <lanes/theory/xy_model.hpp>

using namespace lanes;
using namespace lanes::laws;

namespace {

template <class... Symmetry, class T>
void keeps(const T& theory, double scale = 1) {
  INFO(__PRETTY_FUNCTION__);
  const auto r = check_theory<Symmetry...>(theory, Seed{1}, scale);
  CHECK_MESSAGE(r.passed(), to_string(r));
}

}  // namespace

TEST_CASE_TEMPLATE("scalars", G, Lattice<6>, Lattice<2>, Lattice<4, 6>, Lattice<2, 3, 4>,
                   Lattice<2, 3, 2, 4>) {
  keeps<AllTranslations, SignFlip>(FreeField<G>(0.37));
  keeps<AllTranslations, SignFlip>(Phi4<G>::from_mass_coupling(-4, 6.008));
}
TEST_CASE("vectors") {
  keeps<AllTranslations, SignFlip, Rotations>(VectorPhi4<Lattice<4, 4>, 3>(-0.3, 0.4));
  keeps<AllTranslations, Rotations>(VectorPhi4<Lattice<3, 2, 2>, 2>(0.3, 0.1));
}
TEST_CASE("angles") {
  keeps<AllTranslations, SignFlip, GlobalPhase>(XYModel<Lattice<5>>(1.3));
  keeps<AllTranslations, SignFlip, GlobalPhase>(XYModel<Lattice<2, 3, 4>>(0.9));
}
TEST_CASE_TEMPLATE("links", G, Lattice<4, 6>, Lattice<3, 2, 4>, Lattice<2, 3, 2, 3>) {
  keeps<AllTranslations, SignFlip, GaugeTransformations>(U1Gauge<G>(1.7));
}
TEST_CASE_TEMPLATE("spins", G, Lattice<6>, Lattice<2, 2>, Lattice<2, 3, 4>) {
  keeps<AllTranslations, SignFlip>(IsingModel<G>(0.37));
  keeps<AllTranslations>(IsingModel<G>(-0.37, -0.21));
  CHECK(check_theory<SignFlip>(IsingModel<G>(0.37, 0.2), Seed{1})["sign_flip"].deviation > 0.01);
}
TEST_CASE("between the base density and a theory; another backend") {
  using G = Lattice<4, 3>;
  const double c = 0.3;
  const auto phi4 = Phi4<G>::from_mass_coupling(-4, 6.008);
  keeps<AllTranslations, SignFlip>(Annealed<Phi4<G>>{phi4, &c, false});
  const auto r = check_theory<AllTranslations>(phi4, Seed{1}, 1, On<Serial>{});
  CHECK_MESSAGE(r.passed(), to_string(r));
}
