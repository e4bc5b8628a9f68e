// SPDX-License-Identifier: BSD-3-Clause
//
// Tile: the lanes of a backend that are worked on at once, with plain vectors in and out: fields
// and gradients are [rows][lanes] in double, values per lane [lanes].
// Workbench: a tile and a flow with random parameters, in external order.
// What the laws, and the library's own tests, are checked on.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include <lanes/backend/default.hpp>
#include <lanes/core/arena.hpp>
#include <lanes/core/precision.hpp>
#include <lanes/core/random.hpp>
#include <lanes/model/flow_model.hpp>
#include <lanes/network/initialiser.hpp>
#include <lanes/theory/theory.hpp>

namespace lanes::laws {

namespace detail {

/// A tile is the work of one thread: others would only wait.
template <class Backend>
Backend of_one_thread() {
  if constexpr (requires(const Backend& backend) { backend.threads(), Backend(1); })
    return Backend(1);
  else
    return Backend();
}

}  // namespace detail

template <class PrecisionPolicy, class Backend = DefaultBackend>
class Tile {
 public:
  using Precision = PrecisionPolicy;
  using Context = typename Backend::template Context<Precision>;
  using Real = typename Context::Real;
  static constexpr int lanes = Context::granularity;

  /// f(context), whose lanes are numbered from `first`.
  template <class F>
  void visit(const F& f, std::uint64_t first = 0) {
    backend_.template for_lanes<Precision>(first, lanes,
                                           [&](Context& context, std::size_t, int) { f(context); });
  }

  /// [rows][lanes] on the host to rows of the context, and back.
  static Rows<Real> rows(Context& context, const std::vector<double>& from) {
    const int n = static_cast<int>(from.size()) / lanes;
    const auto to = context.template rows<Real>(n);
    context.load_lanes(turned(from, n, lanes).data(), n, lanes, to);
    return to;
  }
  template <class T>
  static std::vector<double> values(Context& context, Rows<T> from, int n) {
    std::vector<double> to(std::size_t(n) * lanes);
    context.store_lanes(from, n, lanes, to.data());
    return turned(to, lanes, n);
  }

  /// Base samples of lanes `first`, .., and their ln r.
  struct Drawn {
    std::vector<double> field, log_r;  // [rows][lanes], [lanes]
  };
  template <class Field, class Geometry>
  Drawn draw(Seed seed, std::uint64_t first = 0) {
    Drawn drawn;
    constexpr int n = Field::template rows<Geometry>;
    visit(
        [&](Context& context) {
          const auto x = context.template rows<Real>(n);
          const auto log_r = context.template rows<double>(1);
          fill(context, log_r, 1);
          Field::template draw_base<Geometry>(context, RandomStream(seed, Purpose::base), x, log_r);
          drawn = {values(context, x, n), values(context, log_r, 1)};
        },
        first);
    return drawn;
  }

  /// S(x) of each lane, added to what was there `before`.
  template <class Theory>
  std::vector<double> action(const Theory& theory, const std::vector<double>& field,
                             double before = 0) {
    std::vector<double> s;
    visit([&](Context& context) {
      const auto sum = context.template rows<double>(1);
      fill(context, sum, 1, before);
      add_action(context, theory, rows(context, field), sum);
      s = values(context, sum, 1);
    });
    for (double& v : s) v -= before;
    return s;
  }

  /// dS/dx.
  template <class Theory>
  std::vector<double> force(const Theory& theory, const std::vector<double>& field) {
    std::vector<double> f;
    visit([&](Context& context) {
      const int n = static_cast<int>(field.size()) / lanes;
      const auto dx = context.template rows<Real>(n);
      fill(context, dx, n, Real(1e9));  // it is set, not added to
      set_force(context, theory, rows(context, field), dx);
      f = values(context, dx, n);
    });
    return f;
  }

  /// p + factor dS/dx, by a store that adds.
  template <class Theory>
  std::vector<double> kicked(const Theory& theory, const std::vector<double>& field,
                             const std::vector<double>& p, double factor) {
    std::vector<double> moved;
    visit([&](Context& context) {
      const auto to = rows(context, p);
      store_force(context, theory, rows(context, field), AddScaledTo<Real>{to, Real(factor)});
      moved = values(context, to, static_cast<int>(field.size()) / lanes);
    });
    return moved;
  }

 protected:
  /// Where the tile is.
  Backend backend_ = detail::of_one_thread<Backend>();

 private:
  static std::vector<double> turned(const std::vector<double>& from, int rows, int columns) {
    std::vector<double> to(from.size());
    for (int r = 0; r < rows; ++r)
      for (int c = 0; c < columns; ++c)
        to[std::size_t(c * rows + r)] = from[std::size_t(r * columns + c)];
    return to;
  }
};

/// Normal numbers [rows][lanes], rounded to the precision.
template <class Precision, class Backend = DefaultBackend>
std::vector<double> normal_field(int rows, int seed, double width = 1) {
  std::vector<double> x(std::size_t(rows) * Tile<Precision, Backend>::lanes);
  const RandomStream stream(Seed{5}, Purpose::user, std::uint64_t(seed));
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] = double(typename Precision::Real(width * normal_pair<double>(stream.words(i, 0)).first));
  return x;
}

