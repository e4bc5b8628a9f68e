// SPDX-License-Identifier: BSD-3-Clause
#include <lanes/backend/cpu.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/flow/chain.hpp>
#include <lanes/flow/coupling.hpp>
#include <lanes/flow/rescaling.hpp>
#include <lanes/geometry/lattice.hpp>
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

}  // namespace
