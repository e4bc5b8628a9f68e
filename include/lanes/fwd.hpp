// SPDX-License-Identifier: BSD-3-Clause
//
// Forward declarations of the public surface, and the default arguments of its class templates,
// which stand nowhere else. For a header that names these types and does not use them:
//
//   #include <lanes/fwd.hpp>
//   template <class Flow> void study(lanes::Sampler<MyField, MyGeometry, Flow>& sampler);
#pragma once

namespace lanes {

// geometry/, field/, core/, backend/
template <int... Extents>
struct Lattice;
struct Checkerboard;
struct Refinement;
struct Scalar;
template <int N>
struct Vector;
struct Angle;
struct Ising;
struct Single;
struct Double;
class Cpu;
class Serial;
class Thrust;

/// The backend of a program that names none: Cpu; in CUDA code, which cannot have Cpu (its
/// registers are not a GPU's), Thrust, from lanes/backend/thrust.hpp.
#if defined(__CUDACC__)
using DefaultBackend = Thrust;
#else
using DefaultBackend = Cpu;
#endif

// theory/
template <class Geometry>
class FreeField;
template <class Geometry>
class Phi4;
template <class Geometry>
class U1Gauge;
template <class Geometry, class Factorisation = Double>
class Schwinger;
template <class Geometry>
class IsingModel;
template <class Geometry>
class XYModel;
template <class Geometry, int N>
class VectorPhi4;
template <class Derived, class Field, class Geometry>
struct LocalTheory;

// network/, layer/
template <class Channels, class Kernel, class Activation, class... Options>
struct ConvNet;
template <class Channels, class Activation, class... Options>
struct DenseNet;
template <class Even, class Odd>
struct Z2Net;
struct Affine;
struct Cubic;
struct Rescaling;
struct FreeFieldBase;
template <class Partition, class Transform, class Network>
struct Coupling;
template <class... Layers>
struct Chain;
template <int N, class Layer>
struct Repeat;
template <int Spacing, class Layer>
struct Sublattice;
template <int Spacing, class Layer>
struct LongWaves;
template <class Masks, class Loops, class Transform, class Network>
struct GaugeCoupling;
template <class Transform, class Network, class Narrow = Network>
struct GaugeHierarchy;
template <int Levels, class Level, class Coarsest = Level,
          template <int, class> class Blocking = Sublattice>
struct Multiscale;

// autoregressive/
template <class... Options>
struct MaskedDense;
template <class... Options>
struct Hierarchical;
template <class Group, class Inner>
struct Symmetric;

// sampler.hpp
template <class Field, class Geometry, class Model, class Precision = Single,
          class Backend = DefaultBackend>
class Sampler;

// estimator/, training/, io/
struct Reinforce;
struct Reparameterization;
struct PathGradient;
template <class Value>
class ForwardKL;
struct Adam;
struct Momentum;
struct ConstantRate;
struct CosineRate;
struct StepRate;
template <class Inner = ConstantRate>
struct WarmUp;
template <class Optimizer = Adam, class Schedule = ConstantRate>
struct TrainOptions;
template <class Estimator, class Trained, class Theory, class Optimizer, class Schedule>
class Trainer;
template <class Sampler>
class Conditional;
struct NoCallback;
template <class Callback = NoCallback>
class CheckpointEvery;

// ensemble/, markov/, sampling/
template <class Field, class Geometry, class Real>
struct Ensemble;
template <class Field, class Geometry, class Real>
struct ReweightedEnsemble;
template <class Sampler>
class Symmetrized;
struct Leapfrog;
struct Omelyan;
template <class Theory, class Precision = Double, class Integrator = Omelyan,
          class Backend = DefaultBackend>
class HybridMonteCarlo;
template <class Integrator = Omelyan>
struct HmcTrajectory;
template <class... Updates>
struct Sequence;
template <class Theory>
struct LocalUpdates;  // markov/heat_bath_sweep.hpp
template <class Theory>
struct ClusterBonds;  // markov/cluster_bonds.hpp
template <class Theory, class Update, class Precision = Double, class Backend = DefaultBackend>
class MarkovChains;
template <class Theory, class Precision = Double, class Backend = DefaultBackend>
class HeatBath;

}  // namespace lanes
