// SPDX-License-Identifier: BSD-3-Clause
//
// Symmetric<Group, Inner>: an autoregressive model made invariant under a finite group G of symmetries of
// the theory, exactly:
//
//   q_G(s) = |G|^-1 sum over g of q(g s),   drawn as s = g s', s' ~ q, g a fair draw from G
//
//   using Model = lanes::Symmetric<lanes::Z2, lanes::Hierarchical<lanes::Depth<2>, lanes::Width<1>, lanes::PRelu>>;
//
//   Z2                s -> -s, 2 elements (1809.10606)
//   Translations<mu>  by any number of sites in direction mu, L_mu elements
//   Both<A, B>        every product of an element of A and one of B, e.g. Both<Z2, Translations<1>> (2203.10989)
//
// Price: |G| evaluations of the inner model for each draw, density and gradient. (sampling/symmetrized.hpp
// does the same for Z2 to a trained model of any kind, without training it so.) A group of one's own has
// order<Geometry>, sign(g), source<Geometry>(g, site): (g s)(site) = sign(g) s(source(g, site)).
// Tape: responsibilities q(g s') / sum [|G|], then the tapes of all g s'.
#pragma once

#include <cstdint>

#include <lanes/core/kernels.hpp>
#include <lanes/core/pack.hpp>
#include <lanes/core/random.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/field/kind.hpp>

namespace lanes {

struct Z2 {
  template <class Geometry>
  static constexpr int order = 2;
  template <class Geometry>
  LANES_HD static constexpr int sign(int g) {
    return g == 0 ? 1 : -1;
  }
  template <class Geometry>
  LANES_HD static constexpr int source(int, int site) {
    return site;
  }
};

template <int Mu>
struct Translations {
  template <class Geometry>
  static constexpr int order = Geometry::extent(Mu);
  template <class Geometry>
  LANES_HD static constexpr int sign(int) {
    return 1;
  }
  template <class Geometry>
  LANES_HD static constexpr int source(int g, int site) {
    return Geometry::shifted(site, Mu, g);
  }
};

template <class A, class B>
struct Both {
  template <class Geometry>
  static constexpr int order = A::template order<Geometry>* B::template order<Geometry>;
  template <class Geometry>
  LANES_HD static constexpr int sign(int g) {
    constexpr int n = A::template order<Geometry>;
    return A::template sign<Geometry>(g % n) * B::template sign<Geometry>(g / n);
  }
  template <class Geometry>
  LANES_HD static constexpr int source(int g, int site) {
    constexpr int n = A::template order<Geometry>;
    return A::template source<Geometry>(g % n, B::template source<Geometry>(g / n, site));
  }
};

template <class Group, class InnerPolicy>
struct Symmetric {
  template <class ContextType, class Field, class Geometry>
  class Model {
    static_assert(
        requires { int{Group::template order<Geometry>}; },
        "lanes: Symmetric<Group, Inner>: the first is a group, Z2, Translations<mu> or "
        "Both<A, B>; see lanes/autoregressive/symmetric.hpp.");
    static_assert(
        requires { typename InnerPolicy::template Model<ContextType, Field, Geometry>; },
        "lanes: Symmetric<Group, Inner>: the second is an autoregressive model, MaskedDense or "
        "Hierarchical.");
    static_assert(is_spins<Field, Geometry>,
                  "lanes: Symmetric is a model of spins; the Field must be Ising.");
    using Inner = typename InnerPolicy::template Model<ContextType, Field, Geometry>;
    static constexpr int order = Group::template order<Geometry>;

   public:
    using Context = ContextType;
    using Real = typename Context::Real;
    static constexpr int field_rows = Inner::field_rows;
    static constexpr int parameters = Inner::parameters, weights = Inner::weights;
    static constexpr int gradients = Inner::gradients;
    static constexpr int tape_rows = order + order * Inner::tape_rows;
    static constexpr int untrained = [] {
      if constexpr (requires { Inner::untrained; })
        return Inner::untrained;
      else
        return 0;
    }();
    static constexpr bool reparameterizable = false;

    static void initialise(Seed seed, Real* external) { Inner::initialise(seed, external); }
    static void prepare(const Real* external, Real* prepared) {
      Inner::prepare(external, prepared);
    }
    static void collect(const Real* gradient, Real* external) {
      Inner::collect(gradient, external);
    }
    template <class Theory>
    static auto following(const Theory& theory, double strength, Real* values,
                          int size) requires requires {
      Inner::following(theory, strength, values, size);
    }
    { return Inner::following(theory, strength, values, size); }

