// SPDX-License-Identifier: BSD-3-Clause
//
// HmcOptions and HmcState: how chains of HybridMonteCarlo run, and where they stand.
//
// Lattice units; step_size in molecular dynamics time. Shapes: x [chains][rows].
// Errors: std::invalid_argument with the value and the allowed range, when chains are made.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include <lanes/core/error.hpp>
#include <lanes/markov/chains.hpp>

namespace lanes {

struct HmcOptions {
  double step_size = 0.1;     // > 0 and finite; [molecular dynamics time]
  int steps = 10;             // >= 1; of a trajectory, on average
  bool fixed_length = false;  // true: every trajectory has exactly `steps` steps
  double start = 0;           // finite; a draw of the base density times this: 0 cold, 1 hot
  int chains = 32;            // >= 1; a multiple of the SIMD width wastes no lane
  int trajectories = 1000;    // >= 1, a multiple of interval; of each chain, after thermalisation
  int interval = 1;           // >= 1; trajectories from one kept configuration to the next
  int thermalisation = 200;   // >= 0, >= 1 to tune; trajectories of each chain that are thrown away
  double acceptance = 0;      // [0, 1), 0: none; step_size is tuned to it while thermalising
  std::uint64_t first_chain = 0;  // any; its number: chains of other numbers are independent
};

/// Where the chains stand; with options and seed, all that a resumed run needs.
template <class Real>
struct HmcState {
  std::vector<Real> x;           // [chains][rows]
  std::uint64_t trajectory = 0;  // number of the next one
  double step_size = 0;
};

namespace detail {

inline const HmcOptions& checked(const HmcOptions& o) {
  require(o.step_size > 0 && std::isfinite(o.step_size), "HmcOptions: step_size", o.step_size,
          "> 0 and finite");
  require(o.steps >= 1, "HmcOptions: steps", o.steps, ">= 1");
  require(std::isfinite(o.start), "HmcOptions: start", o.start, "finite");
  check_chains("HmcOptions", "trajectories", o.trajectories, o.interval, o.chains,
               o.thermalisation);
  require(o.acceptance >= 0 && o.acceptance < 1, "HmcOptions: acceptance", o.acceptance,
          "0 (step_size stays), or above 0 and below 1");
  require(o.acceptance == 0 || o.thermalisation >= 1, "HmcOptions: thermalisation",
          o.thermalisation, ">= 1 with an acceptance to tune to: it is tuned while thermalising");
  return o;
}

}  // namespace detail

}  // namespace lanes
