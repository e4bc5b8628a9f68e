// SPDX-License-Identifier: BSD-3-Clause
//
// transpose, multiply and accumulate against plain loops.
#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/backend/cpu/micro_kernels.hpp>
#include <lanes/core/arena.hpp>
#include <lanes/core/precision.hpp>

using namespace lanes;
using namespace lanes::cpu;

TEST_CASE_TEMPLATE("transpose, for any number of rows", P, Single, Double) {
  using T = typename P::Real;
  constexpr int W = simd_width<T>, step = 3 * W;
  for (int rows : {1, 2, 3, W - 1, W, W + 5}) {
    AlignedVector<T> from(std::size_t(W) * step, T(-7)), to(std::size_t(W) * W, T(-9));
    for (int r = 0; r < std::min(rows, W); ++r)
      for (int k = 0; k < W; ++k) from[std::size_t(r * step + k)] = T(100 * r + k);
    transpose(from.data(), step, rows, to.data());
    for (int r = 0; r < W; ++r)
      for (int k = 0; k < W; ++k)
        REQUIRE(to[std::size_t(k * W + r)] == (r < rows ? T(100 * r + k) : T(0)));
  }
}

TEST_CASE_TEMPLATE("multiply and accumulate", P, Single, Double) {
  using T = typename P::Real;
  constexpr int W = simd_width<T>, S = 2, C = 3, taps = 4, channels = 5, A = 6;
  constexpr int step = 2 * W;
  AlignedVector<T> x(std::size_t(taps * S * channels * step)),
      weight(std::size_t(taps * channels * C));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = T(std::sin(0.3 * double(i)));
  for (std::size_t i = 0; i < weight.size(); ++i) weight[i] = T(std::cos(0.7 * double(i)));
  const int tap[] = {2, 0, 3};  // three of the four taps, in another order
  const T* rows[3 * S];
  for (int i = 0; i < 3 * S; ++i) rows[i] = x.data() + (i + 1) * channels * step;
  Vector<T> sum[S][C];
  multiply<S, C, T>(rows, tap, 3, channels, step, weight.data(), sum);
  for (int s = 0; s < S; ++s)
    for (int c = 0; c < C; ++c)
      for (int k = 0; k < W; ++k) {
        double want = 0;
        for (int t = 0; t < 3; ++t)
          for (int i = 0; i < channels; ++i)
            want += double(rows[t * S + s][i * step + k]) *
                    double(weight[std::size_t((tap[t] * channels + i) * C + c)]);
        REQUIRE(std::abs(double(sum[s][c][k]) - want) < P::agreement);
      }

  const T* scalars[A];
  for (int a = 0; a < A; ++a) scalars[a] = x.data() + (a / 3 * 7 + a % 3 * 2) * W;
  const T* runs[] = {scalars[0], scalars[3]};
  AlignedVector<T> vectors(std::size_t(W) * W);
  for (std::size_t i = 0; i < vectors.size(); ++i) vectors[i] = T(std::sin(1.1 * double(i)));
  Vector<T> total[A];
  for (int a = 0; a < A; ++a) total[a] = Vector<T>(a);  // it adds
  accumulate<2, 3, 2 * W, T>(total, vectors.data(), runs);
  for (int a = 0; a < A; ++a)
    for (int v = 0; v < W; ++v) {
      double want = a;
      for (int k = 0; k < W; ++k)
        want += double(vectors[std::size_t(k * W + v)]) * double(scalars[a][k]);
      REQUIRE(std::abs(double(total[a][v]) - want) < P::agreement * W);
    }
}
