// SPDX-License-Identifier: BSD-3-Clause
//
// Initialiser: a sequence of uniform deviates for the start values of parameters, from the seed
// alone.
#pragma once

#include <cstdint>

#include <lanes/core/random.hpp>

namespace lanes {

class Initialiser {
 public:
  explicit Initialiser(Seed seed) : stream_(seed, Purpose::initialise) {}

  /// The next deviate in [-bound, bound).
  double uniform(double bound) {
    return bound * (2 * uniform_pair<double>(stream_.words(next_++, 0)).first - 1);
  }

 private:
  RandomStream stream_;
  std::uint64_t next_ = 0;
};

}  // namespace lanes
