// SPDX-License-Identifier: BSD-3-Clause
//
// The reference flow (support/reference_model.hpp) on one tile of lanes.
//
//   flow/forward/L=<L>/<precision>   z -> x = f(z), ln q(x)
//   flow/inverse/L=<L>/<precision>   x -> f^-1(x), ln q(x)
//
// GFLOP/s count the convolutions alone, as direct convolutions.
#include <cmath>
#include <string>
#include <vector>

#include <support/measure.hpp>
#include <support/reference_model.hpp>

namespace {

using namespace lanes;
using namespace lanes::benchmarks;

template <class Reference>
void flow(benchmark::State& state, bool inverse) {
  using Sampler = typename Reference::Sampler;
  using Model = typename Sampler::Model;
  using Context = typename Sampler::Context;
  using Real = typename Sampler::Real;
  Sampler sampler{Seed{7}, Cpu(1)};
  std::vector<Real> parameters(sampler.parameters().begin(), sampler.parameters().end());
  for (std::size_t i = 0; i < parameters.size(); ++i)
    parameters[i] += Real(0.02 * std::sin(0.7 * double(i)));
  sampler.set_parameters(parameters);

  Arena arena;
  Context context(arena);
  typename Context::Scope scope(context);
  constexpr int rows = Model::field_rows;
  const auto start = context.template rows<Real>(rows), x = context.template rows<Real>(rows);
  const Share<Real> share = sampler.share(context);
  const auto log_q = context.template rows<double>(1);
  fill(context, log_q, 1);
  Scalar::draw_base<typename Reference::Geometry>(context, RandomStream(Seed{1}, Purpose::user),
                                                  start, log_q);

  const Work work{.flops = Reference::forward_flops() * Context::width, .items = Context::width};
  measure<Real>(state, work, [&] {
    copy(context, start, x, rows);
    if (inverse)
      Model::density(context, share, x, log_q);
    else
      Model::from_base(context, share, x, log_q);
  });
}

template <int L, class Precision>
void add_lattice() {
  using Reference = ReferenceModel<L, Precision>;
  add("flow/forward/" + Reference::name(),
      [](benchmark::State& state) { flow<Reference>(state, false); });
  add("flow/inverse/" + Reference::name(),
      [](benchmark::State& state) { flow<Reference>(state, true); });
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
