// SPDX-License-Identifier: BSD-3-Clause
//
// Sampler<Field, Geometry, Model, Precision, Backend>: the object a user holds. It owns the
// parameters of a model q, a flow or an autoregressive network, and draws from it.
//
//   Sampler<Scalar, Lattice<8, 8>, Flow, Single> sampler{Seed{7}};
//   auto batch = sampler.draw(1000);              // batch.fields [1000][rows], batch.log_q [1000]
//   auto log_q = sampler.log_density(batch.fields);
//
// Parameters are one flat vector in PyTorch's order: layer by layer, weight [out][in][taps...],
// then bias. Proposals are numbered: proposal n is a function of the seed, the parameters and n
// alone, for any number of threads. A copy has the seed, the parameters and so the draws of the
// original, and from then on parameters of its own. Errors: std::invalid_argument for a vector of
// the wrong size.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <lanes/backend/default.hpp>
#include <lanes/core/error.hpp>
#include <lanes/core/precision.hpp>
#include <lanes/field/field.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/fwd.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/layer/layer.hpp>
#include <lanes/model/flow_model.hpp>
#include <lanes/model/model.hpp>
#include <lanes/network/initialiser.hpp>
#include <lanes/theory/theory.hpp>

namespace lanes {

/// Draws from a model: fields [count][rows], ln q [count].
template <class Real>
struct Batch {
  std::vector<Real> fields;
  std::vector<double> log_q;
};

namespace detail {

/// Where a flow was refused.
struct NoFlow {};

/// The model that a policy means: its own, if it brings one (autoregressive/), else a flow.
template <class Policy, class S>
struct ModelOf {
  using Field = typename S::Field;
  static_assert(Layer<Policy>,
                "lanes: Sampler<Field, Geometry, Model, Precision, Backend>: the third is a flow, "
                "such as Repeat<16, Coupling<...>>, or an autoregressive model, such as "
                "MaskedDense<...>; see lanes/layer/layer.hpp.");
  static_assert(
      !DiscreteField<Field>,
      "lanes: Ising demands an autoregressive model, such as MaskedDense or Hierarchical: "
      "a flow moves real numbers; see lanes/autoregressive/masked_dense.hpp.");
  static constexpr bool flows = Layer<Policy> && !DiscreteField<Field>;
  using OnField =
      Setting<typename S::Context, std::conditional_t<DiscreteField<Field>, Scalar, Field>,
              typename S::Geometry>;
  using type = FlowModel<OnField, std::conditional_t<flows, Policy, NoFlow>>;
};
template <class Policy, class S>
requires BringsModel<Policy, S>
struct ModelOf<Policy, S> {
  using type = typename Policy::template Model<S>;
};

}  // namespace detail

template <class FieldPolicy, class GeometryPolicy, class ModelPolicy, class PrecisionPolicy,
          class BackendPolicy>
class Sampler {
 public:
  // What stands in a wrong slot is replaced by something right once the sentence is said, so that a
  // compiler has little to add.
  using Geometry =
      std::conditional_t<lanes::Geometry<GeometryPolicy>, GeometryPolicy, Lattice<2, 2>>;
  using Field = std::conditional_t<lanes::Field<FieldPolicy, Geometry>, FieldPolicy, Scalar>;
  using Precision = detail::PrecisionOr<PrecisionPolicy>;
  using Backend = detail::BackendOr<BackendPolicy>;
  static_assert(lanes::Field<FieldPolicy, Geometry>,
                "lanes: Sampler<Field, Geometry, Model, Precision, Backend>: the first is a Field, "
                "such as Scalar, U1 or Ising; see lanes/field/scalar.hpp.");
  static_assert(lanes::Geometry<GeometryPolicy>,
                "lanes: Sampler<Field, Geometry, Model, Precision, Backend>: the second is a "
                "Geometry, such as Lattice<8, 8>; see lanes/geometry/lattice.hpp.");
  static_assert(lanes::Precision<PrecisionPolicy>,
                "lanes: Sampler<Field, Geometry, Model, Precision, Backend>: the fourth is a "
                "Precision, Single or Double and not a type of numbers; see "
                "lanes/core/precision.hpp.");
  static_assert(lanes::Backend<BackendPolicy>,
                "lanes: Sampler<Field, Geometry, Model, Precision, Backend>: the fifth is a "
                "Backend, Cpu or Thrust; see lanes/backend/cpu.hpp.");
  using Real = typename Precision::Real;
  using Context = typename Backend::template Context<Precision>;
  using Model = typename detail::ModelOf<ModelPolicy, Setting<Context, Field, Geometry>>::type;
  using Vector = typename Backend::template Vector<Real>;
  static constexpr int rows = Model::field_rows;
  static_assert(lanes::Model<Model>,
                "lanes: a Model draws, gives ln q of a field and its score; see "
                "lanes/model/model.hpp.");

