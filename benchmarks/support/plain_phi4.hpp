// SPDX-License-Identifier: BSD-3-Clause
//
// PlainPhi4: phi^4 on an L x L lattice as one writes it down first, loops with the lanes innermost:
// what the library's action, force and HMC are measured against. Couplings as in theory/phi4.hpp.
//
// Shapes: x, p, dx [sites][W], s [W] in double.
#pragma once

#include <lanes/core/simd.hpp>

namespace lanes::benchmarks {

template <int L, class Real>
struct PlainPhi4 {
  static constexpr int W = simd_width<Real>;
  double hopping, quadratic, quartic;

  static int at(int i, int j) { return ((i + L) % L * L + (j + L) % L) * W; }

  void action(const Real* x, double* s) const {
    double sum[W] = {};
    for (int i = 0; i < L; ++i)
      for (int j = 0; j < L; ++j) {
        const Real *here = x + at(i, j), *down = x + at(i + 1, j), *right = x + at(i, j + 1);
#pragma omp simd
        for (int l = 0; l < W; ++l) {
          const double v = here[l], n = double(down[l]) + double(right[l]);
          sum[l] += v * v * (quartic * v * v + quadratic) - hopping * v * n;
        }
      }
    for (int l = 0; l < W; ++l) s[l] = sum[l];
  }

  void force(const Real* x, Real* dx) const {
    const Real h = Real(hopping), a = Real(2 * quadratic), b = Real(4 * quartic);
    for (int i = 0; i < L; ++i)
      for (int j = 0; j < L; ++j) {
        const Real *here = x + at(i, j), *down = x + at(i + 1, j), *up = x + at(i - 1, j);
        const Real *right = x + at(i, j + 1), *left = x + at(i, j - 1);
        Real* to = dx + at(i, j);
#pragma omp simd
        for (int l = 0; l < W; ++l)
          to[l] =
              here[l] * (b * here[l] * here[l] + a) - h * (down[l] + up[l] + right[l] + left[l]);
      }
  }

  void leapfrog(int steps, double step_size, Real* x, Real* p, Real* dx) const {
    const auto add = [](const Real* from, Real factor, Real* to) {
#pragma omp simd
      for (int i = 0; i < L * L * W; ++i) to[i] += factor * from[i];
    };
    const auto kick = [&](double e) {
      force(x, dx);
      add(dx, Real(-e), p);
    };
    kick(0.5 * step_size);
    for (int i = 1; i <= steps; ++i) {
      add(p, Real(step_size), x);
      kick(i < steps ? step_size : 0.5 * step_size);
    }
  }
};

}  // namespace lanes::benchmarks
