// SPDX-License-Identifier: BSD-3-Clause
//
// detail::Chains: Markov chains as lanes. It knows where chains start and stand and what is kept of
// them, not how they move: that is an Update's (update.hpp).
//
// On the Cpu backend a tile of chains goes through all its updates in cache, on one thread; chain k
// is lane first + k of whatever random numbers move it. Shapes: the field [tiles][rows][lanes],
// outside [chains][rows].
//
// check_run, check_chains: the lengths of a run, refused by std::invalid_argument where they leave
// no ensemble.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <lanes/core/error.hpp>
#include <lanes/core/kernels.hpp>
#include <lanes/core/random.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/ensemble/ensemble.hpp>
#include <lanes/field/field.hpp>
#include <lanes/theory/theory.hpp>

namespace lanes::detail {

/// What chains and their updates are called in errors: "HeatBath: sweeps".
struct ChainNames {
  const char* who;
  const char* updates;
  std::string of(const char* what) const { return std::string(who) + ": " + what; }
};

/// `length` updates, which `who` calls `updates`, of which every interval-th is kept.
inline void check_run(const std::string& who, const char* updates, int length, int interval) {
  require(interval >= 1, (who + ": interval").c_str(), interval, ">= 1");
  require(length >= 1 && length % interval == 0, (who + ": " + updates).c_str(), length,
          "a multiple of interval, >= 1");
}

/// The same, for a number of chains and after thermalisation.
inline void check_chains(const std::string& who, const char* updates, int length, int interval,
                         int chains, int thermalisation) {
  require(chains >= 1, (who + ": chains").c_str(), chains, ">= 1");
  check_run(who, updates, length, interval);
  require(thermalisation >= 0, (who + ": thermalisation").c_str(), thermalisation, ">= 0");
}

template <class Theory, class Precision, class Backend>
class Chains {
 public:
  using Context = typename Backend::template Context<Precision>;
  using Field = typename Theory::Field;
  using Geometry = typename Theory::Geometry;
  using Real = typename Precision::Real;
  using Kept = Ensemble<Field, Geometry, Real>;
  static constexpr int rows = rows_of<Theory>;

  Chains(int count, Backend backend, std::uint64_t first = 0)
      : count_(static_cast<std::size_t>(count)),
        first_(first),
        backend_(std::move(backend)),
        x_(padded() * std::size_t(rows)) {}

  std::size_t count() const { return count_; }
  /// Chains with the unused lanes of the last tile.
  std::size_t padded() const { return tiles() * granularity; }
  std::size_t tiles() const { return (count_ + granularity - 1) / granularity; }
  /// The number of the tile whose first chain is `first`.
  static std::size_t tile(std::size_t first) { return first / granularity; }

  /// f(context, first chain, chains) for each tile, on any thread.
  template <class F>
  void for_tiles(F&& f) {
    backend_.template for_lanes<Precision>(first_, count_, f);
  }
  /// Rows of the tile whose first chain is `first`.
  Rows<Real> field(std::size_t first) { return {x_.data() + first * std::size_t(rows)}; }

  /// A draw of the base density times `factor`; 0: cold, spins are 1 and other numbers 0.
  void start(Seed seed, double factor) {
    for_tiles([&](Context& context, std::size_t first, int) {
      typename Context::Scope scope(context);
      const Rows<Real> x = field(first);
      fill(context, x, rows, Real(DiscreteField<Field> ? 1 : 0));
      if (factor == 0) return;
      const Rows<double> unused = context.template rows<double>(1);
      fill(context, unused, 1);
      Field::template draw_base<Geometry>(context, RandomStream(seed, Purpose::initialise), x,
                                          unused);
      if (factor != 1) context.for_each(rows, AddScaled<Real>{x, x, Real(factor - 1)});
    });
  }

  /// [chains][rows].  post: set(configurations()) changes nothing
  std::vector<Real> configurations() {
    std::vector<Real> x(count_ * std::size_t(rows));
    for_tiles([&](Context& context, std::size_t first, int n) {
      context.store_lanes(field(first), rows, n, x.data() + first * std::size_t(rows));
    });
    return x;
  }
  /// Refuses numbers that are not [chains][rows].
  void check(const std::string& who, const std::vector<Real>& x) const {
    require(x.size() == count_ * std::size_t(rows), (who + ": numbers in the state").c_str(),
            x.size(), "chains times rows");
  }
  /// x [chains][rows]; angles are taken modulo their period.
  void set(const std::vector<Real>& x) {
    for_tiles([&](Context& context, std::size_t first, int n) {
      context.load_lanes(x.data() + first * std::size_t(rows), rows, n, field(first));
      detail::fold<Field, Geometry>(context, field(first));
    });
  }

  /// Throws std::runtime_error where one of the n chains of a tile has a value [count] that is not
  /// finite: "who: the force of chain 3 at row 5 is nan, where".
  template <class T>
  static void require_finite(const char* who, const char* what, const std::string& where,
                             Context& context, std::size_t first, int n, Rows<T> values,
                             int count) {
    typename Context::Scope scope(context);
    const std::size_t each = static_cast<std::size_t>(count), all = std::size_t(n) * each;
    T* x = context.template host<T>(all);
    context.store_lanes(values, count, n, x);
    for (std::size_t i = 0; i < all; ++i)
      if (!std::isfinite(x[i]))
        throw std::runtime_error(std::string("lanes: ") + who + ": the " + what + " of chain " +
                                 to_text(first + i / each) +
                                 (each > 1 ? " at row " + to_text(i % each) : "") + " is " +
                                 to_text(x[i]) + where);
  }

  /// Room for every interval-th of the updates begin .. begin + length - 1 of each chain.
  Kept room(Seed seed, Purpose purpose, std::uint64_t begin, int length, int interval) const {
    Kept ensemble;
    ensemble.chains = count_;
    ensemble.threads = backend_.threads();
    ensemble.resize(count_ * static_cast<std::size_t>(length / interval), false);
    ensemble.ranges = {{seed, purpose, first_, count_, begin,
                        begin + static_cast<std::uint64_t>(length),
                        static_cast<std::uint64_t>(interval)}};
    return ensemble;
  }
  /// The n chains of a tile as they stand, with their actions, become number `at` of their chains
  /// in the ensemble. Throws std::runtime_error for an action that is not finite.
  void keep(Kept& ensemble, int at, Context& context, std::size_t first, int n,
            Rows<double> action) {
    typename Context::Scope scope(context);
    require_finite("Ensemble", "action", " at its configuration " + to_text(at), context, first, n,
                   action, 1);
    const std::size_t lanes = static_cast<std::size_t>(n), length = ensemble.chain_length();
    Real* x = context.template host<Real>(lanes * Kept::rows);
    double* s = context.template host<double>(lanes);
    context.store_lanes(field(first), rows, n, x);
    context.store_lanes(action, 1, n, s);
    for (std::size_t k = 0; k < lanes; ++k) {
      const std::size_t to = (first + k) * length + static_cast<std::size_t>(at);
      std::copy_n(x + k * Kept::rows, Kept::rows, ensemble.configurations.data() + to * Kept::rows);
      ensemble.action[to] = s[k];
    }
  }

 private:
  static constexpr std::size_t granularity = static_cast<std::size_t>(Context::granularity);

  std::size_t count_;
  std::uint64_t first_;
  Backend backend_;
  typename Backend::template Vector<Real> x_;  // [tiles][rows][lanes]
};

}  // namespace lanes::detail
