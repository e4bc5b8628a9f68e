// SPDX-License-Identifier: BSD-3-Clause
//
// merged(a, b, ..): one ensemble of several.
//
//   auto a = lanes::sample_hmc(theory, {.chains = 32});
//   auto b = lanes::sample_hmc(theory, {.first_chain = a.next(), .chains = 32});   // 32 others
//   auto all = lanes::merged(a, b);                                               // 64 chains
//
// A sampler is a function of its seed and options: called twice with the same ones it returns the
// same bits, which are no second measurement. merged refuses ensembles that share chains or
// proposals. Chains of others are appended, as replicas; where b goes on with the chains of a
// (HybridMonteCarlo::sample twice, a run that was resumed), each chain of a is prolonged: the uncut
// run, bit for bit. Draws with weights are put one after another. Measuring takes a's threads.
//
// Ensembles that do not know their random numbers (from a file, from make_ensemble) are taken as
// independent. Both must be of the same theory; that is not seen here.
// Errors: std::invalid_argument for shared numbers, for log q in one of the two only, and for draws
// with chains.
#pragma once

#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <lanes/ensemble/ensemble.hpp>
#include <lanes/ensemble/reweighted_ensemble.hpp>

namespace lanes {

namespace detail {

template <class T>
void append(std::vector<T>& to, const std::vector<T>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

/// a[i], then b[i], for blocks of na[i] and nb[i] times `width` numbers.
template <class T>
std::vector<T> interleaved(const std::vector<T>& a, const std::vector<T>& b,
                           const std::vector<std::size_t>& na, const std::vector<std::size_t>& nb,
                           std::size_t width) {
  std::vector<T> both;
  if (a.empty()) return both;
  both.reserve(a.size() + b.size());
  auto from_a = a.begin();
  auto from_b = b.begin();
  for (std::size_t i = 0; i < na.size(); ++i) {
    const auto end_a = from_a + static_cast<std::ptrdiff_t>(na[i] * width);
    const auto end_b = from_b + static_cast<std::ptrdiff_t>(nb[i] * width);
    both.insert(both.end(), from_a, end_a);
    both.insert(both.end(), from_b, end_b);
    from_a = end_a;
    from_b = end_b;
  }
  return both;
}

/// Whether b goes on with the chains of a; refuses those that share numbers otherwise.
inline bool continues(const std::vector<ChainRange>& a, const std::vector<ChainRange>& b) {
  bool all = !a.empty() && a.size() == b.size();
  for (std::size_t i = 0; all && i < a.size(); ++i) all = b[i].continues(a[i]);
  if (all) return true;
  for (const ChainRange& x : a)
    for (const ChainRange& y : b)
      if (x.overlaps(y)) {
        const bool proposals = x.purpose == Purpose::proposal;
        const auto text = [](const ChainRange& r) {
          return std::to_string(r.from()) + " to " + std::to_string(r.to() - 1);
        };
        throw std::invalid_argument(
            std::string("lanes: merged: both ensembles are made of ") +
            (proposals ? "proposals " : "chains ") + text(x) + " and " + text(y) + " of seed " +
            std::to_string(x.seed.value) + ": they are not independent (give the second call ." +
            (proposals ? "first" : "first_chain") + " = next() of the first ensemble)");
      }
  return false;
}

/// What all ensembles have of each configuration, b after a or chain by chain; the lengths of both.
template <class AnyEnsemble>
std::vector<std::size_t> merge_chains(AnyEnsemble& a, const AnyEnsemble& b,
                                      std::vector<std::size_t> lengths,
                                      const std::vector<std::size_t>& other) {
  if (continues(a.ranges, b.ranges)) {
    a.configurations = interleaved(a.configurations, b.configurations, lengths, other, a.rows);
    a.action = interleaved(a.action, b.action, lengths, other, 1);
    a.log_q = interleaved(a.log_q, b.log_q, lengths, other, 1);
    if constexpr (WeightedEnsemble<AnyEnsemble>)
      a.log_weights = interleaved(a.log_weights, b.log_weights, lengths, other, 1);
    for (std::size_t i = 0; i < lengths.size(); ++i) lengths[i] += other[i];
    for (std::size_t i = 0; i < a.ranges.size(); ++i) a.ranges[i].end = b.ranges[i].end;
  } else {
    append(a.configurations, b.configurations);
    append(a.action, b.action);
    append(a.log_q, b.log_q);
    if constexpr (WeightedEnsemble<AnyEnsemble>) append(a.log_weights, b.log_weights);
    append(lengths, other);
    append(a.ranges, b.ranges);
  }
  return lengths;
}

}  // namespace detail

template <class Field, class Geometry, class Real>
Ensemble<Field, Geometry, Real> merged(Ensemble<Field, Geometry, Real> a,
                                       const Ensemble<Field, Geometry, Real>& b) {
  if (a.log_q.empty() != b.log_q.empty())
    throw std::invalid_argument("lanes: merged: log q is known in one of the ensembles only");
  a.set_lengths(detail::merge_chains(a, b, a.lengths(), b.lengths()));
  detail::append(a.proposal_log_weights, b.proposal_log_weights);
  a.accepted += b.accepted;
  a.decisions += b.decisions;
  a.hmc.merge(b.hmc);
  return a;
}

template <class Field, class Geometry, class Real>
ReweightedEnsemble<Field, Geometry, Real> merged(
    ReweightedEnsemble<Field, Geometry, Real> a,
    const ReweightedEnsemble<Field, Geometry, Real>& b) {
  if (a.lengths.empty() != b.lengths.empty())
    throw std::invalid_argument(
        "lanes: merged: one ensemble is of independent draws, the other of chains");
  const bool draws = a.lengths.empty();
  auto lengths = draws ? detail::merge_chains(a, b, {a.size()}, {b.size()})
                       : detail::merge_chains(a, b, a.lengths, b.lengths);
  if (!draws) a.lengths = std::move(lengths);
  return a;
}

template <class AnyEnsemble, class... More>
AnyEnsemble merged(AnyEnsemble a, const AnyEnsemble& b, const More&... more) {
  return merged(merged(std::move(a), b), more...);
}

}  // namespace lanes
