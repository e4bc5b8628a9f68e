// SPDX-License-Identifier: BSD-3-Clause
//
// Laws of an Update (markov/update.hpp), for anybody's:
//
//   auto r = lanes::laws::check_update(MyUpdate{}, theory, lanes::Seed{1});
//   CHECK_MESSAGE(r.passed(), to_string(r));
//
//   invariance    largest |<f(x') - f(x)>| of some functions f, in its errors; x': x, updated
//   action        largest |action - S(x')| / (1 + |S|) of an update that follows it
//   neighbours    share of chains whose bits depend on the chains beside them
//
// Configurations x are independent draws z of the base density r, each with its weight exp(-S) / r,
// so that no other sampler is needed and errors are simple ones:
//
//   <f(x') - f(x)> = sum w (f(x') - f(x)) / sum w = 0,   error^2 = sum w^2 (..)^2 / (sum w)^2
//
// f: the action and its square, and of the numbers (of angles their sines) the mean, its square,
// the mean square, the product of neighbours in the order of rows, and a single one. The weights
// must not be concentrated: a lattice of a few sites, couplings of order one; where less than a
// hundredth of the draws counts, the law is undecided. An update that is
// wrong by a part in a hundred shows from about 1e5 draws on.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <lanes/backend/default.hpp>
#include <lanes/core/error.hpp>
#include <lanes/core/kernels.hpp>
#include <lanes/core/precision.hpp>
#include <lanes/field/field.hpp>
#include <lanes/markov/chains.hpp>
#include <lanes/markov/update.hpp>
#include <lanes/testing/report.hpp>
#include <lanes/theory/theory.hpp>

namespace lanes::laws {

/// What check_update has found.
struct UpdateLaws : Report {
  double moved = 0;  // share of numbers that the updates have changed
  double ess = 0;    // share of draws that count
};

namespace detail {

inline constexpr std::size_t update_functions = 7;

/// The f above, of one configuration x [n] with action s.
template <class Field, class Real>
std::array<double, update_functions> functions_of(const Real* x, std::size_t n, double s) {
  const auto at = [x](std::size_t i) {
    return AngularField<Field> ? std::sin(double(x[i])) : double(x[i]);
  };
  double sum = 0, squares = 0, products = 0;
  for (std::size_t i = 0; i < n; ++i) {
    sum += at(i);
    squares += at(i) * at(i);
    products += at(i) * at((i + 1) % n);
  }
  return {s, s * s, sum, sum * sum, squares, products, at(0)};
}

/// Chains of the base density before and after `updates` updates.
template <class Precision, class Backend, class Update, class Theory>
class Updated {
 public:
  using Chains = lanes::detail::Chains<Theory, Precision, Backend>;
  using Context = typename Chains::Context;
  using Real = typename Precision::Real;
  using Field = typename Theory::Field;
  std::vector<Real> before, after;                              // [chains][rows]
  std::vector<double> log_weight, s_before, s_after, followed;  // [chains]

