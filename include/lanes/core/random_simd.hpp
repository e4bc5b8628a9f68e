// SPDX-License-Identifier: BSD-3-Clause
//
// The random numbers of core/random.hpp for N neighbouring lanes at a time, as packs: the same
// bits.
//
// Integer work (Philox, exponents) is loops over lanes that the compiler vectorises; polynomials,
// division and square root are packs. Every operation is that of core/random.hpp, in its order.
// Only where the fma of a pack rounds once (fused_packs): AVX-512 or FMA3. post: lane i of
// normal_pair<T, N>(stream, first, block) == normal_pair<T>(stream.words(first + i, block))
#pragma once

#include <cstdint>
#include <cstring>

#include <lanes/core/random.hpp>
#include <lanes/core/simd.hpp>

namespace lanes {

#if defined(__AVX512F__) || defined(__FMA__)
inline constexpr bool fused_packs = true;
#else
inline constexpr bool fused_packs = false;
#endif

namespace detail {

/// RandomStream::words of lanes first .. first + N - 1, [word][lane].
template <int N>
LANES_INLINE void words_of_lanes(const RandomStream& stream, std::uint64_t first,
                                 std::uint32_t block, std::uint32_t (&words)[4][std::size_t(N)]) {
  const std::uint32_t k0 = static_cast<std::uint32_t>(stream.seed);
  const std::uint32_t k1 = static_cast<std::uint32_t>(stream.seed >> 32);
  const std::uint64_t step = stream.current_step();
#pragma omp simd
  for (int i = 0; i < N; ++i) {
    const std::uint64_t lane = first + static_cast<std::uint64_t>(i);
    std::uint32_t c0 = block, c1 = static_cast<std::uint32_t>(lane);
    std::uint32_t c2 = static_cast<std::uint32_t>(step);
    std::uint32_t c3 = stream.purpose << 24 | static_cast<std::uint32_t>(lane >> 32 & 0xffu) << 16 |
                       static_cast<std::uint32_t>(step >> 32 & 0xffffu);
    const auto round = [&](std::uint32_t n) __attribute__((always_inline)) {
      const std::uint64_t a = std::uint64_t{0xD2511F53u} * c0, b = std::uint64_t{0xCD9E8D57u} * c2;
      c0 = static_cast<std::uint32_t>(b >> 32) ^ c1 ^ (k0 + n * 0x9E3779B9u);
      c1 = static_cast<std::uint32_t>(b);
      c2 = static_cast<std::uint32_t>(a >> 32) ^ c3 ^ (k1 + n * 0xBB67AE85u);
      c3 = static_cast<std::uint32_t>(a);
    };
    round(0), round(1), round(2), round(3), round(4), round(5), round(6), round(7), round(8),
        round(9);
    words[0][i] = c0;
    words[1][i] = c1;
    words[2][i] = c2;
    words[3][i] = c3;
  }
}

/// log_unit, lane by lane.
template <class T, int N>
LANES_INLINE Pack<T, N> log_unit_pack(const T (&u)[std::size_t(N)]) {
  alignas(64) T mantissa[std::size_t(N)], exponent[std::size_t(N)];
#pragma omp simd
  for (int i = 0; i < N; ++i) {
    if constexpr (sizeof(T) == 8) {
      std::int64_t bits;
      std::memcpy(&bits, &u[i], 8);
      const std::int64_t e = (bits - 0x3fe6a09e667f3bcdLL) >> 52;
      bits -= e * (std::int64_t(1) << 52);
      std::memcpy(&mantissa[i], &bits, 8);
      exponent[i] = static_cast<T>(e);
    } else {
      std::int32_t bits;
      std::memcpy(&bits, &u[i], 4);
      const std::int32_t e = (bits - 0x3f3504f3) >> 23;
      bits -= e * (1 << 23);
      std::memcpy(&mantissa[i], &bits, 4);
      exponent[i] = static_cast<T>(e);
    }
  }
  using P = Pack<T, N>;
  const P m = P::load(mantissa), s = (m - P(1)) / (m + P(1)), z = s * s;
  constexpr int terms = sizeof(T) == 8 ? 11 : 5;
  P sum = T(1) / T(2 * terms + 1);
  for (int k = terms - 1; k >= 1; --k) sum = fma(sum, z, P(T(1) / T(2 * k + 1)));
  const P twice = s + s;
  return fma(P::load(exponent), P(T(0.6931471805599453)), fma(twice * z, sum, twice));
}

/// cos_sin_turn, lane by lane.
template <class T, int N>
LANES_INLINE Pair<Pack<T, N>> cos_sin_turn(Pack<T, N> v) {
  using P = Pack<T, N>;
  const P quadrant = floor(fma(v, P(4), P(T(0.5))));
  const P x = fma(quadrant, P(T(-0.25)), v) * P(T(6.283185307179586)), z = x * x;
  constexpr int terms = sizeof(T) == 8 ? 8 : 5;
  P c = 1, s = 1;
  for (int k = terms; k >= 1; --k) {
    c = fma(c * z, P(T(-1) / T(2 * k * (2 * k - 1))), P(1));
    s = fma(s * z, P(T(-1) / T(2 * k * (2 * k + 1))), P(1));
  }
  s *= x;
  // quadrants 0 .. 4: (c, s), (-s, c), (-c, -s), (s, -c), (c, s)
  const P half = T(0.5);
  const auto one = quadrant > half && quadrant < P(1) + half;
  const auto two = quadrant > P(1) + half && quadrant < P(2) + half;
  const auto three = quadrant > P(2) + half && quadrant < P(3) + half;
  const P a = select(one || three, s, c), b = select(one || three, c, s);
  return {select(one || two, -a, a), select(two || three, -b, b)};
}

}  // namespace detail

/// Two independent standard normal deviates in each of the lanes first .. first + N - 1.
template <class T, int N>
inline Pair<Pack<T, N>> normal_pair(const RandomStream& stream, std::uint64_t first,
                                    std::uint32_t block) {
  alignas(64) std::uint32_t w[4][std::size_t(N)];
  detail::words_of_lanes<N>(stream, first, block, w);
  alignas(64) T u[std::size_t(N)], v[std::size_t(N)];
#pragma omp simd
  for (int i = 0; i < N; ++i) {
    u[i] = detail::positive_interval<T>(w[0][i], w[1][i]);
    v[i] = detail::unit_interval<T>(w[2][i], w[3][i]);
  }
  const auto r = sqrt(Pack<T, N>(T(-2)) * detail::log_unit_pack<T, N>(u));
  const auto turn = detail::cos_sin_turn(Pack<T, N>::load(v));
  return {r * turn.first, r * turn.second};
}

/// Two independent uniform deviates in (0, 1] in each of the lanes first .. first + N - 1.
template <class T, int N>
inline Pair<Pack<T, N>> positive_pair(const RandomStream& stream, std::uint64_t first,
                                      std::uint32_t block) {
  alignas(64) std::uint32_t w[4][std::size_t(N)];
  detail::words_of_lanes<N>(stream, first, block, w);
  alignas(64) T u[std::size_t(N)], v[std::size_t(N)];
#pragma omp simd
  for (int i = 0; i < N; ++i) {
    u[i] = detail::positive_interval<T>(w[0][i], w[1][i]);
    v[i] = detail::positive_interval<T>(w[2][i], w[3][i]);
  }
  return {Pack<T, N>::load(u), Pack<T, N>::load(v)};
}

}  // namespace lanes
