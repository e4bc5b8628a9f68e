// SPDX-License-Identifier: BSD-3-Clause
//
// Random numbers: Philox4x32-10 (Salmon et al., SC'11; Random123), keyed by the seed and counted by
// (purpose, step, lane, block): stateless, the same numbers for any number of threads, tiles and
// ranks.
//
//   counter = { block, lane, step, purpose (8 bits) | lane (8 more bits) | step (16 more bits) },
//     key = seed
//
// One block of four 32-bit words makes one pair of normal deviates (Box-Muller) or two uniforms:
//   u = words 0,1 in (0, 1],  v = words 2,3 in [0, 1),
//   z0 = sqrt(-2 ln u) cos(2 pi v),  z1 = sqrt(-2 ln u) sin(2 pi v).
// Single takes the leading bits of the same words, so Single and Double draw the same numbers to
// rounding. The elementary functions are written out in fused multiply-adds, so that every back end
// gets the same bits whatever its mathematics library (largest error 4 ulp of the result's scale).
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#include <Random123/philox.h>

#include <lanes/core/macros.hpp>

namespace lanes {

/// Seed of everything random; the same seed and program give the same bits on the same machine.
struct Seed {
  std::uint64_t value = 0;
};

/// What the numbers are for; each purpose has its own stream.
enum class Purpose : std::uint32_t {
  base = 1,
  initialise,
  accept,
  momentum,
  bootstrap,
  proposal,
  reflection,
  user,
  heat_bath,
  cluster,
  coupling,
  update
};

/// The numbers of one purpose at one step (a training step, a draw, an HMC trajectory).
struct RandomStream {
  std::uint64_t seed;
  std::uint32_t purpose;
  std::uint64_t step;
  const std::uint64_t* step_at = nullptr;

  RandomStream(Seed s, Purpose p, std::uint64_t at = 0)
      : seed(s.value), purpose(static_cast<std::uint32_t>(p)), step(at) {}

  /// The same, at the step that `where` (in the memory of the backend that draws) says when numbers
  /// are drawn.
  RandomStream with_step_at(const std::uint64_t* where) const {
    RandomStream other = *this;
    other.step_at = where;
    return other;
  }
  /// The step: its number, or what stands in the memory of a device.
  LANES_HD std::uint64_t current_step() const { return step_at ? *step_at : step; }

  /// A block of random bits.
  struct Words {
    std::uint32_t v[4];
  };

