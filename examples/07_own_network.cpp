// SPDX-License-Identifier: BSD-3-Clause
//
// Lesson 7, a network of one's own: a deep one with a linear one beside it.
//
// A network has forward and adjoint. Its parts are other networks, and rows of the tape for what
// the adjoint needs of the forward pass; Parts knows where each of them keeps its numbers.
// Builds on: 2.
#include <cstdio>

#include <lanes/lanes.hpp>
#include <lanes/testing/laws.hpp>
#include <lanes/testing/network_laws.hpp>

#include "lesson.hpp"

using lanes::Rows;
using lanes::Share;

// output = deep(input) + side(input)
template <class Deep, class Side>
struct Residual {
  template <class S, class A = typename Deep::template Network<S>,
            class B = typename Side::template Network<S>>
  struct Network : lanes::Parts<typename S::Context, lanes::TapeRows<2 * A::outputs>, A, B> {
    using Own = lanes::Parts<typename S::Context, lanes::TapeRows<2 * A::outputs>, A, B>;
    using Real = typename S::Real;
    static constexpr int outputs = A::outputs, pitch = A::pitch;

    template <class Context>
    static void forward(Context& context, const Share<Real>& share, Rows<Real> input,
                        Rows<Real> output) {
      const Rows<Real> a = share.tape, b = a.from(outputs);
      fill(context, a, 2 * outputs);  // a network leaves gaps between its channels
      A::forward(context, share.at(Own::template offset<1>), input, a);
      B::forward(context, share.at(Own::template offset<2>), input, b);
      context.for_each(outputs, lanes::SumRows<Real>{a, b, output});
    }
    template <class Context, class Store>
    static void adjoint(Context& context, const Share<Real>& share, Rows<Real> input, Rows<Real>,
                        Rows<Real> d_output, const Store& store) {
      typename Context::Scope scope(context);
      const Rows<Real> a = share.tape, d = context.template rows<Real>(outputs);
      copy(context, d_output, d, outputs);  // an adjoint destroys it
      A::adjoint(context, share.at(Own::template offset<1>), input, a, d, store);
      B::adjoint(context, share.at(Own::template offset<2>), input, a.from(outputs), d_output,
                 store);
    }
  };
};

int main(int argc, char** argv) {
  Lesson lesson(argc, argv);
  using namespace lanes;
  using Deep = ConvNet<Channels<4>, Kernel<3>, Tanh, RandomLast>;
  using Linear = ConvNet<Channels<>, Kernel<3>, Identity>;
  using Own = Residual<Deep, Linear>;
  using Flow = Repeat<2, Coupling<Checkerboard, Affine, Own>>;
  using Small = Lattice<4, 4>;
  const Seed seed{3};
  lesson.keeps("network", laws::check_network<Double, Own, Small, 1, 2>(seed));
  lesson.keeps("flow", laws::check_flow<Double, Scalar, Small, Flow>(seed));
  return lesson.end();
}
