// SPDX-License-Identifier: BSD-3-Clause
//
// The laws hold for the shipped transforms, steep splines too, and notice each kind of mistake in a
// user's own.
#include <doctest/doctest.h>

#include <lanes/field/scalar.hpp>
#include <lanes/field/u1.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/layer/chain.hpp>
#include <lanes/layer/coupling.hpp>
#include <lanes/layer/gauge_coupling.hpp>
#include <lanes/layer/rescaling.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/network/dense_net.hpp>
#include <lanes/testing/laws.hpp>
#include <lanes/transform/circular_spline.hpp>

using namespace lanes;

namespace {

enum class Mistake {
  none,
  log_det,
  inverse,
  forward_adjoint_x,
  forward_adjoint_p,
  inverse_adjoint_x,
  inverse_adjoint_l,
  forgotten
};

// A transform with one mistake of a part in a thousand, or without the adjoint of its last
// parameter.
template <Mistake M, class Right = Affine>
struct Mistaken : Right {
  static constexpr int channels = Right::channels;
  template <class T>
  static T off(Mistake here, T value) {
    return M == here ? value * T(1.001) : value;
  }
  template <class T>
  static Transformed<T> forward(T x, const T (&p)[channels]) {
    const auto y = Right::forward(x, p);
    return {y.value, off(Mistake::log_det, y.log_derivative)};
  }
  template <class T>
  static Transformed<T> inverse(T y, const T (&p)[channels]) {
    const auto x = Right::inverse(y, p);
    return {off(Mistake::inverse, x.value), off(Mistake::log_det, x.log_derivative)};
  }
  template <class T>
  static T forward_adjoint(T x, const T (&p)[channels], T dy, T dl, T (&dp)[channels]) {
    const T dx = Right::forward_adjoint(x, p, dy, dl, dp);
    dp[0] = off(Mistake::forward_adjoint_p, dp[0]);
    if (M == Mistake::forgotten) dp[channels - 1] = T(0);
    return off(Mistake::forward_adjoint_x, dx);
  }
  template <class T>
  static T inverse_adjoint(T x, const T (&p)[channels], T dx, T dl, T (&dp)[channels]) {
    return off(Mistake::inverse_adjoint_x,
               Right::inverse_adjoint(x, p, dx, off(Mistake::inverse_adjoint_l, dl), dp));
  }
};

template <Mistake M>
laws::Report report() {
  using Flow =
      Repeat<2, Coupling<Checkerboard, Mistaken<M>, ConvNet<Channels<3>, Kernel<3>, Tanh>>>;
  return laws::check_flow<Double, Scalar, Lattice<4>, Flow>(Seed{2});
}

}  // namespace

TEST_CASE("no mistake: every law holds") {
  const auto r = report<Mistake::none>();
  CHECK(r.passed());
  CHECK(r.unknown == 0);
  CHECK(to_string(r) == "passed");
  for (const auto& law : r.laws) CHECK(law.holds());
}
TEST_CASE("each mistake breaks its law") {
  const auto l = report<Mistake::log_det>();
  CHECK(l.failed());
  CHECK(to_string(l).find("log_det is off by") != std::string::npos);
  CHECK(l["log_det"].deviation > Double::gradient);
  CHECK(report<Mistake::inverse>()["round_trip"].deviation > Double::round_trip);
  const auto x = report<Mistake::forward_adjoint_x>();
  CHECK(x["pullback_field"].deviation > Double::gradient);
  CHECK(x["score_field"].deviation < Double::gradient);
  const auto p = report<Mistake::forward_adjoint_p>();
  CHECK(p["pullback_parameters"].deviation > Double::gradient);
  const auto ix = report<Mistake::inverse_adjoint_x>();
  CHECK(ix["score_field"].deviation > Double::gradient);
  CHECK(ix["pullback_field"].deviation < Double::gradient);
  CHECK(report<Mistake::inverse_adjoint_l>()["score_parameters"].deviation > Double::gradient);
  CHECK(report<Mistake::forgotten>()["pullback_parameters"].deviation > Double::gradient);
}