template <class Precision, class Field, class Geometry, class Flow, class Backend = DefaultBackend>
class Workbench : public Tile<Precision, Backend> {
  using Own = Tile<Precision, Backend>;

 public:
  using Own::lanes, Own::visit, Own::rows, Own::values;
  using typename Own::Context, typename Own::Real;
  using Model = FlowModel<Setting<Context, Field, Geometry>, Flow>;
  static constexpr int field_rows = Model::field_rows, parameters = Model::parameters;

  /// A field that was moved, ln q and ln|det|.
  struct Moved {
    std::vector<double> field, log_q, log_det;
  };
  /// Adjoint of the field, and the gradient.
  struct Adjoint {
    std::vector<double> field, gradient;
  };

  Workbench(Seed seed, double scale) : seed_(seed), external_(std::size_t(parameters)) {
    Initialiser random(seed);
    std::vector<double> p(std::size_t(parameters), 0.0);
    for (double& v : p) v = random.uniform(scale);
    set_external(p);
  }

  std::vector<double> external() const { return {external_.begin(), external_.end()}; }
  /// Sets the parameters, in external order.
  void set_external(const std::vector<double>& p) {
    external_.assign(p.begin(), p.end());
    std::vector<Real> weights(static_cast<std::size_t>(Model::weights));
    Model::prepare(external_.data(), weights.data());
    weights_.assign(weights);
  }

  /// Base samples.
  std::vector<double> base() { return Own::template draw<Field, Geometry>(seed_).field; }

  /// f(z), ln q(f(z)) and ln|det df/dz|.
  Moved from_base(const std::vector<double>& z) {
    Moved m;
    visit([&](Context& context) {
      const auto x = rows(context, z);
      const auto log_q = context.template rows<double>(1);
      fill(context, log_q, 1);
      Field::template base_log_density<Geometry>(context, x, log_q);
      const auto log_r = values(context, log_q, 1);
      Model::from_base(context, share(context), x, log_q);
      m = {values(context, x, field_rows), values(context, log_q, 1), log_r};
    });
    for (std::size_t k = 0; k < m.log_det.size(); ++k) m.log_det[k] -= m.log_q[k];
    return m;
  }

  /// f^-1(x) and ln q(x).
  Moved density(const std::vector<double>& field) {
    Moved m;
    visit([&](Context& context) {
      const auto x = rows(context, field);
      const auto log_q = context.template rows<double>(1);
      Model::density(context, share(context), x, log_q);
      m = {values(context, x, field_rows), values(context, log_q, 1), {}};
    });
    return m;
  }

  /// weight d ln q/dx, and the gradient of sum weight ln q(x): none if it is not wanted.
  Adjoint score(const std::vector<double>& field, const std::vector<double>& weight,
                bool gradient = true) {
    Adjoint a;
    visit([&](Context& context) {
      const auto x = rows(context, field), w = rows(context, weight);
      const auto dx = context.template rows<Real>(field_rows);
      const auto log_q = context.template rows<double>(1);
      if (gradient) gradient_.reset(std::size_t(Model::gradients));
      const Share<Real> all = share(context, gradient ? gradient_.data() : nullptr);
      Model::density(context, all, x, log_q);
      Model::score(context, all, w, x, dx);
      a = {values(context, dx, field_rows), gradient ? collected() : std::vector<double>{}};
    });
    return a;
  }

  /// Adjoint of z -> (x, ln|det|) at z, and the gradient of sum x_bar x + l_bar ln|det|.
  Adjoint pullback(const std::vector<double>& z, const std::vector<double>& x_bar,
                   const std::vector<double>& l_bar) {
    Adjoint a;
    visit([&](Context& context) {
      const auto x = rows(context, z), dx = rows(context, x_bar), dl = rows(context, l_bar);
      const auto log_q = context.template rows<double>(1);
      fill(context, log_q, 1);
      gradient_.reset(std::size_t(Model::gradients));
      const Share<Real> all = share(context, gradient_.data());
      Model::from_base(context, all, x, log_q);
      Model::pullback(context, all, x, dx, dl);
      a = {values(context, dx, field_rows), collected()};
    });
    return a;
  }

 private:
  Share<Real> share(Context& context, Real* gradient = nullptr) const {
    return {weights_.data(), gradient, context.template rows<Real>(Model::tape_rows)};
  }

  std::vector<double> collected() const {
    const auto gradient = gradient_.host();
    std::vector<Real> external(std::size_t(parameters), Real(0));
    AlignedVector<Real> aligned(gradient.begin(), gradient.end());
    Model::collect(aligned.data(), external.data());
    return {external.begin(), external.end()};
  }

  Seed seed_;
  std::vector<Real> external_;
  typename Backend::template Vector<Real> weights_, gradient_;
};

}  // namespace lanes::laws
