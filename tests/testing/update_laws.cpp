// SPDX-License-Identifier: BSD-3-Clause
//
// The law of updates holds for the shipped ones, on either side of a transition, and notices a
// wrong acceptance, a wrong bond, an action that is forgotten and numbers of a neighbour.
#include <cmath>

#include <doctest/doctest.h>

#include <lanes/backend/serial.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/markov/heat_bath_sweep.hpp>
#include <lanes/markov/hmc_trajectory.hpp>
#include <lanes/markov/sequence.hpp>
#include <lanes/markov/wolff_clusters.hpp>
#include <lanes/testing/update_laws.hpp>
#include <lanes/theory/phi4.hpp>
#include <lanes/theory/u1_gauge.hpp>

using namespace lanes;
using laws::check_update;

namespace {

using G = Lattice<2, 2>;
using Ring = Lattice<4>;

template <class Update, class Theory>
void check_holds(const Update& update, const Theory& theory) {
  const auto r = check_update(update, theory, Seed{1}, 50'000);
  CHECK_MESSAGE(r.passed(), to_string(r));
  CHECK(r.moved > 0.3);
  CHECK(r["neighbours"].deviation == 0);
}

enum class Mistake { none, acceptance, action, neighbours };

/// A trajectory of a theory with another mass: dH is not that of exp(-S). Or one that keeps the
/// old action; or one that counts chains from the start of its tile.
template <Mistake M>
struct Mistaken {
  HmcTrajectory<> right{.step_size = 0.3, .steps = 4};
  template <class Context>
  void update(Context& context, const Phi4<G>& theory, ChainStep step,
              Rows<typename Context::Real> x, Rows<double> action) const {
    typename Context::Scope scope(context);
    const auto kept = context.template rows<double>(1);
    copy(context, action, kept, 1);
    const auto first = step.first;
    if (M == Mistake::neighbours) context.set_first_lane(0);
    const auto other = Phi4<G>::from_hopping(0.22, 0.3);
    right.update(context, M == Mistake::acceptance ? other : theory, step, x, action);
    context.set_first_lane(first);
    if (M == Mistake::action) copy(context, kept, action, 1);
    if (M == Mistake::acceptance) {
      fill(context, action, 1);
      add_action(context, theory, x, action);
    }
  }
};

/// Spins with a coupling for their bonds that is not the action's.
struct WrongBonds {
  double factor;
  template <class Context, class Geometry>
  void update(Context& context, const XYModel<Geometry>& theory, const ChainStep& step,
              Rows<typename Context::Real> x) const {
    const XYModel<Geometry> other(factor * theory.beta());
    WolffClusters{3}.update(context, other, step, x);
  }
};

}  // namespace

TEST_CASE("the shipped updates") {
  const auto phi4 = Phi4<G>::from_hopping(0.2, 0.3);
  const VectorPhi4<Lattice<3>, 2> vector(0.3, 0.1);
  check_holds(HmcTrajectory<>{.step_size = 0.4, .steps = 3}, phi4);
  check_holds(HmcTrajectory<Leapfrog>{.step_size = 0.3, .steps = 3}, U1Gauge<G>(1.0));
  check_holds(HeatBathSweep{}, U1Gauge<G>(1.0));
  check_holds(HeatBathSweep{.overrelaxation = 0}, IsingModel<G>(0.3, 0.2));
  for (double beta : {0.3, -0.25}) check_holds(WolffClusters{3}, IsingModel<Lattice<3, 3>>(beta));
  for (double beta : {0.8, -0.7}) check_holds(WolffClusters{3}, XYModel<Lattice<3>>(beta));
  check_holds(WolffClusters{2}, vector);
  check_holds(Sequence{WolffClusters{2}, HmcTrajectory<>{.step_size = 0.3, .steps = 3}}, vector);
}
TEST_CASE("Single, and another backend") {
  const auto single = check_update<Single>(WolffClusters{3}, XYModel<Ring>(0.8), Seed{2});
  CHECK_MESSAGE(single.passed(), to_string(single));
  const auto serial =
      check_update<Double, Serial>(WolffClusters{3}, XYModel<Ring>(0.8), Seed{2}, 20'000);
  CHECK_MESSAGE(serial.passed(), to_string(serial));
}
TEST_CASE("each mistake breaks its law") {
  const auto theory = Phi4<G>::from_hopping(0.2, 0.3);
  const auto none = check_update(Mistaken<Mistake::none>{}, theory, Seed{3});
  CHECK_MESSAGE(none.passed(), to_string(none));
  const auto acceptance = check_update(Mistaken<Mistake::acceptance>{}, theory, Seed{3});
  CHECK(acceptance.failed());
  CHECK(acceptance["invariance"].deviation > laws::sigmas);
  CHECK(acceptance["action"].holds());
  CHECK(to_string(acceptance).find("failed: invariance is off by") == 0);
  const auto action = check_update(Mistaken<Mistake::action>{}, theory, Seed{3});
  CHECK(action.failed());
  CHECK(action["action"].deviation > 0.01);
  const auto neighbours = check_update(Mistaken<Mistake::neighbours>{}, theory, Seed{3});
  CHECK(neighbours.failed());
  CHECK(neighbours["neighbours"].deviation > 0.5);
  for (double factor : {0.9, 1.1}) {
    const auto bonds = check_update(WrongBonds{factor}, XYModel<Ring>(0.8), Seed{4});
    CHECK_MESSAGE(!bonds["invariance"].holds(), bonds["invariance"].deviation);
  }
  CHECK(check_update(WrongBonds{1}, XYModel<Ring>(0.8), Seed{4}).passed());
}
TEST_CASE("weights that are concentrated make no verdict") {
  const auto r = check_update(WolffClusters{1}, XYModel<Lattice<4, 4>>(5), Seed{5}, 1000);
  CHECK(r.undecided());
  CHECK(to_string(r).find("undecided: a share of") == 0);
}
