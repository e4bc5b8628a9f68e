// SPDX-License-Identifier: BSD-3-Clause
//
// Proposer: what independence Metropolis and importance sampling draw from; a Sampler is one.
//
// | required                                         |                                            |
// |--------------------------------------------------|--------------------------------------------|
// | Real, Field, Geometry                            | types                                      |
// | propose(theory, first, count, x, log_q, action)  | draws number first .. first + count - 1    |
// | seed()                                           | Seed; keys the accept/reject decisions too |
//
// | optional                                         | fallback                                   |
// |--------------------------------------------------|--------------------------------------------|
// | int threads(), of the backend it draws on        | as many as OpenMP offers                   |
//
// What is measured on its ensembles takes as many threads.
//
// propose writes x [count][rows], log_q [count] = ln q(x), action [count] = S(x). Draw number k is
// the same bits whatever first and count are.
//
// A finite ln q with S = +infinity is a draw that the target forbids: weight zero. Anything else
// that is not finite is an error: std::runtime_error with the number of the draw and the value.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <type_traits>

#include <lanes/core/error.hpp>
#include <lanes/core/parallel.hpp>
#include <lanes/core/random.hpp>

namespace lanes {

template <class P, class Theory>
concept Proposer = requires(P& p, const Theory& theory, typename P::Real* x, double* out) {
  typename P::Field;
  typename P::Geometry;
  p.propose(theory, std::uint64_t{}, std::size_t{}, x, out, out);
  Seed{p.seed()};
};

namespace detail {

/// One sentence per slot, at the entrance of everything that draws.
template <class P, class Theory>
constexpr void check_proposer() {
  static_assert(
      Proposer<P, Theory>,
      "lanes: a Proposer has Real, Field, Geometry, propose(theory, first, count, x, log_q, "
      "action) and seed(); see lanes/sampling/proposer.hpp.");
  static_assert(std::is_same_v<typename P::Field, typename Theory::Field>,
                "lanes: the sampler and the theory must have the same Field.");
  static_assert(std::is_same_v<typename P::Geometry, typename Theory::Geometry>,
                "lanes: the sampler and the theory must have the same Geometry.");
}

/// 0: as many as OpenMP offers.
template <class P>
int threads_of([[maybe_unused]] const P& proposer) {
  if constexpr (HasThreads<P>)
    return proposer.threads();
  else
    return 0;
}

template <class P>
inline constexpr std::size_t rows_of_proposer =
    static_cast<std::size_t>(P::Field::template rows<typename P::Geometry>);

[[noreturn]] inline void refuse_proposal(std::uint64_t number, const char* what, double value) {
  throw std::runtime_error("lanes: proposal " + std::to_string(number) + ": " + what + " is " +
                           to_text(value));
}

/// ln w = -S - ln q of a proposal; -infinity where S = +infinity.
inline double checked_log_weight(std::uint64_t number, double log_q, double action) {
  if (!std::isfinite(log_q)) refuse_proposal(number, "ln q", log_q);
  if (std::isnan(action) || (std::isinf(action) && action < 0))
    refuse_proposal(number, "the action S", action);
  return -action - log_q;
}

/// Proposals drawn at a time: about 32 MiB of them, a whole number of tiles.
template <class P>
constexpr std::size_t default_block() {
  constexpr std::size_t fit =
      (std::size_t{1} << 25) / (rows_of_proposer<P> * sizeof(typename P::Real));
  return fit > 16384 ? 16384 : fit < 64 ? 64 : fit / 64 * 64;
}

}  // namespace detail

}  // namespace lanes
