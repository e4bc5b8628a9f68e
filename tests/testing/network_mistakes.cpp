// SPDX-License-Identifier: BSD-3-Clause
//
// Each law of networks (network_laws.hpp) is broken by its mistake, and no other is.
#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/geometry/lattice.hpp>
#include <lanes/network/dense_net.hpp>
#include <lanes/testing/network_laws.hpp>

using namespace lanes;

namespace {

enum class Mistake {
  none,
  tap,         // the adjoint of one input is forgotten
  factor,      // the gradient by one weight is off by a part in a thousand
  overwrites,  // the gradient is set
  null,        // the adjoint of the input is another where no gradient is wanted
  order,       // prepare and collect agree upon an order that is not the external one
  gap          // a row between two channels is read
};

template <Mistake M, class Store>
struct MistakenStore {
  Store store;
  bool stretch;
  template <class Lane, class T>
  void operator()(Lane lane, long row, T value) const {
    if (M == Mistake::tap && row == 3) return;
    store(lane, row, stretch ? value * T(1.001) : value);
  }
};
template <class Real>
struct AddGap {
  Rows<Real> input, output;
  int gap;
  template <class Lane>
  void operator()(int, Lane lane) const {
    lane.store(output, 0, lane.load(output) + lane.load(input, gap) * Real(0));
  }
};

template <Mistake M, class Right = DenseNet<Channels<6>, Tanh, RandomLast>>
struct Mistaken {
  static constexpr bool odd = false;
  template <class S>
  struct Network : Right::template Network<S> {
    using Base = typename Right::template Network<S>;
    using Context = typename S::Context;
    using Real = typename S::Real;
    static constexpr bool reversed = M == Mistake::order && !Context::external_order;

    template <class T>
    static void prepare(const T* external, T* weights) {
      std::vector<T> order(external, external + Base::parameters);
      if (reversed) std::reverse(order.begin(), order.end());
      Base::prepare(order.data(), weights);
    }
    template <class T>
    static void collect(const T* gradient, T* external) {
      if (reversed) std::reverse(external, external + Base::parameters);
      Base::collect(gradient, external);
      if (reversed) std::reverse(external, external + Base::parameters);
    }
    static void forward(Context& context, const Share<Real>& share, Rows<Real> input,
                        Rows<Real> output) {
      Base::forward(context, share, input, output);
      if (M == Mistake::gap) context.for_each(1, AddGap<Real>{input, output, S::Geometry::volume});
    }
    template <class Store>
    static void adjoint(Context& context, const Share<Real>& share, Rows<Real> input,
                        Rows<Real> output, Rows<Real> d_output, const Store& store) {
      Real* g = share.gradient;
      if (g && M == Mistake::overwrites) std::fill_n(g, Base::gradients, Real(0));
      const Real before = g ? g[0] : 0;
      Base::adjoint(context, share, input, output, d_output,
                    MistakenStore<M, Store>{store, M == Mistake::null && !g});
      if (g && M == Mistake::factor) g[0] = before + Real(1.001) * (g[0] - before);
    }
  };
};
struct NotOdd : Mistaken<Mistake::none> {
  static constexpr bool odd = true;
};

template <class Policy>
laws::Report report() {
  return laws::check_network<Double, Policy, Lattice<2, 3>, 2, 2>(Seed{3});
}
template <class Policy>
std::string of() {
  std::string names;
  for (const auto& name : broken(report<Policy>())) names += (names.empty() ? "" : ", ") + name;
  return names;
}

}  // namespace

TEST_CASE("no mistake") { CHECK(report<Mistaken<Mistake::none>>().passed()); }
TEST_CASE("each mistake breaks its law") {
  CHECK(of<Mistaken<Mistake::tap>>() == "adjoint_input");
  CHECK(of<Mistaken<Mistake::factor>>() == "adjoint_parameters");
  CHECK(of<Mistaken<Mistake::overwrites>>() == "gradient_adds");
  CHECK(of<Mistaken<Mistake::null>>() == "null_gradient");
  CHECK(of<Mistaken<Mistake::order>>() == "external_order");
  CHECK(of<NotOdd>() == "odd");
  CHECK_FALSE(report<Mistaken<Mistake::gap>>()["finite"].holds());
}
