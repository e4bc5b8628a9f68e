// SPDX-License-Identifier: BSD-3-Clause
//
// A training step of the reference model (support/reference_model.hpp): draw, action, gradient,
// Adam.
//
//   training/<RE|RT|PG>/L=<L>/<precision>/batch:<lanes>/threads:<threads>/real_time
//
// RE REINFORCE, RT reparameterization, PG path gradient: the names of peers/phi4_torch.py, and
// compare.sh runs both. Counters: support/training_step.hpp.
//
// brief: L=8/.*/batch:256/
#include <string>

#include <lanes/estimator/path_gradient.hpp>
#include <lanes/estimator/reinforce.hpp>
#include <lanes/estimator/reparameterization.hpp>
#include <support/reference_model.hpp>
#include <support/training_step.hpp>

namespace {

using namespace lanes;
using namespace lanes::benchmarks;

template <class Estimator, int L, class Precision>
void add_step(const char* name) {
  using Reference = ReferenceModel<L, Precision>;
  add("training/" + std::string(name) + "/" + Reference::name(),
      training_step<Estimator, Reference>)
      ->ArgNames({"batch", "threads"})
      ->ArgsProduct({{256, 1024}, {1, 2}})
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
}

template <int L, class Precision>
void add_lattice() {
  add_step<Reinforce, L, Precision>("RE");
  add_step<Reparameterization, L, Precision>("RT");
  add_step<PathGradient, L, Precision>("PG");
}

const bool added = [] {
  add_lattice<8, Single>();
  add_lattice<16, Single>();
  add_lattice<32, Single>();
  add_lattice<8, Double>();
  add_lattice<16, Double>();
  add_lattice<32, Double>();
  return true;
}();

}  // namespace
