// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: training a Conditional draws a coupling at each step, and given configurations are of one: use Reinforce, Reparameterization or PathGradient.
#include <vector>

#include <lanes/estimator/forward_kl.hpp>
#include <lanes/estimator/path_gradient.hpp>
#include <lanes/layer/free_field_base.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/theory/free_field.hpp>
#include <lanes/training/conditional.hpp>

using namespace lanes;
using G = Lattice<4, 4>;
void train_it(Conditional<Sampler<Scalar, G, FreeFieldBase>>& model) {
  const auto theory_at = [](double m2) { return FreeField<G>(m2); };
#ifdef LANES_COMPILE_FAIL_CONTROL
  train<PathGradient>(model, theory_at, {.steps = 10});
#else
  const std::vector<float> fields(64);
  train(ForwardKL<float>(fields, 16), model, theory_at, {.steps = 10});
#endif
}
