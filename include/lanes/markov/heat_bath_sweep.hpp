// SPDX-License-Identifier: BSD-3-Clause
//
// HeatBathSweep: an Update (update.hpp) of a theory whose conditional densities are known. It draws
// every variable anew from its conditional density given all others, then moves every variable
// `overrelaxation` times to where the action is the same.
//
// What that is, LocalUpdates says: of U1Gauge (link_updates.hpp) and of IsingModel
// (spin_updates.hpp). For a theory of one's own, specialise
//
//   LocalUpdates<Theory>   template <class Context> static void heat_bath(Context&, const Theory&,
//                              const RandomStream& of_this_sweep, Rows<Real> x)
//                          template <class Context> static void overrelaxation(Context&,
//                              const Theory&, Rows<Real> x)
//
// Errors: check throws std::invalid_argument for a negative overrelaxation.
#pragma once

#include <lanes/core/error.hpp>
#include <lanes/core/random.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/fwd.hpp>
#include <lanes/markov/link_updates.hpp>
#include <lanes/markov/spin_updates.hpp>
#include <lanes/markov/update.hpp>

namespace lanes {

namespace detail {

template <class Theory, class Context>
concept HasLocalUpdates = requires(Context& context, const Theory& theory,
                                   const RandomStream& stream, Rows<typename Context::Real> x) {
  LocalUpdates<Theory>::heat_bath(context, theory, stream, x);
  LocalUpdates<Theory>::overrelaxation(context, theory, x);
};

}  // namespace detail

struct HeatBathSweep {
  static constexpr Purpose purpose = Purpose::heat_bath;

  int overrelaxation = 1;  // >= 0; of every variable, after the heat bath of every variable

  void check() const {
    require(overrelaxation >= 0, "HeatBathSweep: overrelaxation", overrelaxation, ">= 0");
  }

  template <class Context, class Theory>
  requires detail::HasLocalUpdates<Theory, Context>
  void update(Context& context, const Theory& theory, const ChainStep& step,
              Rows<typename Context::Real> x) const {
    LocalUpdates<Theory>::heat_bath(context, theory, step.stream(purpose), x);
    for (int i = 0; i < overrelaxation; ++i)
      LocalUpdates<Theory>::overrelaxation(context, theory, x);
  }
};

}  // namespace lanes