namespace {

template <Mistake M>
laws::Report steep(Seed seed, double step) {
  using Spline = Mistaken<M, CircularSpline<9, 100>>;
  using Flow =
      GaugeCoupling<StripeMasks, Plaquettes, Spline, ConvNet<Channels<4>, Kernel<3>, Tanh>>;
  return laws::check_flow<Double, U1, Lattice<4, 4>, Flow>(seed, 0.3, step);
}

}  // namespace

TEST_CASE("slopes up to a hundred: a correct spline is not called wrong, and a wrong one is") {
  for (std::uint64_t seed : {1, 2, 3})
    for (double step : {1e-4, 1e-5, 1e-6}) {
      CAPTURE(step);
      const auto r = steep<Mistake::none>(Seed{seed}, step);
      CHECK_MESSAGE(r.passed(), to_string(r));
    }
  for (std::uint64_t seed : {1, 2, 3}) {
    CHECK(steep<Mistake::log_det>(Seed{seed}, 1e-4).failed());
    CHECK(steep<Mistake::forward_adjoint_x>(Seed{seed}, 1e-4)["pullback_field"].deviation >
          Double::gradient);
    CHECK(steep<Mistake::forgotten>(Seed{seed}, 1e-4)["pullback_parameters"].deviation >
          Double::gradient);
  }
}
TEST_CASE("derivatives that are not known make no verdict") {
  auto r = report<Mistake::none>();
  double unknown = 0;
  // two of ten components are off, by less than ten of their errors
  const laws::Derivative vague{std::vector<double>(10, 1.0), {0, 0, 0, 0, 0, 0, 0, 0, 0.1, 0.1}};
  CHECK(laws::relative_deviation({1, 1, 1, 1, 1, 1, 1, 1, 1.5, 0.7}, vague, unknown) <= 0);
  CHECK(unknown == 0.2);
  CHECK(laws::relative_deviation({1, 1, 1, 1, 1, 1, 1, 1, 2.5, 0.7}, vague, unknown) ==
        doctest::Approx(0.5));
  r.unknown = unknown;
  CHECK_FALSE(r.passed());
  CHECK(r.undecided());
  CHECK(to_string(r) ==
        "undecided: a share of 0.2 of the numerical derivatives is not known to a part in a "
        "thousand");
  r.add("score_field", 0.25, Double::gradient);  // what is seen in the others counts
  CHECK(r.failed());
  CHECK(to_string(r) == "failed: score_field is off by 0.25 (allowed: 1e-06)");
  r.add("score_field", NAN, Double::gradient);
  CHECK(r.failed());
}
TEST_CASE("a network that knows where it is breaks the law of translations") {
  using Flow = Coupling<Checkerboard, Affine, DenseNet<Channels<4>, Tanh>>;
  CHECK(laws::check_translation<Double, Scalar, Lattice<4, 4>, Flow>(Seed{1}) > 1e-3);
  using Fair = Coupling<Checkerboard, Affine, ConvNet<Channels<4>, Kernel<3>, Tanh>>;
  CHECK(laws::check_translation<Double, Scalar, Lattice<4, 4>, Fair>(Seed{1}) < Double::agreement);
}