  /// Four random words of a lane (of 2^40); `block` counts them.
  LANES_HD Words words(std::uint64_t lane, std::uint32_t block) const {
    const std::uint64_t at = current_step();
    const r123::Philox4x32::ctr_type counter = {
        {block, static_cast<std::uint32_t>(lane), static_cast<std::uint32_t>(at),
         purpose << 24 | static_cast<std::uint32_t>(lane >> 32 & 0xffu) << 16 |
             static_cast<std::uint32_t>(at >> 32 & 0xffffu)}};
    const r123::Philox4x32::key_type key = {
        {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}};
    const auto r = r123::Philox4x32{}(counter, key);
    return {{r[0], r[1], r[2], r[3]}};
  }
};

/// Two deviates of one block.
template <class T>
struct Pair {
  T first, second;
};

namespace detail {

// Two 32-bit words to [0, 1): 53 bits for double, the leading 24 for float.
template <class T>
LANES_HD LANES_INLINE T unit_interval(std::uint32_t high, std::uint32_t low) {
  if constexpr (sizeof(T) == 8) {
    const auto bits = static_cast<std::int64_t>((std::uint64_t(high) << 32 | low) >> 11);
    return static_cast<T>(bits) * T(1.1102230246251565e-16);  // 2^-53
  } else {
    return static_cast<T>(static_cast<std::int32_t>(high >> 8)) *
           T(5.9604644775390625e-08);  // 2^-24
  }
}

// The same words to (0, 1], with full relative accuracy near 0 (the tail of the normal
// distribution).
template <class T>
LANES_HD LANES_INLINE T positive_interval(std::uint32_t high, std::uint32_t low) {
  if constexpr (sizeof(T) == 8) {
    const auto bits = static_cast<std::int64_t>((std::uint64_t(high) << 32 | low) >> 11);
    return (static_cast<T>(bits) + T(0.5)) * T(1.1102230246251565e-16);
  } else {
    return (static_cast<T>(high) + T(0.5)) * T(2.3283064365386963e-10);  // 2^-32
  }
}

// ln u for u in [2^-53, 1]: u = m 2^e with m in [sqrt(1/2), sqrt(2)), ln m = 2 artanh((m-1)/(m+1)).
template <class T>
LANES_HD inline T log_unit(T u) {
  T m;
  int e;
  if constexpr (sizeof(T) == 8) {
    std::int64_t bits;
    std::memcpy(&bits, &u, 8);
    const std::int64_t shifted = bits - 0x3fe6a09e667f3bcdLL;
    e = static_cast<int>(shifted >> 52);
    bits -= static_cast<std::int64_t>(e) * (std::int64_t(1) << 52);
    std::memcpy(&m, &bits, 8);
  } else {
    std::int32_t bits;
    std::memcpy(&bits, &u, 4);
    e = (bits - 0x3f3504f3) >> 23;
    bits -= e * (1 << 23);
    std::memcpy(&m, &bits, 4);
  }
  const T s = (m - T(1)) / (m + T(1)), z = s * s;
  constexpr int terms = sizeof(T) == 8 ? 11 : 5;
  T sum = T(1) / T(2 * terms + 1);
  for (int k = terms - 1; k >= 1; --k) sum = std::fma(sum, z, T(1) / T(2 * k + 1));
  const T twice = s + s;
  return std::fma(T(e), T(0.6931471805599453), std::fma(twice * z, sum, twice));
}

// (cos, sin) of 2 pi v, v in [0, 1): v = quadrant / 4 + w, |w| <= 1/8.
template <class T>
LANES_HD inline Pair<T> cos_sin_turn(T v) {
  const T quadrant = std::floor(std::fma(v, T(4), T(0.5)));
  const T x = std::fma(quadrant, T(-0.25), v) * T(6.283185307179586), z = x * x;
  constexpr int terms = sizeof(T) == 8 ? 8 : 5;
  T c = 1, s = 1;
  for (int k = terms; k >= 1; --k) {
    c = std::fma(c * z, T(-1) / T(2 * k * (2 * k - 1)), T(1));
    s = std::fma(s * z, T(-1) / T(2 * k * (2 * k + 1)), T(1));
  }
  s *= x;
  const int q = static_cast<int>(quadrant) & 3;
  const T a = q & 1 ? s : c, b = q & 1 ? c : s;
  return {q == 1 || q == 2 ? -a : a, q >= 2 ? -b : b};
}

}  // namespace detail

/// Two independent standard normal deviates.
template <class T>
LANES_HD inline Pair<T> normal_pair(RandomStream::Words w) {
  const T u = detail::positive_interval<T>(w.v[0], w.v[1]);
  const T v = detail::unit_interval<T>(w.v[2], w.v[3]);
  const T r = std::sqrt(T(-2) * detail::log_unit(u));
  const Pair<T> turn = detail::cos_sin_turn(v);
  return {r * turn.first, r * turn.second};
}

/// Two independent uniform deviates in [0, 1).
template <class T>
LANES_HD inline Pair<T> uniform_pair(RandomStream::Words w) {
  return {detail::unit_interval<T>(w.v[0], w.v[1]), detail::unit_interval<T>(w.v[2], w.v[3])};
}

/// Two independent uniform deviates in (0, 1], with full relative accuracy near 0: u < p has the
/// probability p however small p is.
template <class T>
LANES_HD inline Pair<T> positive_pair(RandomStream::Words w) {
  return {detail::positive_interval<T>(w.v[0], w.v[1]),
          detail::positive_interval<T>(w.v[2], w.v[3])};
}

}  // namespace lanes
