// SPDX-License-Identifier: BSD-3-Clause
//
// bfloat16: the leading 16 bits of a float (8 bits of exponent, 7 of mantissa), rounded to nearest,
// ties to even: an operand of contractions, not a type to compute in.
// post: |float(bfloat16(x)) - x| <= 2^-8 |x|
#pragma once

#include <cstdint>
#include <cstring>
#include <type_traits>

#include <lanes/core/macros.hpp>

namespace lanes {

struct bfloat16 {
  std::uint16_t bits;

  bfloat16() = default;
  LANES_HD explicit bfloat16(float x) {
    std::uint32_t word;
    std::memcpy(&word, &x, 4);
    if ((word & 0x7fffffffu) > 0x7f800000u)  // not a number: stays one
      bits = static_cast<std::uint16_t>(word >> 16 | 0x40u);
    else
      bits = static_cast<std::uint16_t>((word + 0x7fffu + (word >> 16 & 1u)) >> 16);
  }
  LANES_HD explicit operator float() const {
    const std::uint32_t word = static_cast<std::uint32_t>(bits) << 16;
    float x;
    std::memcpy(&x, &word, 4);
    return x;
  }
};

/// x as an Operand holds it.
template <class Operand, class Real>
LANES_HD LANES_INLINE Real rounded(Real x) {
  if constexpr (std::is_same_v<Operand, Real>)
    return x;
  else
    return static_cast<Real>(Operand(x));
}

}  // namespace lanes