  Updated(const Update& update, const Theory& theory, Seed seed, int count,
          std::uint64_t first_chain, int updates) {
    Chains chains(count, Backend(), first_chain);
    chains.start(seed, 1);
    before = chains.configurations();
    for (auto* v : {&log_weight, &s_before, &s_after, &followed}) v->resize(std::size_t(count));
    chains.for_tiles([&](Context& context, std::size_t first, int n) {
      const Rows<Real> x = chains.field(first);
      const auto action = context.template rows<double>(1),
                 log_r = context.template rows<double>(1);
      const auto out = [&](Rows<double> from, std::vector<double>& to) {
        context.store_lanes(from, 1, n, to.data() + first);
      };
      fill(context, log_r, 1);
      Field::template base_log_density<typename Theory::Geometry>(context, x, log_r);
      out(log_r, log_weight);
      fill(context, action, 1);
      add_action(context, theory, x, action);
      out(action, s_before);
      for (int t = 0; t < updates; ++t) {
        const ChainStep step{seed, std::uint64_t(t), first_chain + first, n};
        typename Context::Scope scope(context);
        if constexpr (ActionUpdate<Update, Theory, Context>)
          update.update(context, theory, step, x, action);
        else
          update.update(context, theory, step, x);
      }
      out(action, followed);
      fill(context, action, 1);
      add_action(context, theory, x, action);
      out(action, s_after);
      if constexpr (!ActionUpdate<Update, Theory, Context>) out(action, followed);
    });
    for (std::size_t k = 0; k < log_weight.size(); ++k)
      log_weight[k] = -s_before[k] - log_weight[k];
    after = chains.configurations();
  }
};

}  // namespace detail

template <class Precision = Double, class Backend = DefaultBackend, class UpdatePolicy,
          class Theory>
UpdateLaws check_update(const UpdatePolicy& update, const Theory& theory, Seed seed,
                        int draws = 100'000, int updates = 3) {
  using Context = typename Backend::template Context<Precision>;
  static_assert(lanes::Update<UpdatePolicy, Theory, Context>,
                "lanes: an Update of this theory has update(context, theory, step, x) const or "
                "update(context, theory, step, x, action) const; see lanes/markov/update.hpp.");
  using Runs = detail::Updated<Precision, Backend, UpdatePolicy, Theory>;
  constexpr std::size_t rows = std::size_t(rows_of<Theory>);
  require(draws >= 100, "check_update: draws", draws, ">= 100");
  require(updates >= 1, "check_update: updates", updates, ">= 1");
  const Runs runs(update, theory, seed, draws, 0, updates);
  UpdateLaws r;

  const double top = *std::max_element(runs.log_weight.begin(), runs.log_weight.end());
  std::array<double, detail::update_functions> sum{}, squares{};
  double weights = 0, weights_2 = 0, action = 0, invariance = 0;
  for (std::size_t k = 0; k < std::size_t(draws); ++k) {
    const double w = std::exp(runs.log_weight[k] - top);
    const auto f = detail::functions_of<typename Theory::Field>(&runs.before[k * rows], rows,
                                                                runs.s_before[k]);
    const auto g =
        detail::functions_of<typename Theory::Field>(&runs.after[k * rows], rows, runs.s_after[k]);
    for (std::size_t i = 0; i < f.size(); ++i) {
      sum[i] += w * (g[i] - f[i]);
      squares[i] += w * w * (g[i] - f[i]) * (g[i] - f[i]);
    }
    weights += w;
    weights_2 += w * w;
    const double off =
        std::abs(runs.followed[k] - runs.s_after[k]) / (1 + std::abs(runs.s_after[k]));
    action = std::max(action, std::isfinite(off) ? off : INFINITY);
  }
  r.ess = weights * weights / weights_2 / draws;
  r.unknown = 1 - r.ess;
  r.unknown_allowed = 0.99;
  r.unknown_what = "of the draws does not count; take a smaller lattice";
  for (std::size_t i = 0; i < sum.size(); ++i) {
    const double pull = squares[i] == 0 ? 0 : std::abs(sum[i]) / std::sqrt(squares[i]);
    invariance = std::max(invariance, std::isfinite(pull) ? pull : INFINITY);
  }
  double moved = 0;
  for (std::size_t i = 0; i < runs.after.size(); ++i) moved += runs.after[i] != runs.before[i];
  r.moved = moved / double(runs.after.size());

  constexpr int few = 37, shift = 5;  // the same chains beside others
  const Runs again(update, theory, seed, few, shift, updates);
  double other = 0;
  for (std::size_t k = 0; k < few; ++k)
    other += !std::equal(&again.after[k * rows], &again.after[k * rows] + rows,
                         &runs.after[(k + shift) * rows]);
  r.add("invariance", invariance, sigmas);
  r.add("action", action, Precision::agreement);
  r.add("neighbours", other / few, Precision::agreement);
  return r;
}

}  // namespace lanes::laws