namespace {

// A network whose adjoint of the input is off by a part in a thousand where no gradient is wanted.
template <class Store, class Real>
struct Stretched {
  Store store;
  Real factor;
  template <class Lane, class T>
  void operator()(Lane lane, long row, T value) const {
    store(lane, row, value * factor);
  }
  template <class Lane>
  void ahead(Lane lane, long row) const {
    store.ahead(lane, row);
  }
};
template <class Right>
struct CarelessNetwork : Right {
  template <class S>
  struct Network : Right::template Network<S> {
    using Base = typename Right::template Network<S>;
    using Real = typename S::Real;
    template <class Store>
    static void adjoint(typename S::Context& context, const Share<Real>& share, Rows<Real> input,
                        Rows<Real> output, Rows<Real> d_output, const Store& store) {
      Base::adjoint(context, share, input, output, d_output,
                    Stretched<Store, Real>{store, Real(share.gradient ? 1 : 1.001)});
    }
  };
};

// theta_0(0) += 0.1 sin theta_0(0): turns by what no gauge transformation leaves alone.
struct Bend {
  template <class S>
  struct Layer : NoLayer<S> {
    using Real = typename S::Real;
    struct Kernel {
      Rows<Real> x;
      template <class Lane>
      void operator()(int, Lane lane) const {
        const auto theta = lane.load(x, 0);
        lane.store(x, 0, theta + sin(theta) * Real(0.1));
      }
    };
    template <Way way>
    static void move(typename S::Context& context, const Share<Real>&, Rows<Real> x, Rows<double>) {
      if (way == Way::forward) context.for_each(1, Kernel{x});
    }
  };
};

}  // namespace

TEST_CASE("an adjoint that depends on whether a gradient is wanted breaks its law") {
  using Fair = ConvNet<Channels<4>, Kernel<3>, Tanh, RandomLast>;
  using Flow = Coupling<Checkerboard, Affine, Fair>;
  using Careless = Coupling<Checkerboard, Affine, CarelessNetwork<Fair>>;
  CHECK(laws::check_null_gradient<Double, Scalar, Lattice<4, 4>, Flow>(Seed{1}) <
        Double::agreement);
  CHECK(laws::check_null_gradient<Double, Scalar, Lattice<4, 4>, Careless>(Seed{1}) >
        Double::agreement);
}
TEST_CASE("a layer that sees a link and no loop breaks gauge equivariance") {
  using Fair = GaugeCoupling<StripeMasks, Plaquettes, CircularSpline<3>,
                             ConvNet<Channels<4>, Kernel<3>, Tanh, RandomLast>>;
  CHECK(laws::check_gauge_equivariance<Double, U1, Lattice<4, 4>, Fair>(Seed{1}) <
        Double::agreement);
  CHECK(laws::check_gauge_equivariance<Double, U1, Lattice<4, 4>, Chain<Fair, Bend>>(Seed{1}) >
        Double::agreement);
}
TEST_CASE("extrapolated differences know their error: smooth, steep, a kink") {
  const auto at = [](auto f, double x, double step) {
    return laws::extrapolated(
        [&](double h) { return std::vector<double>{(f(x + h) - f(x - h)) / (2 * h)}; }, step);
  };
  for (double x : {0.1, 0.7, 2.0})
    for (double step : {1e-1, 1e-3, 1e-5}) {
      const auto d = at([](double y) { return std::sin(20 * y); }, x, step);
      CHECK(std::abs(d.value[0] - 20 * std::cos(20 * x)) <= 10 * d.error[0] + 1e-8);
      CHECK(d.error[0] < (step > 1e-2 ? 1e-3 : 1e-6));
    }
  // the slope jumps from 1 to 3 within reach of the larger steps only, and of all but the smallest
  const auto kink = [](double y) { return y < 1 ? y : 3 * y - 2; };
  CHECK(std::abs(at(kink, 1 + 1e-5, 1e-4).value[0] - 3) < 1e-6);
  const auto close = at(kink, 1 + 1e-6, 1e-4);
  CHECK(std::abs(close.value[0] - 3) < 10 * close.error[0]);
  CHECK(std::isnan(at([](double y) { return std::sqrt(y); }, -1.0, 1e-4).value[0]));
}
TEST_CASE("relative_deviation sees what is not a number") {
  CHECK(laws::relative_deviation({1, 2}, {1, 4}) == 0.5);
  CHECK(std::isinf(laws::relative_deviation({1, NAN}, {1, 4})));
}
