// SPDX-License-Identifier: BSD-3-Clause
#include <cstddef>
#include <cstdint>

#include <lanes/backend/cpu.hpp>
#include <lanes/field/ising.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/observable/fermion_observables.hpp>
#include <lanes/observable/gauge_observables.hpp>
#include <lanes/observable/ising_observables.hpp>
#include <lanes/observable/magnetization.hpp>
#include <lanes/markov/heat_bath_sweep.hpp>
#include <lanes/markov/hmc_trajectory.hpp>
#include <lanes/markov/integrator.hpp>
#include <lanes/markov/sequence.hpp>
#include <lanes/markov/wolff_clusters.hpp>
#include <lanes/sampling/proposer.hpp>
#include <lanes/theory/ising_model.hpp>
#include <lanes/theory/phi4.hpp>
#include <lanes/theory/schwinger.hpp>
#include <lanes/theory/vector_phi4.hpp>
#include <lanes/theory/xy_model.hpp>

#include "archetypes.hpp"

namespace {

using namespace archetypes;
using G = lanes::Lattice<4, 4>;
using Context = lanes::CpuContext<lanes::Double>;

// S = sum_x phi(x), and the same one configuration at a time.
struct HasField { using Field = lanes::Scalar; };
struct HasGeometry { using Geometry = G; };
struct Density {
  template <class T, class Site>
  T density(const Site& phi) const { return phi.here(); }
};
struct Action { double action(const auto& phi) const { return double(phi(0)); } };
struct Force { void force(const auto&, const auto& gradient) const { gradient(0) = 1; } };
LANES_CHECK(IsLocal, lanes::DifferentiableTheory<M, Context>);
static_assert(needs_each<IsLocal, HasField, HasGeometry, Density>());
LANES_CHECK(IsTheory, lanes::Theory<M, Context>);
static_assert(needs_each<IsTheory, HasField, HasGeometry, Action>());
LANES_CHECK(IsNonLocal, lanes::DifferentiableTheory<M, Context>);
static_assert(needs_each<IsNonLocal, HasField, HasGeometry, Action, Force>());
static_assert(lanes::DifferentiableTheory<lanes::Phi4<G>, Context> &&
              lanes::DifferentiableTheory<lanes::Schwinger<G>, Context> &&
              lanes::DifferentiableTheory<lanes::XYModel<G>, Context> &&
              lanes::DifferentiableTheory<lanes::VectorPhi4<G, 2>, Context> &&
              lanes::Theory<lanes::IsingModel<G>, Context>);
static_assert(lanes::TheoryWithCouplings<lanes::XYModel<G>> && !lanes::Theory<G, Context>);

struct Name { static constexpr const char* name = "none"; };
struct Measure {
  template <class Geometry, class Real>
  void measure(const Real* phi, double* out) const { out[0] = double(phi[0]); }
};
LANES_CHECK(IsObservable, lanes::Observable<M, G>);
static_assert(needs_each<IsObservable, Name, Measure>());
struct MeasureMany {
  template <class Geometry, class Backend, class Real>
  void measure_many(Backend&, const Real*, std::size_t, double*) const {}
};
static_assert(needs_each<IsObservable, Name, MeasureMany>());
struct MeasureOnOneBackend {
  template <class Geometry, class Real>
  void measure_many(lanes::Single&, const Real*, std::size_t, double*) const {}
};
static_assert(!IsObservable<Model<-1, Name, MeasureOnOneBackend>>::value);
static_assert(lanes::Observable<lanes::Magnetization, G> && lanes::Observable<lanes::Plaquette, G> &&
              lanes::Observable<lanes::IsingEnergy, G> &&
              lanes::Observable<lanes::ChiralCondensate, G> && !lanes::Observable<G, G>);

struct HasReal { using Real = double; };
struct Propose {
  template <class Theory>
  void propose(const Theory&, std::uint64_t, std::size_t, double*, double*, double*) {}
};
struct HasSeed { lanes::Seed seed() const { return lanes::Seed{1}; } };
LANES_CHECK(IsProposer, lanes::Proposer<M, lanes::Phi4<G>>);
static_assert(needs_each<IsProposer, HasReal, HasField, HasGeometry, Propose, HasSeed>());

struct Integrate {
  template <class Drift, class Kick>
  static void integrate(int, double step, const Drift& drift, const Kick& kick) {
    drift(step), kick(step);
  }
};
LANES_CHECK(IsIntegrator, lanes::Integrator<M>);
static_assert(needs_each<IsIntegrator, Integrate>());
static_assert(lanes::Integrator<lanes::Leapfrog> && lanes::Integrator<lanes::Omelyan> &&
              !lanes::Integrator<G>);

// An update that moves nothing, in each of its forms.
struct Move {
  template <class C, class Theory>
  void update(C&, const Theory&, const lanes::ChainStep&, lanes::Rows<double>) const {}
};
struct MoveAndFollow {
  template <class C, class Theory>
  void update(C&, const Theory&, const lanes::ChainStep&, lanes::Rows<double>,
              lanes::Rows<double>) const {}
};
struct MoveInPlace {  // not const: it is shared by all threads
  template <class C, class Theory>
  void update(C&, const Theory&, const lanes::ChainStep&, lanes::Rows<double>) {}
};
struct MoveWithoutStep {
  template <class C, class Theory>
  void update(C&, const Theory&, lanes::Rows<double>) const {}
};
struct MoveOneTheory {
  template <class C>
  void update(C&, const lanes::Phi4<G>&, const lanes::ChainStep&, lanes::Rows<double>) const {}
};
LANES_CHECK(IsUpdate, lanes::Update<M, lanes::Phi4<G>, Context>);
LANES_CHECK(IsActionUpdate, lanes::ActionUpdate<M, lanes::Phi4<G>, Context>);
static_assert(needs_each<IsUpdate, Move>() && needs_each<IsActionUpdate, MoveAndFollow>());
static_assert(lanes::Update<MoveAndFollow, lanes::Phi4<G>, Context> &&
              lanes::Update<MoveOneTheory, lanes::Phi4<G>, Context> &&
              !lanes::ActionUpdate<Move, lanes::Phi4<G>, Context> &&
              !lanes::Update<MoveInPlace, lanes::Phi4<G>, Context> &&
              !lanes::Update<MoveWithoutStep, lanes::Phi4<G>, Context> &&
              !lanes::Update<MoveOneTheory, lanes::IsingModel<G>, Context>);

using Trajectory = lanes::HmcTrajectory<>;
using Clusters = lanes::WolffClusters;
using Vectors = lanes::VectorPhi4<G, 2>;
static_assert(lanes::ActionUpdate<Trajectory, lanes::Phi4<G>, Context> &&
              !lanes::Update<Trajectory, lanes::IsingModel<G>, Context>);
static_assert(lanes::Update<lanes::HeatBathSweep, lanes::IsingModel<G>, Context> &&
              !lanes::ActionUpdate<lanes::HeatBathSweep, lanes::IsingModel<G>, Context> &&
              !lanes::Update<lanes::HeatBathSweep, lanes::Phi4<G>, Context>);
static_assert(lanes::Update<Clusters, lanes::IsingModel<G>, Context> &&
              lanes::Update<Clusters, lanes::XYModel<G>, Context> &&
              lanes::Update<Clusters, Vectors, Context> &&
              !lanes::Update<Clusters, lanes::Phi4<G>, Context>);
static_assert(lanes::ActionUpdate<lanes::Sequence<Clusters, Trajectory>, Vectors, Context> &&
              lanes::Update<lanes::Sequence<Clusters>, Vectors, Context> &&
              !lanes::ActionUpdate<lanes::Sequence<Clusters>, Vectors, Context> &&
              !lanes::Update<lanes::Sequence<Clusters, Trajectory>, lanes::Phi4<G>, Context>);

}  // namespace
