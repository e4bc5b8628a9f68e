// SPDX-License-Identifier: BSD-3-Clause
#include <lanes/autoregressive/masked_dense.hpp>
#include <lanes/backend/cpu.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/layer/chain.hpp>
#include <lanes/layer/coupling.hpp>
#include <lanes/layer/rescaling.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/model/flow_model.hpp>
#include <lanes/model/model.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/transform/affine.hpp>

#include "archetypes.hpp"

namespace {

using namespace archetypes;
using Context = lanes::CpuContext<lanes::Double>;
using S = lanes::Setting<Context, lanes::Scalar, lanes::Lattice<4, 4>>;
using lanes::Rows;
using lanes::Share;
using lanes::Way;

// The identity, bound.
struct Move {
  template <Way>
  static void move(Context&, const Share<double>&, Rows<double>, Rows<double>) {}
};
struct Adjoint {
  template <Way>
  static void adjoint(Context&, const Share<double>&, Rows<double>, Rows<double>, Rows<double>) {}
};
LANES_CHECK(IsBoundLayer, lanes::BoundLayer<M, Context>);
static_assert(needs_each<IsBoundLayer, lanes::Sized<0>, Move, Adjoint>());
static_assert(lanes::BoundLayer<lanes::NoLayer<S>, Context>);

using Network = lanes::ConvNet<lanes::Channels<4>, lanes::Kernel<3>, lanes::Tanh>;
using Moves = lanes::Coupling<lanes::Checkerboard, lanes::Affine, Network>;
static_assert(lanes::Layer<Moves> && lanes::Layer<lanes::Rescaling> &&
              lanes::Layer<lanes::Chain<Moves, lanes::Rescaling>>);
static_assert(!lanes::Layer<Network> && !lanes::Layer<lanes::Affine> &&
              !lanes::Layer<lanes::Checkerboard>);
static_assert(lanes::BoundLayer<lanes::LayerOf<Moves, S>, Context> &&
              lanes::RefillableLayer<lanes::LayerOf<Moves, S>, Context> &&
              !lanes::ProbedLayer<lanes::LayerOf<Moves, S>, Context>);
static_assert(lanes::ProbedLayer<lanes::LayerOf<lanes::Chain<Moves>, S>, Context> &&
              lanes::ProbedLayer<lanes::LayerOf<lanes::Repeat<2, Moves>, S>, Context> &&
              !lanes::RefillableLayer<lanes::LayerOf<lanes::Rescaling, S>, Context>);

// A part says how many numbers it has and what becomes of them.
struct Parameters { static constexpr int parameters = 0; };
struct Weights { static constexpr int weights = 0; };
struct Gradients { static constexpr int gradients = 0; };
struct TapeRows { static constexpr int tape_rows = 0; };
struct Turns { static constexpr int turns = 0; };
struct Initialise {
  template <class Random>
  static void initialise(Random&, double*) {}
};
struct Prepare { static void prepare(const double*, double*) {} };
struct Collect { static void collect(const double*, double*) {} };
struct Conditioned { static void conditioned(bool*) {} };
LANES_CHECK(IsPart, lanes::Part<M, double>);
static_assert(needs_each<IsPart, Parameters, Weights, Gradients, TapeRows, Turns, Initialise, Prepare,
                         Collect, Conditioned>());
static_assert(lanes::Part<lanes::Sized<3>, float> &&
              lanes::Part<lanes::Parts<Context, lanes::Sized<3>, lanes::Sized<1>>, double> &&
              lanes::Part<lanes::Copies<Context, 3, lanes::Sized<2>>, double>);

// A model, bound: draws, gives its density and its score.
struct Types {
  using Context = ::Context;
  using Real = double;
};
struct FieldRows { static constexpr int field_rows = 16; };
struct Untrained { static constexpr int untrained = 0; };
struct Reparameterizable { static constexpr bool reparameterizable = true; };
struct Draw {
  static void draw(Context&, const Share<double>&, const lanes::RandomStream&, Rows<double>, Rows<double>) {}
};
struct Density { static void density(Context&, const Share<double>&, Rows<double>, Rows<double>) {} };
struct Score {
  static void score(Context&, const Share<double>&, Rows<double>, Rows<double>, Rows<double>) {}
};
struct Pullback {
  static void pullback(Context&, const Share<double>&, Rows<double>, Rows<double>, Rows<double>) {}
};
LANES_CHECK(IsModel, lanes::Model<M>);
static_assert(needs_each<IsModel, Types, lanes::Sized<0>, FieldRows, Untrained, Reparameterizable, Draw,
                         Density, Score>());
LANES_CHECK(IsReversible, lanes::ReversibleModel<M>);
static_assert(needs_each<IsReversible, Types, lanes::Sized<0>, FieldRows, Untrained, Reparameterizable,
                         Draw, Density, Score, Pullback>());
static_assert(lanes::ReversibleModel<lanes::FlowModel<S, Moves>>);
using Spins = lanes::Setting<Context, lanes::Ising, lanes::Lattice<4, 4>>;
using Net = lanes::MaskedDense<lanes::Depth<2>, lanes::Width<1>, lanes::PRelu>;
static_assert(lanes::Model<Net::Model<Spins>> && !lanes::ReversibleModel<Net::Model<Spins>>);
static_assert(lanes::BringsModel<Net, Spins> && !lanes::BringsModel<Moves, S>);

}  // namespace
