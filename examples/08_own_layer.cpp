// SPDX-License-Identifier: BSD-3-Clause
//
// Lesson 8, a layer of one's own: one learnt shift of the whole field.
//
// A layer moves the field in either direction and adds its ln det to ln q (here none: a shift has
// determinant 1); the adjoint takes the field back to where it came from and the derivative of the
// loss with it. Way is a template parameter: both directions are one text.
// Builds on: 7.
#include <cstdio>

#include <lanes/lanes.hpp>
#include <lanes/testing/laws.hpp>

#include "lesson.hpp"

using lanes::Rows;
using lanes::Share;
using lanes::Way;

// y = x + a
struct Shift {
  template <class S>
  struct Layer : lanes::Sized<1> {
    using Real = typename S::Real;
    static constexpr int n = S::Field::template rows<typename S::Geometry>;

    template <Way way, class Context>
    static void move(Context& context, const Share<Real>& share, Rows<Real> x, Rows<double>) {
      context.for_each(n, Add{share.weights, Real(sign(way)), x});
    }
    template <Way way, class Context>
    static void adjoint(Context& context, const Share<Real>& share, Rows<Real> x, Rows<Real> dx,
                        Rows<Real>) {
      if (share.gradient)
        context.reduce(n, lanes::ScaledRow<Real>{dx, Real(sign(way))}, share.gradient);
      context.for_each(n, Add{share.weights, Real(-sign(way)), x});
    }
    struct Add {
      const Real* a;
      Real factor;
      Rows<Real> x;
      template <class Lane>
      LANES_HD void operator()(int i, Lane lane) const {
        lane.store(x, i, lane.load(x, i) + factor * *a);
      }
    };
  };
};

int main(int argc, char** argv) {
  Lesson lesson(argc, argv);
  using namespace lanes;
  using Small = Lattice<4, 4>;
  using Network = ConvNet<Channels<4>, Kernel<3>, Tanh>;
  using Flow = Chain<Shift, Repeat<2, Coupling<Checkerboard, Affine, Network>>>;
  const Seed seed{3};
  lesson.keeps("layer", laws::check_flow<Double, Scalar, Small, Shift>(seed));
  lesson.keeps("flow", laws::check_flow<Double, Scalar, Small, Flow>(seed));
  return lesson.end();
}
