// SPDX-License-Identifier: BSD-3-Clause
//
// Everything between a trained flow and an ensemble, and the baseline; phi^4, m2 = -4,
// lambda = 6.008.
//
//   sampling/random/<normal|uniform>/<precision>/<lanes|std>
//       numbers/s of one core; std: <random>, mt19937_64
//   sampling/<action|force>/L=<L>/<precision>/<lanes|plain>
//       sites/s and GB/s of one core, one tile of lanes
//   sampling/propose/L=<L>/<precision>/threads:<n>
//       proposals/s of the reference flow: x, ln q, S
//   sampling/metropolis/L=<L>
//       decisions/s where proposals cost nothing
//   sampling/exact/L=<L>/<precision>/threads:<n>
//       configurations/s of sample_exact
//   sampling/hmc/<integrator>/L=<L>/<precision>/threads:<n>
//       site updates/s: sites x molecular dynamics steps
//   sampling/hmc/leapfrog/L=<L>/<precision>/plain
//       the same steps of one tile in plain loops, of one core; no momenta drawn, no decision
//
// plain: nested loops with the lanes innermost. Omelyan's steps have two forces, leapfrog's one.
//
// brief: L=8|random
#include <cmath>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <lanes/markov/hmc.hpp>
#include <lanes/sampling/independence_metropolis.hpp>
#include <support/measure.hpp>
#include <support/plain_phi4.hpp>
#include <support/reference_model.hpp>

namespace {

using namespace lanes;
using namespace lanes::benchmarks;

std::string lattice(int L) { return "/L=" + std::to_string(L); }

void with_threads(benchmark::internal::Benchmark* b) {
  b->ArgName("threads")->Arg(1)->Arg(2)->UseRealTime();
}

template <class Precision>
void add_random() {
  using Real = typename Precision::Real;
  using Lane = typename CpuContext<Precision>::Lane;
  constexpr int blocks = 64, numbers = 2 * blocks * Lane::width;
  const std::string end = std::string("/") + Precision::name;
  const Work work{.items = numbers, .item = "numbers"};

  const auto add_pairs = [&](const char* name, auto pair) {
    add(std::string("sampling/random/") + name + end + "/lanes", [=](benchmark::State& state) {
      AlignedVector<Real> values(numbers);
      std::uint64_t step = 0;
      measure<Real>(state, work, [&] {
        const RandomStream stream(Seed{7}, Purpose::user, step++);
        for (int i = 0; i < blocks; ++i) {
          const auto p = pair(Lane{0}, stream, std::uint32_t(i));
          p.first.store(values.data() + 2 * i * Lane::width);
          p.second.store(values.data() + (2 * i + 1) * Lane::width);
        }
        benchmark::DoNotOptimize(values.data());
      });
    });
  };
  add_pairs("normal", [](Lane lane, const RandomStream& stream, std::uint32_t block) {
    return lane.template normal_pair<Real>(stream, block);
  });
  add_pairs("uniform", [](Lane lane, const RandomStream& stream, std::uint32_t block) {
    return lane.template uniform_pair<Real>(stream, block);
  });

  const auto add_standard = [&](const char* name, auto distribution) {
    add(std::string("sampling/random/") + name + end + "/std",
        [=](benchmark::State& state) mutable {
          AlignedVector<Real> values(numbers);
          std::mt19937_64 engine(7);
          measure<Real>(state, work, [&] {
            for (Real& value : values) value = distribution(engine);
            benchmark::DoNotOptimize(values.data());
          });
        });
  };
  add_standard("normal", std::normal_distribution<Real>());
  add_standard("uniform", std::uniform_real_distribution<Real>());
}

template <int L, class Precision>
struct Tile {
  using Theory = Phi4<Lattice<L, L>>;
  using Context = CpuContext<Precision>;
  using Real = typename Precision::Real;
  using Plain = PlainPhi4<L, Real>;
  static constexpr int width = Context::width, volume = L * L;
  static constexpr long values = long(volume) * width;

  Tile() {
    for (long i = 0; i < values; ++i) x[std::size_t(i)] = Real(std::sin(0.37 * double(i)));
  }