  /// Start values of the parameters follow from the seed. See Cpu for its number of threads.
  explicit Sampler(Seed seed, Backend backend = Backend{})
      : seed_(seed),
        backend_(std::move(backend)),
        parameters_(Model::parameters),
        weights_(Context::external_order ? 0 : Model::weights) {
    static_assert(!Context::external_order || Model::weights == Model::parameters,
                  "lanes: on this backend a layer reads its parameters in external order, so it "
                  "has as many weights as parameters.");
    std::vector<Real> start(Model::parameters);
    Initialiser random(seed);
    Model::initialise(random, start.data());
    set_parameters(start);
  }

  Seed seed() const { return seed_; }
  Backend& backend() { return backend_; }
  int threads() const { return backend_.threads(); }
  /// Numbers that are trained and saved.
  static constexpr int parameter_count() { return Model::parameters; }

  /// The parameters, flat, in external order.
  std::span<const Real> parameters() const { return parameters_.host(); }
  /// Sets all of them, in external order.
  void set_parameters(std::span<const Real> values) {
    require(values.size() == parameters_.size(), "Sampler: number of parameters", values.size(),
            detail::to_text(parameters_.size()).c_str());
    parameters_.assign(values);
    prepare();
  }
  /// The parameters in the backend's memory; to be exchanged for others.
  const Vector& parameters_in_place() const { return parameters_; }
  /// Swaps them for others in the backend's memory.
  void exchange_parameters(Vector& others) {
    std::swap(parameters_, others);
    prepare();
  }
  /// Parameters of a model that are the theory's own (Hierarchical's heat bath) become those of
  /// `strength` times the theory; other models have none.
  template <class Theory>
  void follow([[maybe_unused]] const Theory& theory, [[maybe_unused]] double strength = 1) {
    if constexpr (Model::untrained > 0) {
      backend_.for_each(
          1, Model::following(theory, strength, parameters_.data() + Model::own.parameters));
      if constexpr (!Context::external_order)
        backend_.for_each(1,
                          Model::following(theory, strength, weights_.data() + Model::own.weights));
    }
  }
  /// The same parameters in the layout that the backend reads.
  const Real* weights() const {
    return Context::external_order ? parameters_.data() : weights_.data();
  }
  /// What the model sees, with a tape of the context and a gradient [Model::gradients], if one is
  /// wanted.
  Share<Real> share(Context& context, Real* gradient = nullptr) const {
    return {weights(), gradient, context.template rows<Real>(Model::tape_rows)};
  }

  /// Proposals first .. first + count - 1: fields [count][rows], ln q and S [count].
  template <class Theory>
  void propose(const Theory& theory, std::uint64_t first, std::size_t count, Real* fields,
               double* log_q, double* action) {
    check_theory<Theory>();
    draw(first, count, fields, log_q, [&](Context& context, Rows<Real> x, std::size_t at, int n) {
      const auto s = context.template rows<double>(1);
      fill(context, s, 1);
      add_action(context, theory, x, s);
      context.store_lanes(s, 1, n, action + at);
    });
  }

