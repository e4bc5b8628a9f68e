// SPDX-License-Identifier: BSD-3-Clause
//
// ClusterNumbers: the random numbers of one chain at one step, in the order they are asked for: how
// many clusters need is not known beforehand. Drawn in blocks, which compilers make with vector
// instructions.
#pragma once

#include <cstdint>

#include <lanes/core/random.hpp>

namespace lanes {

class ClusterNumbers {
 public:
  ClusterNumbers(const RandomStream& stream, std::uint64_t chain)
      : stream_(stream), chain_(chain) {}

  /// The next 32 random bits.
  std::uint32_t bits() {
    if (used_ == size) draw();
    return words_[used_++];
  }
  /// In [0, 1).
  double uniform() {
    const std::uint32_t high = bits();
    return detail::unit_interval<double>(high, bits());
  }
  /// N(0, 1).
  double normal() {
    RandomStream::Words w;
    for (std::uint32_t& word : w.v) word = bits();
    return normal_pair<double>(w).first;
  }

 private:
  static constexpr std::uint32_t blocks = 32, size = 4 * blocks;
  void draw() {
    for (std::uint32_t b = 0; b < blocks; ++b) {
      const RandomStream::Words words = stream_.words(chain_, drawn_ + b);
      for (std::uint32_t i = 0; i < 4; ++i) words_[4 * b + i] = words.v[i];
    }
    drawn_ += blocks;
    used_ = 0;
  }

  RandomStream stream_;
  std::uint64_t chain_;
  std::uint32_t drawn_ = 0, used_ = size, words_[size];
};

}  // namespace lanes
