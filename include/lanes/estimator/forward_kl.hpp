// SPDX-License-Identifier: BSD-3-Clause
//
// ForwardKL: g = grad of -(1/B) sum_i ln q(x_i) over given configurations x ~ p: maximum
// likelihood. It covers every mode that the configurations cover. Each lane of each step picks a
// configuration at random (with replacement). Data: fields [count][rows], contiguous; not owned.
#pragma once

#include <span>

#include <lanes/core/error.hpp>
#include <lanes/estimator/estimator.hpp>

namespace lanes {

template <class Value>
class ForwardKL {
 public:
  static constexpr bool needs_force = false;
  static constexpr const char* name = "forward KL";

  /// rows: degrees of freedom of one configuration.
  ForwardKL(std::span<const Value> fields, int rows)
      : fields_(fields), count_(fields.size() / std::size_t(rows)) {
    require(fields.size() % std::size_t(rows) == 0 && count_ > 0,
            "ForwardKL: size of the configurations", fields.size(),
            "a positive multiple of the degrees of freedom");
  }

  template <class Visit>
  void accumulate(const Visit& visit) const {
    using Model = typename Visit::Model;
    using Context = typename Visit::Context;
    using Real = typename Visit::Real;
    Context& context = visit.context;
    typename Context::Scope scope(context);
    const auto x = context.template rows<Real>(Model::field_rows);
    const auto dx = context.template rows<Real>(Model::field_rows);
    const auto q = context.template rows<double>(1), s = context.template rows<double>(1);
    const auto weight = context.template rows<Real>(1);
    const auto tape = context.template rows<Real>(Model::tape_rows);
    const int n = context.lanes();
    Real* chosen = context.template host<Real>(std::size_t(n) * Model::field_rows);
    for (int t = 0; t < visit.tiles(); ++t) {
      visit.enter(t);
      for (int k = 0; k < n; ++k) {
        const auto words = visit.stream.words(visit.first + std::uint64_t(t * n + k), 0);
        const std::size_t pick = (std::uint64_t(words.v[0]) << 32 | words.v[1]) % count_;
        for (int r = 0; r < Model::field_rows; ++r)
          chosen[std::size_t(k) * Model::field_rows + std::size_t(r)] =
              static_cast<Real>(fields_[pick * Model::field_rows + std::size_t(r)]);
      }
      context.load_lanes(chosen, Model::field_rows, n, x);
      fill(context, s, 1);
      add_action(context, visit.theory, x, s);
      Model::density(context, visit.prepared, x, q, tape);
      visit.note(t, q, s);
      fill(context, weight, 1, static_cast<Real>(-visit.scale));
      Model::score(context, visit.prepared, visit.gradient, weight, x, dx, tape);
    }
  }

 private:
  std::span<const Value> fields_;
  std::size_t count_;
};

}  // namespace lanes
