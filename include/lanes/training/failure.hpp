// SPDX-License-Identifier: BSD-3-Clause
//
// TrainingError: how a training fails; and which lane, and which layer of its flow, made a number
// that is not finite.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <lanes/core/error.hpp>
#include <lanes/sampler.hpp>
#include <lanes/training/history.hpp>

namespace lanes {

/// Training met a number that is not finite. layer: the first layer whose output is not finite,
/// counted from 0; -1 where x is finite and the action is not.
struct TrainingError : std::runtime_error {
  TrainingError(const std::string& what, long at_step, long at_lane, int at_layer)
      : std::runtime_error(what), step(at_step), lane(at_lane), layer(at_layer) {}
  long step, lane;
  int layer;
};

namespace detail {

struct BadLane {
  long lane = -1;  // -1: all are finite
  int layer = -1;
  std::string reason;
};

/// place: what else tells the step apart.
[[noreturn]] inline void stop_training(long step, const std::string& place, const std::string& what,
                                       const BadLane& bad = {}) {
  const std::string lane = bad.lane < 0 ? "" : "lane " + std::to_string(bad.lane) + ": ";
  throw TrainingError("lanes: training stopped at step " + std::to_string(step) + place + ": " +
                          what + lane + bad.reason + "; the parameters are those before this step",
                      step, bad.lane, bad.layer);
}

/// The first layer whose output is not finite when the sampler draws `lane`; -1: none.
template <class Sampler>
int first_bad_layer(Sampler& sampler, const RandomStream& stream, std::uint64_t lane) {
  using Model = typename Sampler::Model;
  using Context = typename Sampler::Context;
  using Real = typename Sampler::Real;
  int layer = -1;
  sampler.backend().template for_lanes<typename Sampler::Precision>(
      lane, 1, [&](Context& context, std::size_t, int) {
        const auto x = context.template rows<Real>(Model::field_rows);
        const auto q = context.template rows<double>(1);
        int count = 0;
        Model::draw(context, sampler.share(context), stream, x, q, [&](Rows<Real> now) {
          std::vector<Real> field(static_cast<std::size_t>(Model::field_rows));
          context.store_lanes(now, Model::field_rows, 1, field.data());
          for (Real v : field)
            if (!std::isfinite(v) && layer < 0) layer = count;
          ++count;
        });
      });
  return layer;
}

/// The first lane of which ln q or S is not finite. Lanes are draws first, first + 1, .. of a
/// stream, or given configurations (no stream).
template <class Sampler>
BadLane find_bad_lane(Sampler& sampler, const RandomStream* stream, std::uint64_t first,
                      std::span<const double> log_q, std::span<const double> action) {
  BadLane bad;
  for (std::size_t i = 0; i < log_q.size() && bad.lane < 0; ++i) {
    if (std::isfinite(log_q[i]) && std::isfinite(action[i])) continue;
    bad.lane = static_cast<long>(i);
    if (stream) bad.layer = first_bad_layer(sampler, *stream, first + i);
    const std::string q = "ln q is " + to_text(log_q[i]);
    bad.reason = bad.layer >= 0
                     ? "the output of layer " + std::to_string(bad.layer) + " is not finite"
                 : stream ? "x is finite, " + q + ", S is " + to_text(action[i])
                          : "a given configuration, " + q;
  }
  return bad;
}

/// What was not finite in a step, of draws or of given configurations.
template <class Sampler>
[[noreturn]] void stop_with_reason(Sampler& sampler, bool given, const StepRecord& record,
                                   const std::string& place, std::span<const double> log_q,
                                   std::span<const double> action) {
  const RandomStream stream(sampler.seed(), Purpose::base, static_cast<std::uint64_t>(record.step));
  const BadLane bad = find_bad_lane(sampler, given ? nullptr : &stream, 0, log_q, action);
  if (bad.lane >= 0) stop_training(record.step, place, "", bad);
  stop_training(record.step, place,
                "ln q and S of every lane are finite; the loss is " + to_text(record.loss) +
                    " and the norm of the gradient " + to_text(record.gradient_norm));
}

}  // namespace detail

}  // namespace lanes
