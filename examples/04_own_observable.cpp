// SPDX-License-Identifier: BSD-3-Clause
//
// Lesson 4, an observable of one's own: numbers measured on a configuration, and a function of
// their means, whose error is propagated with all correlations.
//
//   kurtosis = <phi^4> / <phi^2>^2,   3 where phi is Gaussian, less where a quartic term acts
//
// Builds on: 1, 2.
#include <cstdio>

#include <lanes/lanes.hpp>

#include "lesson.hpp"

struct Kurtosis {
  static constexpr const char* name = "kurtosis";

  template <class Geometry>
  static constexpr int primaries() {  // <phi^2>, <phi^4>
    return 2;
  }
  template <class Geometry>
  static constexpr int results() {
    return 1;
  }
  template <class Geometry, class Real>
  void measure(const Real* phi, double* out) const {  // phi: [sites], out: [primaries], zero
    for (int x = 0; x < Geometry::volume; ++x) {
      const double square = double(phi[x]) * double(phi[x]) / Geometry::volume;
      out[0] += square;
      out[1] += square * square * Geometry::volume;
    }
  }
  template <class Geometry>
  void derived(const double* means, double* out) const {
    out[0] = means[1] / (means[0] * means[0]);
  }
};

int main(int argc, char** argv) {
  Lesson lesson(argc, argv);
  using Geometry = lanes::Lattice<8, 8>;
  const lanes::HmcOptions options{
      .chains = 32, .trajectories = lesson.brief_or(1000, 10'000), .thermalisation = 200};

  const auto free = lanes::sample_hmc(lanes::FreeField<Geometry>(0.5), options);
  const auto quartic =
      lanes::sample_hmc(lanes::Phi4<Geometry>::from_mass_coupling(0.5, 2.0), options);
  lanes::print(quartic, Kurtosis{}, lanes::Susceptibility{});

  std::printf("\n%-28s%-18s%s\n", "", "HMC", "exact");
  const lanes::Estimate gaussian = analyse(Kurtosis{}, free)[0],
                        less = analyse(Kurtosis{}, quartic)[0];
  lesson.agree("kurtosis of a free field", gaussian, 3.0);
  lesson.claim(less.value + 5 * less.error < 3, "a quartic term lowers the kurtosis");
  return lesson.end();
}
