// SPDX-License-Identifier: BSD-3-Clause
//
// Everything but the Thrust backend, files (lanes/io.hpp), laws (lanes/testing/...) and what
// xtensor and Eigen make slow to compile, which are included by name: arrays (ensemble/array.hpp,
// observable/on_arrays.hpp), correlated fits and spectra (ensemble/analyse_correlated.hpp,
// statistics/correlator_fit.hpp, observable/spectrum.hpp).
#pragma once

// clang-format off
#include <lanes/core/macros.hpp>  // first
// clang-format on

#include <lanes/autoregressive/hierarchical.hpp>
#include <lanes/autoregressive/masked_dense.hpp>
#include <lanes/autoregressive/symmetric.hpp>
#include <lanes/backend/default.hpp>
#include <lanes/backend/serial.hpp>
#include <lanes/ensemble/make_ensemble.hpp>
#include <lanes/ensemble/merged.hpp>
#include <lanes/ensemble/print.hpp>
#include <lanes/estimator/forward_kl.hpp>
#include <lanes/estimator/path_gradient.hpp>
#include <lanes/estimator/reinforce.hpp>
#include <lanes/estimator/reparameterization.hpp>
#include <lanes/exact/exact.hpp>
#include <lanes/exact/exact_ising.hpp>
#include <lanes/exact/exact_u1.hpp>
#include <lanes/field/angle.hpp>
#include <lanes/field/ising.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/field/u1.hpp>
#include <lanes/field/vector.hpp>
#include <lanes/fwd.hpp>
#include <lanes/geometry/gauge_masks.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/geometry/partition.hpp>
#include <lanes/layer/chain.hpp>
#include <lanes/layer/coupling.hpp>
#include <lanes/layer/free_field_base.hpp>
#include <lanes/layer/gauge_coupling.hpp>
#include <lanes/layer/gauge_hierarchy.hpp>
#include <lanes/layer/long_waves.hpp>
#include <lanes/layer/multiscale.hpp>
#include <lanes/layer/rescaling.hpp>
#include <lanes/markov/heat_bath.hpp>
#include <lanes/markov/hmc.hpp>
#include <lanes/markov/markov_chains.hpp>
#include <lanes/markov/sequence.hpp>
#include <lanes/markov/wolff.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/network/dense_net.hpp>
#include <lanes/network/z2_net.hpp>
#include <lanes/observable/analyse.hpp>
#include <lanes/observable/fermion_observables.hpp>
#include <lanes/observable/gauge_observables.hpp>
#include <lanes/observable/ising_observables.hpp>
#include <lanes/observable/observables.hpp>
#include <lanes/observable/polyakov_observables.hpp>
#include <lanes/observable/staggered_magnetization.hpp>
#include <lanes/observable/weighted.hpp>
#include <lanes/sampler.hpp>
#include <lanes/sampling/importance.hpp>
#include <lanes/sampling/independence_metropolis.hpp>
#include <lanes/sampling/sample_until.hpp>
#include <lanes/sampling/stages.hpp>
#include <lanes/sampling/symmetrized.hpp>
#include <lanes/statistics/mode_collapse.hpp>
#include <lanes/statistics/weights.hpp>
#include <lanes/theory/free_field.hpp>
#include <lanes/theory/ising_model.hpp>
#include <lanes/theory/local_theory.hpp>
#include <lanes/theory/phi4.hpp>
#include <lanes/theory/schwinger.hpp>
#include <lanes/theory/u1_gauge.hpp>
#include <lanes/theory/vector_phi4.hpp>
#include <lanes/theory/xy_model.hpp>
#include <lanes/training/conditional.hpp>
#include <lanes/training/train.hpp>
#include <lanes/training/transfer.hpp>
#include <lanes/transform/affine.hpp>
#include <lanes/transform/circular_spline.hpp>
#include <lanes/transform/cubic.hpp>
#include <lanes/transform/non_compact_projection.hpp>
#include <lanes/transform/rational_quadratic.hpp>
#include <lanes/version.hpp>
