// SPDX-License-Identifier: BSD-3-Clause
//
// ChainRange: the random numbers that chains are made of, so that ensembles which share some are
// told apart from those which do not (ensemble/merged.hpp).
//
//   chains     first .. first + chains - 1 (HMC, heat bath, Wolff: HmcOptions::first_chain, ..): a
//              chain's numbers are functions of (seed, its number, update)
//   proposals  (sample_exact, sample_reweighted: MetropolisOptions::first, ..): chain c takes
//              proposal first + t chains + c at its update t
//
// The same seed, first and options are the same bits again, always.
#pragma once

#include <cstdint>

#include <lanes/core/random.hpp>

namespace lanes {

struct ChainRange {
  Seed seed;
  Purpose purpose = Purpose::user;
  std::uint64_t first = 0;  // number of the first chain, or of its first proposal
  std::uint64_t chains = 1;
  std::uint64_t begin = 0, end = 0;  // updates of each chain
  std::uint64_t interval = 1;        // updates from one kept configuration to the next

  /// Chains or proposals that nobody else may have: from .. to - 1.
  std::uint64_t from() const { return of_proposals() ? first + begin * chains : first; }
  std::uint64_t to() const { return of_proposals() ? first + end * chains : first + chains; }

  /// Whether they share any random number.
  bool overlaps(const ChainRange& other) const {
    return same_numbers(other) && from() < other.to() && other.from() < to();
  }
  /// The same chains, at the updates that follow on those of `other`.
  bool continues(const ChainRange& other) const {
    return same_numbers(other) && first == other.first && chains == other.chains &&
           interval == other.interval && begin == other.end;
  }

 private:
  bool of_proposals() const { return purpose == Purpose::proposal; }
  bool same_numbers(const ChainRange& other) const {
    return seed.value == other.seed.value && purpose == other.purpose;
  }
};

}  // namespace lanes
