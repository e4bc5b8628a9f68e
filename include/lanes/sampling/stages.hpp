// SPDX-License-Identifier: BSD-3-Clause
//
// draw_stages(sampler, count): what a flow makes of its base samples, stage by stage: the fields
// before the first layer, and after each layer in the order of sampling. Stage k is an ensemble of
// independent draws (of no theory: action and log q are 0), for the observables of observable/:
//
//   for (const auto& stage : lanes::draw_stages(sampler, 4096))
//     lanes::print(stage, lanes::SquaredCorrelationLength{}, lanes::TwoPointFunction{});
//
// A Repeat shows each of its layers; a level on a coarser lattice is one stage, seen on the whole
// lattice. The draws are the sampler's first proposals. Errors: std::invalid_argument for count <
// 1.
#pragma once

#include <cstddef>
#include <vector>

#include <lanes/core/error.hpp>
#include <lanes/ensemble/ensemble.hpp>
#include <lanes/ensemble/room.hpp>
#include <lanes/sampler.hpp>

namespace lanes {

template <class SamplerType>
auto draw_stages(SamplerType& sampler, std::size_t count) {
  using Model = typename SamplerType::Model;
  using Context = typename SamplerType::Context;
  using Real = typename SamplerType::Real;
  using Stage = Ensemble<typename SamplerType::Field, typename SamplerType::Geometry, Real>;
  constexpr int rows = Model::field_rows;
  require(count >= 1, "draw_stages: count", count, ">= 1");
  const RandomStream stream(sampler.seed(), Purpose::proposal);
  // f(stage, field, first lane, lanes) for the base samples, stage 0, and after each layer.
  const auto visit = [&](std::size_t lanes, const auto& f) {
    sampler.backend().template for_lanes<typename SamplerType::Precision>(
        0, lanes, [&](Context& context, std::size_t first, int n) {
          const auto x = context.template rows<Real>(rows);
          const auto q = context.template rows<double>(1);
          const Share<Real> share = sampler.share(context);
          std::size_t stage = 0;
          Model::draw(context, share, stream, x, q,
                      [&](Rows<Real> now) { f(context, ++stage, now, first, n); });
          f(context, std::size_t(0), share.tape, first, n);  // the tape begins with the base field
        });
  };

  std::size_t layers = 0;
  visit(1, [&](Context&, std::size_t stage, Rows<Real>, std::size_t, int) {
    layers = stage > layers ? stage : layers;
  });
  std::vector<Stage> stages(layers + 1);
  for (Stage& s : stages) {
    s.threads = sampler.threads();
    detail::make_room(s.configurations, count, rows);
    s.action.assign(count, 0.0);
    s.log_q.assign(count, 0.0);
  }
  visit(count, [&](Context& context, std::size_t stage, Rows<Real> x, std::size_t first, int n) {
    context.store_lanes(x, rows, n, stages[stage].configurations.data() + first * rows);
  });
  return stages;
}

}  // namespace lanes
