// SPDX-License-Identifier: BSD-3-Clause
//
// Each law of theories (theory_laws.hpp) is broken by its mistake, and no other is.
#include <cmath>
#include <string>

#include <doctest/doctest.h>

#include <lanes/field/scalar.hpp>
#include <lanes/field/u1.hpp>
#include <lanes/field/vector.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/testing/theory_laws.hpp>
#include <lanes/theory/local_theory.hpp>

using namespace lanes;
using namespace lanes::laws;

namespace {

template <class... Symmetry, class T>
void breaks(const std::string& laws, const T& theory) {
  INFO(__PRETTY_FUNCTION__);
  std::string names;
  for (const auto& name : broken(check_theory<Symmetry...>(theory, Seed{1})))
    names += (names.empty() ? "" : ", ") + name;
  CHECK(names == laws);
}

}  // namespace

namespace {

enum class Mistake { none, sign, factor, neighbour, single, set, sees, kink };

using G = Lattice<3, 4>;

// phi^4 with a term that knows its direction, and one mistake.
template <Mistake M>
struct Mistaken : LocalTheory<Mistaken<M>, Scalar, G> {
  template <class T, class Site>
  T density(const Site& phi) const {
    const T x = phi.here();
    if (M == Mistake::sees) return x * phi.at(step<2>(0, 2));  // not stated: NaN
    if (M == Mistake::kink) return log(x - T(0.5));            // of some lanes only
    const T s = square(square(x)) + cos(x) * sin(phi.forward(1));
    return s + T(0.5) * square(phi.forward(0) - x);
  }
  template <class T, class Site>
  T force(const Site& phi) const {
    const T x = phi.here();
    T f = T(4) * x * square(x) - sin(x) * sin(phi.forward(1)) + T(2) * x - phi.forward(0) -
          phi.backward(0);
    if (M != Mistake::neighbour) f = f + cos(phi.backward(1)) * cos(x);
    return f * T(M == Mistake::sign ? -1 : M == Mistake::factor ? 1.001 : 1);
  }
};

// The same action for a whole batch, computed otherwise than lane by lane.
struct Right : Mistaken<Mistake::none> {};
template <Mistake M>
struct Batched {
  using Field = Scalar;
  using Geometry = G;
  template <class Real>
  struct Add {
    Rows<double> from, to;
    template <class Lane>
    void operator()(int, Lane lane) const {
      const auto s = lane.load(from), before = lane.load(to);
      if (M == Mistake::set) return lane.store(to, 0, s);
      lane.store(to, 0, before + (M == Mistake::single ? rounded(s) : s));
    }
    template <class T>
    static T rounded(T s) {
      alignas(64) double v[std::size_t(T::size)];
      s.store(v);
      for (double& one : v) one = double(Real(one));
      return T::load(v);
    }
  };
  template <class Context>
  void action(Context& context, Rows<typename Context::Real> x, Rows<double> into) const {
    const auto s = context.template rows<double>(1);
    fill(context, s, 1);
    add_action(context, Right{}, x, s);
    context.for_each(1, Add<typename Context::Real>{s, into});
  }
  double action(const auto& phi) const {
    double s = 0;
    for (int x = 0; x < G::volume; ++x) {
      const double here = double(phi(x)), up = double(phi(G::forward(x, 0)));
      s += std::pow(here, 4) + std::cos(here) * std::sin(double(phi(G::forward(x, 1))));
      s += 0.5 * (up - here) * (up - here);
    }
    return M == Mistake::factor ? 1.001 * s : s;
  }
};
// A force that is written for the batch, and adds.
template <bool adds>
struct BatchedForce : Batched<Mistake::none> {
  template <class Real>
  struct Add {
    Rows<Real> from, to;
    template <class Lane>
    void operator()(int i, Lane lane) const {
      const auto f = lane.load(from, i);
      lane.store(to, i, adds ? lane.load(to, i) + f : f);
    }
  };
  template <class Context>
  void force(Context& context, Rows<typename Context::Real> x,
             Rows<typename Context::Real> dx) const {
    const auto f = context.template rows<typename Context::Real>(G::volume);
    set_force(context, Right{}, x, f);
    context.for_each(G::volume, Add<typename Context::Real>{f, dx});
  }
};
// Site by site: the density knows where it is, or prefers a sign or a direction.
template <int which>
struct Asymmetric : LocalTheory<Asymmetric<which>, Vector<2>, G> {
  template <class T, class Site>
  T density(const Site& phi) const {
    const T a = phi.here(0), b = phi.here(1);
    const T invariant =
        square(square(a) + square(b)) + a * phi.forward(0, 0) + b * phi.forward(0, 1);
    if (which == 0) return invariant + T(1e-3) * a * a * a;          // a sign, and no rotation
    if (which == 1) return invariant + T(1e-3) * square(a) * b * b;  // rotations alone
    return invariant;
  }
};
struct Pinned {
  using Field = Scalar;
  using Geometry = G;
  double action(const auto& phi) const {
    double s = 0;
    for (int x = 0; x < G::volume; ++x) s += (x == 5 ? 1.001 : 1) * square(double(phi(x)));
    return s;
  }
};
struct Massive : LocalTheory<Massive, U1, G> {
  template <class T, class Site>
  T density(const Site& theta) const {
    return T(-1e-3) * cos(theta.here(0));
  }
};

}  // namespace

TEST_CASE("no mistake: every law holds, in each form") {
  breaks("", Right{});
  breaks("", Batched<Mistake::none>{});
  breaks("", BatchedForce<false>{});
  breaks<AllTranslations, SignFlip, Rotations>("", Asymmetric<2>{});
}
TEST_CASE("each mistake breaks its law") {
  breaks("force, forms", Mistaken<Mistake::sign>{});
  breaks("force, forms", Mistaken<Mistake::factor>{});
  breaks("force, forms", Mistaken<Mistake::neighbour>{});
  breaks("adds", Batched<Mistake::set>{});
  breaks("action_single", Batched<Mistake::single>{});
  breaks("forms", Batched<Mistake::factor>{});
  breaks("force", BatchedForce<true>{});
  breaks<SignFlip, Rotations>("sign_flip, rotations", Asymmetric<0>{});
  breaks<SignFlip, Rotations>("rotations", Asymmetric<1>{});
  breaks<AllTranslations>("translations", Pinned{});
  breaks<GaugeTransformations>("gauge_transformations", Massive{});
  breaks<GlobalPhase>("global_phase", Massive{});
  for (const auto& r : {check_theory(Mistaken<Mistake::sees>{}, Seed{1}),
                        check_theory(Mistaken<Mistake::kink>{}, Seed{1})})
    CHECK_FALSE(r["finite"].holds());
}