  Theory theory = Theory::from_mass_coupling(-4.0, 6.008);
  Plain plain{theory.hopping(), theory.quadratic(), theory.quartic()};
  Arena arena;
  Context context{arena};
  AlignedVector<Real> x = AlignedVector<Real>(values), dx = x, p = x;
  AlignedVector<double> s = AlignedVector<double>(width);
};

template <int L, class Precision>
void add_theory() {
  using Bench = Tile<L, Precision>;
  using Real = typename Bench::Real;
  const std::string end = lattice(L) + "/" + Precision::name;
  const double field = double(Bench::values * long(sizeof(Real)));
  const Work action{.bytes = field, .items = double(Bench::values), .item = "sites"};
  const Work force{.bytes = 2 * field, .items = double(Bench::values), .item = "sites"};
  add("sampling/action" + end + "/lanes", [=](benchmark::State& state) {
    Bench b;
    measure<Real>(state, action, [&] {
      fill(b.context, Rows<double>{b.s.data()}, 1);
      add_action(b.context, b.theory, Rows<Real>{b.x.data()}, Rows<double>{b.s.data()});
    });
  });
  add("sampling/action" + end + "/plain", [=](benchmark::State& state) {
    Bench b;
    measure<Real>(state, action, [&] { b.plain.action(b.x.data(), b.s.data()); });
  });
  add("sampling/force" + end + "/lanes", [=](benchmark::State& state) {
    Bench b;
    measure<Real>(state, force, [&] {
      set_force(b.context, b.theory, Rows<Real>{b.x.data()}, Rows<Real>{b.dx.data()});
    });
  });
  add("sampling/force" + end + "/plain", [=](benchmark::State& state) {
    Bench b;
    measure<Real>(state, force, [&] { b.plain.force(b.x.data(), b.dx.data()); });
  });
}

constexpr int steps = 10;  // of a trajectory
constexpr double step_size = 0.02;

template <class Integrator, int L, class Precision>
void hmc(benchmark::State& state) {
  using Theory = Phi4<Lattice<L, L>>;
  constexpr int chains = 64, trajectories = 10;
  HybridMonteCarlo<Theory, Precision, Integrator> hmc(
      Theory::from_mass_coupling(-4.0, 6.008),
      {.step_size = step_size, .steps = steps, .fixed_length = true, .chains = chains}, Seed{7},
      Cpu(static_cast<int>(state.range(0))));
  measure_threads(state, double(L) * L * chains * trajectories * steps, "site updates",
                  [&] { hmc.thermalise(trajectories); });
}

template <int L, class Precision>
void add_hmc() {
  const std::string end = lattice(L) + "/" + Precision::name;
  with_threads(add("sampling/hmc/omelyan" + end, hmc<Omelyan, L, Precision>));
  with_threads(add("sampling/hmc/leapfrog" + end, hmc<Leapfrog, L, Precision>));
  add("sampling/hmc/leapfrog" + end + "/plain", [](benchmark::State& state) {
    using Bench = Tile<L, Precision>;
    Bench b;
    const Work work{.items = double(Bench::values) * steps, .item = "site updates"};
    measure<typename Bench::Real>(state, work, [&] {
      b.plain.leapfrog(steps, step_size, b.x.data(), b.p.data(), b.dx.data());
    });
  });
}

template <int L, class Precision>
void add_flow() {
  using Reference = ReferenceModel<L, Precision>;
  using Sampler = typename Reference::Sampler;
  using Real = typename Sampler::Real;
  with_threads(add("sampling/propose/" + Reference::name(), [](benchmark::State& state) {
    constexpr std::size_t count = 512;
    Sampler sampler{Seed{7}, Cpu(static_cast<int>(state.range(0)))};
    std::vector<Real> x(count * Sampler::rows);
    std::vector<double> log_q(count), action(count);
    std::uint64_t first = 0;
    measure_threads(state, double(count), "proposals", [&] {
      sampler.propose(Reference::theory(), first, count, x.data(), log_q.data(), action.data());
      first += count;
    });
  }));
  with_threads(add("sampling/exact/" + Reference::name(), [](benchmark::State& state) {
    constexpr std::size_t count = 512;
    Sampler sampler{Seed{7}, Cpu(static_cast<int>(state.range(0)))};
    measure_threads(state, double(count), "configurations", [&] {
      benchmark::DoNotOptimize(
          sample_exact(sampler, Reference::theory(), {.configurations = count}).accepted);
    });
  }));
}

/// A proposer that proposes the same field with weights that come and go.
template <int L>
struct CheapProposer {
  using Real = float;
  using Field = Scalar;
  using Geometry = Lattice<L, L>;
  Seed seed() const { return Seed{7}; }
  template <class Theory>
  void propose(const Theory&, std::uint64_t first, std::size_t count, Real*, double* log_q,
               double* action) {
    for (std::size_t i = 0; i < count; ++i) {
      log_q[i] = 0.1 * double((first + i) * 7 % 13);
      action[i] = 1;
    }
  }
};

template <int L>
void add_metropolis() {
  add("sampling/metropolis" + lattice(L), [](benchmark::State& state) {
    constexpr std::size_t count = 16384;
    CheapProposer<L> proposer;
    const auto theory = Phi4<Lattice<L, L>>::from_mass_coupling(-4.0, 6.008);
    measure<float>(state, {.items = double(count), .item = "decisions"}, [&] {
      benchmark::DoNotOptimize(sample_exact(proposer, theory, {.configurations = count}).accepted);
    });
  });
}

template <class Precision>
void add_precision() {
  add_random<Precision>();
  add_theory<8, Precision>();
  add_theory<32, Precision>();
  add_hmc<8, Precision>();
  add_hmc<32, Precision>();
}

const bool added = [] {
  add_precision<Single>();
  add_precision<Double>();
  add_flow<8, Single>();
  add_flow<16, Single>();
  add_flow<32, Single>();
  add_flow<8, Double>();
  add_metropolis<8>();
  add_metropolis<32>();
  return true;
}();

}  // namespace
