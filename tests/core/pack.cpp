// SPDX-License-Identifier: BSD-3-Clause
//
// Pack and Mask of 1, one and two registers against scalar arithmetic: exact where one rounding is
// promised, a few ulp for the elementary functions, and the special values.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/core/precision.hpp>
#include <lanes/core/random.hpp>
#include <lanes/core/simd.hpp>

using namespace lanes;

static_assert(Pack<float, 1>::size == 1 && Pack<float, simd_width<float>>::registers == 1);
static_assert(is_pack<Pack<double, 1>> && is_pack<Pack<double, simd_width<double>>> &&
              !is_pack<double>);
static_assert(square(3) == 9);

namespace {

template <class T, int Registers>
struct Case {
  using Real = T;
  static constexpr int N = Registers == 0 ? 1 : Registers * simd_width<T>;
  using P = Pack<T, N>;
};

#if defined(__FMA__)
constexpr bool fused = true;
#else
constexpr bool fused = false;
#endif

/// Every lane another number in [low, high); the same for the same seed.
template <class C>
typename C::P numbers(double low, double high, int seed) {
  alignas(64) typename C::Real x[C::N];
  for (int i = 0; i < C::N; ++i)
    x[i] = static_cast<typename C::Real>(
        low + (high - low) * uniform_pair<double>(RandomStream(Seed{17}, Purpose::user)
                                                      .words(std::uint64_t(i), std::uint32_t(seed)))
                                 .first);
  return C::P::load(x);
}

template <class Want, class Have, class... Packs>
bool same(Want want, Have have, Packs... args) {
  for (int i = 0; i < Have::size; ++i)
    if (!(have[i] == want(args[i]...))) return false;
  return true;
}

}  // namespace

#define LANES_CASES \
  Case<float, 0>, Case<double, 0>, Case<float, 1>, Case<double, 1>, Case<float, 2>, Case<double, 2>

