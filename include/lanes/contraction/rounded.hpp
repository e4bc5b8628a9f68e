// SPDX-License-Identifier: BSD-3-Clause
//
// RoundedContraction<Base, Stencil, Operand>: a contraction whose factors are rounded to Operand
// first, for backends that have no arithmetic of that kind: weights when they are packed, inputs
// and adjoints in a copy. Same operations, same layouts of parameters as Base.
#pragma once

#include <vector>

#include <lanes/core/bfloat16.hpp>
#include <lanes/core/rows.hpp>

namespace lanes {

template <class Base, class Stencil, class Real, class Operand>
class RoundedContraction {
 public:
  static constexpr int parameters = Base::parameters, weights = Base::weights;
  static constexpr int gradients = Base::gradients;

  static void pack(const Real* external, Real* packed) {
    constexpr int kernel = Stencil::taps * Stencil::in * Stencil::out;
    std::vector<Real> values(external, external + parameters);
    for (int i = 0; i < kernel; ++i)
      values[std::size_t(i)] = rounded<Operand>(values[std::size_t(i)]);
    Base::pack(values.data(), packed);
  }
  static void unpack(const Real* gradient, Real* external) { Base::unpack(gradient, external); }

  template <class Context, class Store>
  static void forward(Context& context, const Real* packed, int variant, Rows<Real> input,
                      const Store& store) {
    typename Context::Scope scope(context);
    Base::forward(
        context, packed, variant,
        round<typename Stencil::Inputs, Stencil::in, Stencil::in_pitch>(context, variant, input),
        store);
  }
  template <class Context, class Store>
  static void input_adjoint(Context& context, const Real* packed, int variant, Rows<Real> d_out,
                            const Store& store) {
    typename Context::Scope scope(context);
    Base::input_adjoint(
        context, packed, variant,
        round<typename Stencil::Outputs, Stencil::out, Stencil::out_pitch>(context, variant, d_out),
        store);
  }
  template <class Context>
  static void weight_adjoint(Context& context, Real* gradient, int variant, Rows<Real> input,
                             Rows<Real> d_out) {
    typename Context::Scope scope(context);
    Base::weight_adjoint(
        context, gradient, variant,
        round<typename Stencil::Inputs, Stencil::in, Stencil::in_pitch>(context, variant, input),
        round<typename Stencil::Outputs, Stencil::out, Stencil::out_pitch>(context, variant,
                                                                           d_out));
  }

 private:
  template <class Sites, int Pitch>
  struct Round {
    int variant;
    Rows<Real> from, to;
    template <class Lane>
    void operator()(int i, Lane lane) const {
      const long row = long(i / Sites::size) * Pitch + Sites::slot(variant, i % Sites::size);
      alignas(64) Real values[Lane::width];
      const auto pack = lane.load(from, row);
      pack.store(values);
      for (Real& v : values) v = rounded<Operand>(v);
      lane.store(to, row, decltype(pack)::load(values));
    }
  };
  template <class Sites, int Channels, int Pitch, class Context>
  static Rows<Real> round(Context& context, int variant, Rows<Real> from) {
    const Rows<Real> to = context.template rows<Real>(long(Channels) * Pitch);
    context.for_each(Sites::size * Channels, Round<Sites, Pitch>{variant, from, to});
    return to;
  }
};

}  // namespace lanes