  /// Draws `count` fields: proposals first .. first + count - 1.
  Batch<Real> draw(std::size_t count, std::uint64_t first = 0) {
    Batch<Real> batch{std::vector<Real>(count * rows), std::vector<double>(count)};
    draw(first, count, batch.fields.data(), batch.log_q.data(),
         [](Context&, Rows<Real>, std::size_t, int) {});
    return batch;
  }

  /// ln q of given fields [n][rows], through the inverse of the flow; -infinity where the inverse
  /// leaves the range of Real: the model does not reach that field.
  template <class Value>
  std::vector<double> log_density(std::span<const Value> fields) {
    require(fields.size() % rows == 0, "Sampler::log_density: size of fields", fields.size(),
            ("a multiple of " + detail::to_text(rows)).c_str());
    detail::check_values<Field>(fields);
    std::vector<double> log_q(fields.size() / rows);
    backend_.template for_lanes<Precision>(
        0, log_q.size(), [&](Context& context, std::size_t at, int n) {
          const auto x = context.template rows<Real>(rows);
          const auto q = context.template rows<double>(1);
          context.load_lanes(fields.data() + at * rows, rows, n, x);
          Model::density(context, share(context), x, q);
          context.store_lanes(q, 1, n, log_q.data() + at);
          for (int k = 0; k < n; ++k)
            if (!std::isfinite(log_q[at + std::size_t(k)])) log_q[at + std::size_t(k)] = -INFINITY;
        });
    return log_q;
  }
  template <class Value>
  std::vector<double> log_density(const std::vector<Value>& fields) {
    return log_density(std::span<const Value>(fields));
  }

  /// S of given fields [n][rows].
  template <class Theory>
  std::vector<double> action(const Theory& theory, std::span<const Real> fields) {
    check_theory<Theory>();
    require(fields.size() % rows == 0, "Sampler::action: size of fields", fields.size(),
            ("a multiple of " + detail::to_text(rows)).c_str());
    detail::check_values<Field>(fields);
    std::vector<double> result(fields.size() / rows);
    backend_.template for_lanes<Precision>(
        0, result.size(), [&](Context& context, std::size_t at, int n) {
          const auto x = context.template rows<Real>(rows);
          const auto s = context.template rows<double>(1);
          context.load_lanes(fields.data() + at * rows, rows, n, x);
          fill(context, s, 1);
          add_action(context, theory, x, s);
          context.store_lanes(s, 1, n, result.data() + at);
        });
    return result;
  }

  template <class Theory>
  static constexpr void check_theory() {
    detail::check_density<Theory>();
    static_assert(!detail::density_fits<Theory> || lanes::Theory<Theory, Context>,
                  "lanes: a Theory names its Field and Geometry and has a density(site) or an "
                  "action(configuration); "
                  "see lanes/theory/theory.hpp.");
    if constexpr (lanes::Theory<Theory, Context> && slots_fit) {
      static_assert(std::is_same_v<typename Theory::Field, Field>,
                    "lanes: the Theory and the Sampler have different Fields.");
      static_assert(std::is_same_v<typename Theory::Geometry, Geometry>,
                    "lanes: the Theory and the Sampler have different Geometries.");
    }
  }

 private:
  static constexpr bool slots_fit =
      std::is_same_v<Field, FieldPolicy> && std::is_same_v<Geometry, GeometryPolicy>;

  template <class Then>
  void draw(std::uint64_t first, std::size_t count, Real* fields, double* log_q, const Then& then) {
    const RandomStream stream(seed_, Purpose::proposal);
    backend_.template for_lanes<Precision>(first, count,
                                           [&](Context& context, std::size_t at, int n) {
                                             const auto x = context.template rows<Real>(rows);
                                             const auto q = context.template rows<double>(1);
                                             Model::draw(context, share(context), stream, x, q);
                                             context.store_lanes(x, rows, n, fields + at * rows);
                                             context.store_lanes(q, 1, n, log_q + at);
                                             then(context, x, at, n);
                                           });
  }

  void prepare() {
    if constexpr (!Context::external_order) Model::prepare(parameters_.data(), weights_.data());
  }

  Seed seed_;
  Backend backend_;
  Vector parameters_, weights_;
};

}  // namespace lanes