TEST_CASE_TEMPLATE("arithmetic, comparison and selection are exact", C, LANES_CASES) {
  using T = typename C::Real;
  using P = typename C::P;
  for (int seed = 0; seed < 50; ++seed) {
    const P a = numbers<C>(-3, 3, 3 * seed), b = numbers<C>(-3, 3, 3 * seed + 1),
            c = numbers<C>(-3, 3, 3 * seed + 2);
    REQUIRE(same([](T x, T y) -> T { return x + y; }, a + b, a, b));
    REQUIRE(same([](T x, T y) -> T { return x - y; }, a - b, a, b));
    REQUIRE(same([](T x, T y) -> T { return x * y; }, a* b, a, b));
    REQUIRE(same([](T x, T y) -> T { return x / y; }, a / b, a, b));
    REQUIRE(same([](T x) -> T { return -x; }, -a, a));
    P d = a;
    REQUIRE(same([](T x, T y) -> T { return x + y; }, d += b, a, b));
    REQUIRE(same([](T x, T y) -> T { return x - y; }, (d = a) -= b, a, b));
    REQUIRE(same([](T x, T y) -> T { return x * y; }, (d = a) *= b, a, b));
    REQUIRE(same([](T x, T y) -> T { return x / y; }, (d = a) /= b, a, b));
    if (fused || C::N == 1)
      REQUIRE(same([](T x, T y, T z) -> T { return std::fma(x, y, z); }, fma(a, b, c), a, b, c));
    for (int i = 0; i < C::N;
         ++i)  // without the instruction: one more rounding, of a product of at most 9
      REQUIRE(std::abs(double(fma(a, b, c)[i] - std::fma(a[i], b[i], c[i]))) <=
              12 * double(std::numeric_limits<T>::epsilon()));
    REQUIRE(same([](T x) -> T { return x * x; }, square(a), a));
    REQUIRE(same([](T x, T y) -> T { return std::min(x, y); }, min(a, b), a, b));
    REQUIRE(same([](T x, T y) -> T { return std::max(x, y); }, max(a, b), a, b));
    REQUIRE(same([](T x) -> T { return std::fabs(x); }, abs(a), a));
    REQUIRE(same([](T x) -> T { return std::sqrt(x); }, sqrt(abs(a)), abs(a)));
    REQUIRE(same([](T x) -> T { return std::floor(x); }, floor(a), a));
    REQUIRE(same([](T x, T y) -> T { return x < y ? x : y; }, select(a < b, a, b), a, b));
    REQUIRE(same([](T x, T y) -> T { return x > y ? x : y; }, select(a > b, a, b), a, b));
    const P equal = select(a < b, b, a);  // equal to a in some lanes
    REQUIRE(same([](T x, T y) -> T { return x <= y ? 1 : 0; }, select(equal <= a, P(1), P(0)),
                 equal, a));
    REQUIRE(same([](T x, T y) -> T { return x >= y ? 1 : 0; }, select(a >= equal, P(1), P(0)), a,
                 equal));
    REQUIRE(same([](T x, T y, T z) -> T { return x < y && y < z ? 1 : 0; },
                 select((a < b) && (b < c), P(1), P(0)), a, b, c));
    REQUIRE(same([](T x, T y, T z) -> T { return x < y || y < z ? 1 : 0; },
                 select((a < b) || (b < c), P(1), P(0)), a, b, c));
    REQUIRE(
        same([](T x, T y) -> T { return !(x < y) ? 1 : 0; }, select(!(a < b), P(1), P(0)), a, b));
    bool some = false;
    for (int i = 0; i < C::N; ++i) some |= a[i] < b[i];
    REQUIRE(any(a < b) == some);
    REQUIRE(same([](T x, T y) -> T { return x == y ? 1 : 2; }, select(equal == a, 1, 2), equal, a));
    REQUIRE(same([](T x, T y) -> T { return x != y ? 1 : 2; }, select(equal != a, 1, 2.0), equal, a));
    REQUIRE(same([](T x) -> T { return std::fabs(x); }, fabs(a), a));
    REQUIRE(!any(a < a));
    REQUIRE(any(a <= a));
    // A sum of N terms in pairs: at most log2 N roundings of a partial sum, each at most N max|a|.
    long double sum = 0;
    for (int i = 0; i < C::N; ++i) sum += a[i];
    REQUIRE(std::abs(double(reduce_add(a) - sum)) <=
            3.0 * C::N * 6 * double(std::numeric_limits<T>::epsilon()));
  }
}

TEST_CASE_TEMPLATE("loads, stores, constants and conversions", C, LANES_CASES) {
  using T = typename C::Real;
  using P = typename C::P;
  using Other = std::conditional_t<std::is_same_v<T, float>, double, float>;
  alignas(64) T from[C::N], to[C::N];
  alignas(64) Other others[C::N];
  for (int i = 0; i < C::N; ++i) from[i] = T(0.1) * T(i + 1), others[i] = Other(0.3) * Other(i + 1);
  const P p = P::load(from);
  p.store(to);
  for (int i = 0; i < C::N; ++i) {
    CHECK(to[i] == from[i]);
    CHECK(p[i] == from[i]);
    CHECK(P::load_as(others)[i] == static_cast<T>(others[i]));
    CHECK(P::load_as(from)[i] == from[i]);
    CHECK(P(0.1)[i] == static_cast<T>(0.1));
    CHECK(P(3)[i] == T(3));
    const P twice = 2 * p;
    CHECK(twice[i] == 2 * from[i]);
  }
  // There and back between precisions: float survives in double.
  if constexpr (C::N == 1 || C::N % simd_width<Other> == 0) {
    const Pack<Other, C::N> there(p);
    for (int i = 0; i < C::N; ++i) CHECK(there[i] == static_cast<Other>(from[i]));
    if constexpr (std::is_same_v<T, float>) {
      const P back(there);
      for (int i = 0; i < C::N; ++i) CHECK(back[i] == from[i]);
    }
  }
}

