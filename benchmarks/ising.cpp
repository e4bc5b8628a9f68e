// SPDX-License-Identifier: BSD-3-Clause
//
// Autoregressive networks for Ising spins, Single, one thread:
//
//   ising/draw/<VAN|HAN>/L=<L>   draws with ln q and S; ms/configuration
//   ising/log_q/<VAN|HAN>/L=<L>  ln q of given configurations
//   ising/step/<VAN|HAN>/L=<L>   a training step with REINFORCE and Adam; heap_MiB: its most memory
//   ising/wolff/L=<L>            a flipped spin, beta = 0.44
//   ising/heat_bath/L=<L>        a spin, in sweeps of 32 chains, beta = 0.44, no overrelaxation
//
// VAN: MaskedDense<Depth<2>, Width<4>, PRelu>. HAN: Hierarchical<Depth<2>, Width<1>, PRelu>.
// GFLOP/s count the multiplications and additions of unmasked weights, 2.5 times those of a draw
// for a step. exponent: of the time of a configuration against L, from L = 64 (which must be among
// what is run) to this L.
//
// brief: draw/.*L=8/|log_q/VAN/L=8/|step/HAN/L=8/|wolff/L=8|heat_bath/L=8
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <lanes/estimator/reinforce.hpp>
#include <lanes/markov/heat_bath.hpp>
#include <lanes/markov/wolff.hpp>
#include <lanes/training/trainer.hpp>
#include <support/ising_model.hpp>
#include <support/measure.hpp>
#include <support/memory.hpp>

namespace {

using namespace lanes;
using namespace lanes::benchmarks;

template <class Model, int L>
using Spins = SpinModel<Model, L, Single, Cpu>;
template <class Model, int L>
constexpr double flops() {
  return Spins<Model, L>::forward_flops();
}

template <class Model, int L>
auto sampler_of() {
  typename Spins<Model, L>::Sampler sampler{Seed{7}, Cpu(1)};
  std::vector<float> p(sampler.parameters().begin(), sampler.parameters().end());
  for (std::size_t i = 0; i < p.size(); ++i) p[i] += 0.01f * float(std::sin(double(i)));
  sampler.set_parameters(p);
  return sampler;
}

template <class Model>
double& time_of_64() {
  static double seconds = 0;
  return seconds;
}

// ms of a configuration, and the exponent since L = 64.
template <class Model, int L>
void report_time(benchmark::State& state, double each) {
  double& reference = time_of_64<Model>();
  if (L == 64) reference = each;
  state.counters["ms/configuration"] = 1e3 * each;
  if (L > 64 && reference > 0)
    state.counters["exponent"] = std::log(each / reference) / std::log(L / 64.0);
}

template <class Model, int L>
void draw(benchmark::State& state) {
  const std::size_t n = static_cast<std::size_t>(state.range(0));
  auto sampler = sampler_of<Model, L>();
  const IsingModel<Lattice<L, L>> theory(0.44);
  std::vector<float> fields(n * L * L);
  std::vector<double> log_q(n), action(n);
  std::uint64_t first = 0;
  measure<float>(state, {.flops = double(n) * flops<Model, L>(), .items = double(n)}, [&] {
    sampler.propose(theory, first, n, fields.data(), log_q.data(), action.data());
    first += n;
    benchmark::DoNotOptimize(log_q.data());
  });
  report_time<Model, L>(state, 1 / state.counters["lanes/s"]);
}

template <class Model, int L>
void log_density(benchmark::State& state) {
  const std::size_t n = static_cast<std::size_t>(state.range(0));
  auto sampler = sampler_of<Model, L>();
  const auto batch = sampler.draw(n);
  measure<float>(state, {.flops = double(n) * flops<Model, L>(), .items = double(n)},
                 [&] { benchmark::DoNotOptimize(sampler.log_density(batch.fields).data()); });
}

template <class Model, int L>
void step(benchmark::State& state) {
  const int batch = static_cast<int>(state.range(0));
  const MemoryMeter memory;
  auto sampler = sampler_of<Model, L>();
  const IsingModel<Lattice<L, L>> theory(0.44);
  Trainer<Reinforce, decltype(sampler), IsingModel<Lattice<L, L>>, Adam, ConstantRate> trainer(
      sampler, theory,
      {.steps = 1'000'000'000, .batch = batch, .optimizer = {.learning_rate = 1e-4}});
  trainer.step();  // allocates
  measure<float>(state, {.flops = 2.5 * batch * flops<Model, L>(), .items = double(batch)},
                 [&] { benchmark::DoNotOptimize(trainer.step().loss); });
  state.counters["heap_MiB"] = memory.heap_peak();
}

template <int L>
void wolff(benchmark::State& state) {
  const IsingModel<Lattice<L, L>> theory(0.44);
  constexpr int sweeps = 1000;
  measure<float>(state, {.items = double(sweeps) * L * L}, [&] {
    benchmark::DoNotOptimize(
        sample_wolff(theory,
                     {.chains = 1, .updates = sweeps, .interval = sweeps, .thermalisation = 0})
            .action.data());
  });
}

template <int L>
void heat_bath(benchmark::State& state) {
  constexpr int chains = 32, sweeps = 100;
  HeatBath<IsingModel<Lattice<L, L>>, Single, Cpu> local(
      IsingModel<Lattice<L, L>>(0.44), {.overrelaxation = 0, .chains = chains}, Seed{7}, Cpu(1));
  measure<float>(state, {.items = double(chains) * sweeps * L * L},
                 [&] { local.thermalise(sweeps); });
}

template <class Model, int L>
void add_model(const std::string& name, int draws, int batch) {
  const std::string at = name + "/L=" + std::to_string(L);
  add("ising/draw/" + at, draw<Model, L>)->Arg(draws)->Unit(benchmark::kMillisecond);
  add("ising/log_q/" + at, log_density<Model, L>)->Arg(draws)->Unit(benchmark::kMillisecond);
  add("ising/step/" + at, step<Model, L>)->Arg(batch)->Unit(benchmark::kMillisecond);
}

const bool added = [] {
  add_model<Van, 8>("VAN", 1000, 1024);
  add_model<Van, 16>("VAN", 1000, 1024);
  add_model<Van, 32>("VAN", 64, 128);
  add_model<Han, 8>("HAN", 1024, 1024);
  add_model<Han, 16>("HAN", 512, 512);
  add_model<Han, 32>("HAN", 256, 256);
  add_model<Han, 64>("HAN", 128, 128);
  add_model<Han, 128>("HAN", 64, 128);
  add_model<Han, 256>("HAN", 32, 32);
  add_model<Han, 512>("HAN", 16, 32);
  add("ising/wolff/L=8", wolff<8>);
  add("ising/wolff/L=64", wolff<64>);
  add("ising/heat_bath/L=8", heat_bath<8>);
  add("ising/heat_bath/L=64", heat_bath<64>);
  return true;
}();

}  // namespace
