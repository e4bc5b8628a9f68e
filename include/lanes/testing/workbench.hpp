// SPDX-License-Identifier: BSD-3-Clause
//
// Workbench: one tile of lanes and a flow with random parameters, with plain vectors in and out; what
// the laws are checked on. Fields are [rows][lanes] in double, parameters in external order.
#pragma once

#include <cmath>
#include <vector>

#include <lanes/backend/cpu.hpp>
#include <lanes/flow/flow_model.hpp>

namespace lanes::laws {

template <class Precision, class Field, class Geometry, class Flow>
class Workbench {
 public:
  using Context = CpuContext<Precision>;
  using Real = typename Context::Real;
  using Model = FlowModel<Context, Field, Geometry, Flow>;
  static constexpr int field_rows = Model::field_rows, lanes = Context::width,
                       parameters = Model::parameters;

  struct Moved {
    std::vector<double> field, log_q, log_det;
  };
  struct Adjoint {
    std::vector<double> field, gradient;
  };

  Workbench(Seed seed, double scale)
      : seed_(seed),
        context_(arena_),
        external_(std::size_t(parameters)),
        prepared_(std::size_t(Model::weights)) {
    Initialiser random(seed);
    std::vector<double> p(std::size_t(parameters), 0.0);
    for (double& v : p) v = random.uniform(scale);
    set_external(p);
  }

  std::vector<double> external() const { return {external_.begin(), external_.end()}; }
  void set_external(const std::vector<double>& p) {
    external_.assign(p.begin(), p.end());
    Model::prepare(external_.data(), prepared_.data());
  }

  /// Base samples.
  std::vector<double> base() {
    typename Context::Scope scope(context_);
    const auto x = context_.template rows<Real>(field_rows);
    const auto log_r = context_.template rows<double>(1);
    fill(context_, log_r, 1);
    Field::template draw_base<Geometry>(context_, RandomStream(seed_, Purpose::base), x, log_r);
    return values(x, field_rows);
  }

  /// f(z), ln q(f(z)) and ln|det df/dz|.
  Moved from_base(const std::vector<double>& z) {
    typename Context::Scope scope(context_);
    const auto x = rows(z);
    const auto log_q = context_.template rows<double>(1);
    const auto tape = context_.template rows<Real>(Model::tape_rows);
    fill(context_, log_q, 1);
    Field::template base_log_density<Geometry>(context_, x, log_q);
    const auto log_r = values(log_q, 1);
    Model::from_base(context_, prepared_.data(), x, log_q, tape);
    Moved m{values(x, field_rows), values(log_q, 1), log_r};
    for (std::size_t k = 0; k < m.log_det.size(); ++k) m.log_det[k] -= m.log_q[k];
    return m;
  }

  /// f^-1(x) and ln q(x).
  Moved density(const std::vector<double>& field) {
    typename Context::Scope scope(context_);
    const auto x = rows(field);
    const auto log_q = context_.template rows<double>(1);
    Model::density(context_, prepared_.data(), x, log_q,
                   context_.template rows<Real>(Model::tape_rows));
    return {values(x, field_rows), values(log_q, 1), {}};
  }

  /// weight d ln q/dx, and the gradient of sum weight ln q(x).
  Adjoint score(const std::vector<double>& field, const std::vector<double>& weight) {
    typename Context::Scope scope(context_);
    const auto x = rows(field), w = rows(weight), dx = context_.template rows<Real>(field_rows);
    const auto log_q = context_.template rows<double>(1);
    const auto tape = context_.template rows<Real>(Model::tape_rows);
    Model::density(context_, prepared_.data(), x, log_q, tape);
    AlignedVector<Real> gradient(std::size_t(Model::gradients));
    Model::score(context_, prepared_.data(), gradient.data(), w, x, dx, tape);
    return {values(dx, field_rows), collected(gradient)};
  }

  /// Adjoint of z -> (x, ln|det|) at z, and the gradient of sum x_bar x + l_bar ln|det|.
  Adjoint pullback(const std::vector<double>& z, const std::vector<double>& x_bar,
                   const std::vector<double>& l_bar) {
    typename Context::Scope scope(context_);
    const auto x = rows(z), dx = rows(x_bar), dl = rows(l_bar);
    const auto log_q = context_.template rows<double>(1);
    const auto tape = context_.template rows<Real>(Model::tape_rows);
    fill(context_, log_q, 1);
    Model::from_base(context_, prepared_.data(), x, log_q, tape);
    AlignedVector<Real> gradient(std::size_t(Model::gradients));
    Model::pullback(context_, prepared_.data(), gradient.data(), x, dx, dl, tape);
    return {values(dx, field_rows), collected(gradient)};
  }

 private:
  Rows<Real> rows(const std::vector<double>& from) {
    const auto to = context_.template rows<Real>(static_cast<long>(from.size()) / lanes);
    for (std::size_t i = 0; i < from.size(); ++i) to.data[i] = static_cast<Real>(from[i]);
    return to;
  }
  template <class T>
  std::vector<double> values(Rows<T> from, int n) const {
    const T* p = context_.pointer(from);
    return {p, p + long(n) * lanes};
  }
  std::vector<double> collected(const AlignedVector<Real>& gradient) const {
    std::vector<Real> external(std::size_t(parameters), Real(0));
    Model::collect(gradient.data(), external.data());
    return {external.begin(), external.end()};
  }

  Seed seed_;
  Arena arena_;
  Context context_;
  std::vector<Real> external_, prepared_;
};

}  // namespace lanes::laws
