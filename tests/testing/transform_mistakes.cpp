// SPDX-License-Identifier: BSD-3-Clause
//
// Each law of transforms (transform_laws.hpp) is broken by its mistake, and no other is.
#include <string>

#include <doctest/doctest.h>

#include <lanes/testing/transform_laws.hpp>
#include <lanes/transform/affine.hpp>
#include <lanes/transform/circular_spline.hpp>

using namespace lanes;

namespace {

enum class Mistake {
  none,
  log_term,   // ln|dy/dx| without the part of its last parameter
  branch,     // the inverse is wrong where y > 1
  log_sign,   // the inverse gives ln|dy/dx|
  wide,       // right in one lane, wrong in a pack
  forward_x,  // adjoints off by a part in a thousand
  forward_p,
  inverse_x,
  inverse_p,
  even
};

// y = x exp(s) + t + r tanh(x) exp(s), 1/2 < 1 + r (1 - tanh^2): with adjoints derived.
template <Mistake M>
struct Mistaken {
  static constexpr int channels = 3, even_channels = M == Mistake::even ? 3 : 2;
  template <class T>
  static T r(const T (&p)[3]) {
    return T(0.5) * tanh(p[1]);
  }
  template <class T>
  static Transformed<T> forward(T x, const T (&p)[3]) {
    const T t = tanh(x), slope = T(1) + r(p) * (T(1) - t * t);
    T y = exp(p[0]) * (x + r(p) * t) + p[2];
    if constexpr (M == Mistake::wide && requires {
                    requires T::size >
                    1;
                  })
      y = y * T(1.001);
    return {y, p[0] + (M == Mistake::log_term ? T(0) : log(slope))};
  }
  template <class T>
  static Transformed<T> inverse(T y, const T (&p)[3]) {
    const T u = (y - p[2]) * exp(-p[0]);
    T x = u;
    for (int i = 0; i < 60; ++i) {
      const T t = tanh(x), slope = T(1) + r(p) * (T(1) - t * t);
      x = x - (x + r(p) * t - u) / max(slope, T(1));
    }
    const T log_slope = forward(x, p).log_derivative;
    if (M == Mistake::branch) x = select(y > T(1), x + T(0.01), x);
    return {x, M == Mistake::log_sign ? log_slope : -log_slope};
  }
};
template <Mistake M>
struct Written : Affine {
  template <class T>
  static T off(Mistake here, T value) {
    return M == here ? value * T(1.001) : value;
  }
  template <class T>
  static T forward_adjoint(T x, const T (&p)[2], T dy, T dl, T (&dp)[2]) {
    const T dx = Affine::forward_adjoint(x, p, dy, dl, dp);
    dp[0] = off(Mistake::forward_p, dp[0]);
    return off(Mistake::forward_x, dx);
  }
  template <class T>
  static T inverse_adjoint(T x, const T (&p)[2], T dx, T dl, T (&dp)[2]) {
    const T dy = Affine::inverse_adjoint(x, p, dx, dl, dp);
    dp[1] = off(Mistake::inverse_p, dp[1]);
    return off(Mistake::inverse_x, dy);
  }
};
// y = x^3 - a x, which turns back; its inverse is one of the branches.
struct Folded {
  static constexpr int channels = 1;
  template <class T>
  static Transformed<T> forward(T x, const T (&p)[1]) {
    const T a = square(p[0]) + T(0.5);
    return {x * (square(x) - a), log(abs(T(3) * square(x) - a))};
  }
  template <class T>
  static Transformed<T> inverse(T y, const T (&)[1]) {
    return {y, T(0)};
  }
};
// Of the circle: into half of it, twice around it, out of [0, 2 pi), not closed.
enum class Around { half, twice, outside, seam };
template <Around A>
struct Circle {
  static constexpr int channels = 1;
  static constexpr bool circular = true;
  template <class T>
  static Transformed<T> forward(T x, const T (&p)[1]) {
    const T shifted = x + T(0.1) * sin(x) + T(0.1) * tanh(p[0]);
    if (A == Around::half) return {T(0.5) * x, T(-std::log(2.0))};
    if (A == Around::twice) return {wrap(T(2) * x), T(std::log(2.0))};
    return {A == Around::outside ? shifted : wrap(shifted), log(T(1) + T(0.1) * cos(x))};
  }
  template <class T>
  static Transformed<T> inverse(T y, const T (&p)[1]) {
    if (A == Around::half) return {T(2) * y, T(std::log(2.0))};
    if (A == Around::twice) return {T(0.5) * y, T(-std::log(2.0))};
    const T u = y - T(0.1) * tanh(p[0]);
    T x = u;
    for (int i = 0; i < 40; ++i) x = u - T(0.1) * sin(x);
    return {wrap(x), -log(T(1) + T(0.1) * cos(x))};
  }
};

/// The laws that are broken.
template <class P>
std::string of() {
  std::string names;
  for (const auto& name : broken(laws::check_transform<Double, P>(Seed{4})))
    names += (names.empty() ? "" : ", ") + name;
  return names;
}

}  // namespace

TEST_CASE("no mistake") {
  CHECK(of<Mistaken<Mistake::none>>().empty());
  CHECK(of<Written<Mistake::none>>().empty());
  CHECK(laws::check_transform<Double, Mistaken<Mistake::none>>(Seed{4}).passed());
}
TEST_CASE("each mistake breaks its law") {
  CHECK(of<Mistaken<Mistake::log_term>>() == "log_derivative");
  // an adjoint at another x than the one that the inverse gives
  CHECK(of<Mistaken<Mistake::branch>>() == "round_trip, inverse_adjoint");
  CHECK(of<Mistaken<Mistake::log_sign>>() == "log_inverse, inverse_adjoint");
  CHECK(of<Mistaken<Mistake::wide>>() == "packs");
  CHECK(of<Mistaken<Mistake::even>>() == "odd");
  CHECK(of<Written<Mistake::forward_x>>() == "forward_adjoint, written_adjoints");
  CHECK(of<Written<Mistake::forward_p>>() == "forward_adjoint, written_adjoints");
  CHECK(of<Written<Mistake::inverse_x>>() == "inverse_adjoint, written_adjoints");
  CHECK(of<Written<Mistake::inverse_p>>() == "inverse_adjoint, written_adjoints");
  CHECK_FALSE(laws::check_transform<Double, Folded>(Seed{4})["monotone"].holds());
}
TEST_CASE("circles that are not mapped onto themselves") {
  CHECK(of<Circle<Around::half>>() == "circle");
  CHECK(of<Circle<Around::twice>>() == "round_trip, monotone");
  CHECK(of<Circle<Around::outside>>() == "circle");
}