namespace {

// The largest error of a function over [low, high] in ulp of `scale` + |exact|; scale 0: relative
// accuracy.
template <class C, class F, class Exact>
double worst_ulp(F f, Exact exact, double low, double high, double scale = 0) {
  using T = typename C::Real;
  double worst = 0;
  for (int seed = 0; seed < 4000 / C::N + 200; ++seed) {
    const auto x = numbers<C>(low, high, seed);
    const auto y = f(x);
    for (int i = 0; i < C::N; ++i) {
      const long double want = exact(static_cast<long double>(x[i]));
      const double ulp = double(std::max(std::abs(want), (long double)scale)) *
                         double(std::numeric_limits<T>::epsilon());
      const double e = std::abs(double(y[i] - want));
      worst = std::max(worst, std::isfinite(e)
                                  ? e / std::max(ulp, double(std::numeric_limits<T>::min()))
                                  : INFINITY);
    }
  }
  return worst;
}

}  // namespace

// "A few": xsimd and libm promise 1 to 4 ulp of the result in these ranges; near the zeros of sin,
// cos and tan at large arguments the scale is 1.
constexpr double a_few_ulp = 4;

#define LANES_CHECK_FUNCTION(name, ...)                                                          \
  CHECK(worst_ulp<C>([](auto x) { return name(x); }, [](long double x) { return std::name(x); }, \
                     __VA_ARGS__) <= a_few_ulp)

TEST_CASE_TEMPLATE("elementary functions to a few ulp", C, LANES_CASES) {
  LANES_CHECK_FUNCTION(exp, -1, 1);
  LANES_CHECK_FUNCTION(exp, -80, 80);
  LANES_CHECK_FUNCTION(expm1, -1e-3, 1e-3);
  LANES_CHECK_FUNCTION(expm1, -20, 20);
  LANES_CHECK_FUNCTION(log, 0.5, 2);
  LANES_CHECK_FUNCTION(log, 1e-6, 1e6);
  LANES_CHECK_FUNCTION(log1p, -1e-3, 1e-3);
  LANES_CHECK_FUNCTION(log1p, -0.5, 50);
  LANES_CHECK_FUNCTION(sin, -3.2, 3.2);
  LANES_CHECK_FUNCTION(sin, -100, 100, 1);
  LANES_CHECK_FUNCTION(cos, -1.5, 1.5);
  LANES_CHECK_FUNCTION(cos, -100, 100, 1);
  LANES_CHECK_FUNCTION(tan, -1.5, 1.5);
  LANES_CHECK_FUNCTION(atan, -1, 1);
  LANES_CHECK_FUNCTION(atan, -50, 50);
  LANES_CHECK_FUNCTION(tanh, -0.5, 0.5);
  LANES_CHECK_FUNCTION(tanh, -20, 20);
  LANES_CHECK_FUNCTION(sinh, -0.5, 0.5);
  LANES_CHECK_FUNCTION(sinh, -20, 20);
  LANES_CHECK_FUNCTION(cosh, -20, 20);
  LANES_CHECK_FUNCTION(asinh, -0.5, 0.5);
  LANES_CHECK_FUNCTION(asinh, -1e3, 1e3);
  // xsimd's erf in double is good to about 1e-14 (34 ulp measured), which is enough for the
  // policy's agreement.
  using T = typename C::Real;
  const bool own = C::N > 1 && std::is_same_v<T, double>;
  const double enough =
      own ? Double::agreement / double(std::numeric_limits<T>::epsilon()) : a_few_ulp;
  CHECK(worst_ulp<C>([](auto x) { return erf(x); }, [](long double x) { return std::erf(x); }, -1,
                     1) <= enough);
  CHECK(worst_ulp<C>([](auto x) { return erf(x); }, [](long double x) { return std::erf(x); }, -6,
                     6) <= enough);
}

