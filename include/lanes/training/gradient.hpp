// SPDX-License-Identifier: BSD-3-Clause
//
// BatchGradient: the gradient of an estimator's loss over one batch. The backend deals the groups
// of lanes of the batch to visits of the estimator, each of which adds to a gradient
// (Cpu::accumulate: the same bits for any number of threads).
#pragma once

#include <cstddef>

#include <lanes/estimator/estimator.hpp>

namespace lanes::detail {

template <class Estimator, class Sampler, class Theory>
constexpr void check_estimator() {
  Sampler::template check_theory<Theory>();
  static_assert(
      !Estimator::needs_force || DifferentiableTheory<Theory, typename Sampler::Context>,
      "lanes: this estimator differentiates the action, so it needs a DifferentiableTheory: a "
      "density, or an "
      "action with a force; Reinforce needs the action only. See lanes/theory/theory.hpp.");
  static_assert(
      !Estimator::needs_force || Sampler::Model::reparameterizable,
      "lanes: this estimator differentiates through the draw of a configuration, and spins that "
      "are drawn one given the others have no derivative: use Reinforce. See "
      "lanes/estimator/estimator.hpp.");
}

template <class Sampler>
class BatchGradient {
  using Model = typename Sampler::Model;
  using Context = typename Sampler::Context;
  using Real = typename Sampler::Real;
  using Vector = typename Sampler::Backend::template Vector<Real>;

 public:
  /// At the sampler's parameters; ln q and S [batch] are written in the backend's memory.
  template <class Estimator, class Theory>
  void accumulate(Sampler& sampler, const Estimator& estimator, const Theory& theory,
                  const RandomStream& stream, int batch, double* log_q, double* action) {
    const int group = lanes_per_group(batch);
    Vector& total = Context::external_order ? gradient_ : total_;
    sampler.backend().template accumulate<typename Sampler::Precision>(
        batch, group, std::size_t(Model::gradients), parts_, total,
        [&](Context& context, std::size_t first, int lanes, Real* gradient) {
          estimator.accumulate(Visit<Model, Theory>{
              context, theory, sampler.weights(), gradient, stream, first, lanes, group,
              1.0 / batch, Rows<double>{log_q + first}, Rows<double>{action + first}});
        });
    if constexpr (!Context::external_order) {
      gradient_.reset(std::size_t(Model::parameters));
      Model::collect(total_.data(), gradient_.data());
    }
  }

  /// In external order, in the backend's memory.
  Vector& value() { return gradient_; }

 private:
  Vector parts_, total_, gradient_{std::size_t(Model::parameters)};
};

}  // namespace lanes::detail