    template <class... Probe>
    static void draw(Context& context, const Real* prepared, const RandomStream& stream,
                     Rows<Real> x, Rows<double> log_q, Rows<Real> tape, const Probe&...) {
      typename Context::Scope scope(context);
      const auto all = context.template rows<double>(order);
      const auto chosen = context.template rows<Real>(1);
      Inner::draw(context, prepared, stream, x, all, tape_of(tape, 0));
      orbit(context, prepared, x, all, log_q, tape);
      context.for_each(1, Choose{stream, chosen});
      context.for_each(field_rows, Pick{tape_of(tape, 0), chosen, x});
    }
    static void density(Context& context, const Real* prepared, Rows<Real> x, Rows<double> log_q,
                        Rows<Real> tape) {
      typename Context::Scope scope(context);
      const auto all = context.template rows<double>(order);
      Inner::density(context, prepared, x, all, tape_of(tape, 0));
      orbit(context, prepared, x, all, log_q, tape);
    }
    static void score(Context& context, const Real* prepared, Real* gradient, Rows<Real> weight,
                      Rows<Real> x, Rows<Real> dx, Rows<Real> tape) {
      typename Context::Scope scope(context);
      const auto share = context.template rows<Real>(1);
      for (int g = 0; g < order; ++g) {
        context.for_each(1, Multiply{weight, tape.from(g), share});
        Inner::score(context, prepared, gradient, share, x, dx, tape_of(tape, g));
      }
    }

    // Kernels are public: a CUDA compiler names their types.
    struct Choose {
      RandomStream stream;
      Rows<Real> to;
      template <class Lane>
      LANES_HD LANES_INLINE void operator()(int, Lane lane) const {
        const auto u = lane.template positive_pair<Real>(stream, 0xffffffffu).first;
        using T = Pack<Real, Lane::width>;
        lane.store(to, 0, min(floor(u * T(order)), T(order - 1)));
      }
    };
    struct Multiply {
      Rows<Real> a, b, to;
      template <class Lane>
      LANES_HD LANES_INLINE void operator()(int, Lane lane) const {
        lane.store(to, 0, lane.load(a) * lane.load(b));
      }
    };
    /// to = g from
    struct Transform {
      Rows<Real> from, to;
      int g;
      template <class Lane>
      LANES_HD LANES_INLINE void operator()(int site, Lane lane) const {
        using T = Pack<Real, Lane::width>;
        lane.store(to, site,
                   lane.load(from, Group::template source<Geometry>(g, site)) *
                       T(Group::template sign<Geometry>(g)));
      }
    };
    /// x = the chosen element of the orbit; images: the tapes, which start with the spins.
    struct Pick {
      Rows<Real> images, chosen, x;
      template <class Lane>
      LANES_HD LANES_INLINE void operator()(int site, Lane lane) const {
        using T = Pack<Real, Lane::width>;
        const T g = lane.load(chosen);
        T value = lane.load(images, site);
        for (int k = 1; k < order; ++k)
          value = select(g < T(k), value, lane.load(images, long(k) * Inner::tape_rows + site));
        lane.store(x, site, value);
      }
    };
    /// ln of the mean of the orbit's q, and each one's share of the sum.
    struct Mean {
      Rows<double> all, log_q;
      Rows<Real> shares;
      template <class Lane>
      LANES_HD LANES_INLINE void operator()(int, Lane lane) const {
        using D = Pack<double, Lane::width>;
        D largest = lane.load(all), sum(0);
        for (int g = 1; g < order; ++g) largest = max(largest, lane.load(all, g));
        for (int g = 0; g < order; ++g) sum += exp(lane.load(all, g) - largest);
        for (int g = 0; g < order; ++g)
          lane.store(shares, g, Pack<Real, Lane::width>(exp(lane.load(all, g) - largest) / sum));
        lane.store(log_q, 0, largest + log(sum / D(order)));
      }
    };

   private:
    static Rows<Real> tape_of(Rows<Real> tape, int g) {
      return tape.from(order + long(g) * Inner::tape_rows);
    }
    // ln q of g x for g > 0, beside that of x; their mean.
    static void orbit(Context& context, const Real* prepared, Rows<Real> x, Rows<double> all,
                      Rows<double> log_q, Rows<Real> tape) {
      typename Context::Scope scope(context);
      const auto image = context.template rows<Real>(field_rows);
      for (int g = 1; g < order; ++g) {
        context.for_each(field_rows, Transform{x, image, g});
        Inner::density(context, prepared, image, all.from(g), tape_of(tape, g));
      }
      context.for_each(1, Mean{all, log_q, tape});
    }
  };
};

}  // namespace lanes