TEST_CASE_TEMPLATE("powers", C, LANES_CASES) {
  using T = typename C::Real;
  using P = typename C::P;
  // n - 1 roundings at most, each of half an ulp, and one of the quotient
  for (int n : {-6, -1, 0, 1, 2, 3, 4, 6, 7, 13})
    CHECK(worst_ulp<C>([n](auto x) { return pow(x, n); },
                       [n](long double x) { return std::pow(x, (long double)n); }, -3, 3) <=
          1 + std::abs(n));
  CHECK(pow(P(-2), 3L)[0] == T(-8));
  CHECK(pow(P(2), -2)[0] == T(0.25));
  CHECK(pow(P(3), 4u)[0] == T(81));
  CHECK(pow(P(0), 0)[0] == T(1));
  CHECK(pow(P(0), 3)[0] == T(0));
  // exp(y ln x): off by |y ln x| ulp, below 24 here, and those of exp and log
  for (double y : {0.5, 2.5, -1.5, 6.0})
    CHECK(worst_ulp<C>([y](auto x) { return pow(x, y); },
                       [y](long double x) { return std::pow(x, (long double)T(y)); }, 0.05, 50) <=
          30);
  CHECK(double(pow(P(-2), 3.0)[0]) == doctest::Approx(-8));
  CHECK(double(pow(2, P(5))[0]) == doctest::Approx(32));
  CHECK(pow(P(0), 2.0)[0] == T(0));
  CHECK(pow(P(0), 0.0)[0] == T(1));
  CHECK(pow(P(0), -1.5)[0] == std::numeric_limits<T>::infinity());
  CHECK(std::isnan(pow(P(-2), 0.5)[0]));
}

TEST_CASE_TEMPLATE("special values", C, LANES_CASES) {
  using T = typename C::Real;
  using P = typename C::P;
  const T inf = std::numeric_limits<T>::infinity(), nan = std::numeric_limits<T>::quiet_NaN();
  const int last = C::N - 1;
  CHECK(exp(P(0))[last] == T(1));
  CHECK(exp(P(-inf))[last] == T(0));
  CHECK(exp(P(1000))[last] == inf);
  CHECK(exp(P(-1000))[last] == T(0));
  CHECK(expm1(P(0))[last] == T(0));
  CHECK(log(P(1))[last] == T(0));
  CHECK(log(P(0))[last] == -inf);
  CHECK(std::isnan(log(P(-1))[last]));
  CHECK(log1p(P(0))[last] == T(0));
  CHECK(sqrt(P(0))[last] == T(0));
  CHECK(std::isnan(sqrt(P(-1))[last]));
  CHECK(sin(P(0))[last] == T(0));
  CHECK(cos(P(0))[last] == T(1));
  CHECK(sinh(P(0))[last] == T(0));
  CHECK(cosh(P(0))[last] == T(1));
  CHECK(asinh(P(0))[last] == T(0));
  CHECK(sinh(P(-1000))[last] == -inf);
  CHECK(cosh(P(-1000))[last] == inf);
  CHECK(std::isnan(cosh(P(nan))[last]));
  CHECK(tanh(P(40))[last] == T(1));
  CHECK(tanh(P(-40))[last] == T(-1));
  CHECK(erf(P(10))[last] == T(1));
  CHECK(erf(P(-10))[last] == T(-1));
  CHECK(erf(P(0))[last] == T(0));
  CHECK(floor(P(-0.5))[last] == T(-1));
  CHECK(floor(P(3))[last] == T(3));
  // A value that is not a number reaches the finite guards; it is not lost on the way.
  CHECK(std::isnan(exp(P(nan))[last]));
  CHECK(std::isnan(tanh(P(nan))[last]));
  CHECK(std::isnan(erf(P(nan))[last]));
  CHECK(std::isnan(sin(P(nan))[last]));
  CHECK(std::isnan((P(nan) * P(0))[last]));
  CHECK(!any(P(nan) < P(0)));
  CHECK(!any(P(nan) >= P(0)));
}
