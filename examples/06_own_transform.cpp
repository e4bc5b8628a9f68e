// SPDX-License-Identifier: BSD-3-Clause
//
// Lesson 6, a transform of one's own: an increasing map of one variable with parameters that a
// network computes. It is its forward and its inverse; the adjoints are derived by dual numbers.
//
// The library's laws check it as they check the library's own: the inverse, the derivative, the
// adjoints. Then it stands in a coupling, whose laws are checked too.
// Builds on: 2.
#include <cstdio>

#include <lanes/lanes.hpp>
#include <lanes/testing/laws.hpp>
#include <lanes/testing/transform_laws.hpp>

#include "lesson.hpp"

// y = x + a tanh(x), a = tanh(p) / 2
struct Bulge {
  static constexpr int channels = 1;
  template <class T>
  LANES_HD static lanes::Transformed<T> forward(T x, const T (&p)[1]) {
    const T a = T(0.5) * tanh(p[0]), t = tanh(x);
    return {x + a * t, log1p(a * (T(1) - t * t))};
  }
  template <class T>
  LANES_HD static lanes::Transformed<T> inverse(T y, const T (&p)[1]) {
    T x = y;
    for (int i = 0; i < 60; ++i) {  // damped Newton steps: f is monotone
      const auto at = forward(x, p);
      x = x - (at.value - y) * min(exp(-at.log_derivative), T(1));
    }
    return {x, -forward(x, p).log_derivative};
  }
};

int main(int argc, char** argv) {
  Lesson lesson(argc, argv);
  using Geometry = lanes::Lattice<4, 4>;
  using Network = lanes::ConvNet<lanes::Channels<4>, lanes::Kernel<3>, lanes::Tanh>;
  using Flow = lanes::Repeat<2, lanes::Coupling<lanes::Checkerboard, Bulge, Network>>;
  const lanes::Seed seed{3};
  lesson.keeps("transform", lanes::laws::check_transform<lanes::Double, Bulge>(seed));
  lesson.keeps("flow", lanes::laws::check_flow<lanes::Double, lanes::Scalar, Geometry, Flow>(seed));
  return lesson.end();
}
