// SPDX-License-Identifier: BSD-3-Clause
//
// Symmetric<Group, Inner>: an autoregressive model made invariant under a finite group G of
// symmetries of the theory, exactly:
//
//   q_G(s) = |G|^-1 sum over g of q(g s),   drawn as s = g s', s' ~ q, g a fair draw from G
//
//   using Model = Symmetric<Z2, Hierarchical<Depth<2>, Width<1>, PRelu>>;
//
//   Z2                s -> -s, 2 elements (1809.10606)
//   Translations<mu>  by any number of sites in direction mu, L_mu elements
//   Both<A, B>        every product of an element of A and one of B, e.g. Both<Z2, Translations<1>>
//                     (2203.10989)
//
// Price: |G| evaluations of the inner model for each draw, density and gradient.
// (sampling/symmetrized.hpp does the same for Z2 to a trained model of any kind, without training
// it so.) A group of one's own has order<Geometry>, sign<Geometry>(g), source<Geometry>(g, site):
// (g s)(site) = sign(g) s(source(g, site)). Tape: responsibilities q(g s') / sum [|G|], then the
// tapes of all g s'.
#pragma once

#include <cstdint>

#include <lanes/core/kernels.hpp>
#include <lanes/core/pack.hpp>
#include <lanes/core/parts.hpp>
#include <lanes/core/random.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/field/field.hpp>
#include <lanes/field/setting.hpp>

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

namespace detail {

/// A group of transformations of a lattice's sites.
template <class Group, class Geometry>
concept SiteGroup = requires {
  int{Group::template order<Geometry>};
};

// Tape: responsibilities, then the tapes of all g s'; the parameters are those of the inner model.
template <class Group, class InnerPolicy, class S, bool Accepted>
struct SymmetricParts {
  using Type = Parts<typename S::Context>;
};
template <class Group, class InnerPolicy, class S>
struct SymmetricParts<Group, InnerPolicy, S, true> {
  using Inner = typename InnerPolicy::template Model<S>;
  static constexpr int order = Group::template order<typename S::Geometry>;
  using Type =
      Parts<typename S::Context, TapeRows<order>, Inner, TapeRows<(order - 1) * Inner::tape_rows>>;
};

}  // namespace detail

template <class Group, class InnerPolicy>
struct Symmetric {
  template <class S>
  static constexpr bool accepts() {
    static_assert(detail::SiteGroup<Group, typename S::Geometry>,
                  "lanes: Symmetric<Group, Inner>: the first is a group, Z2, Translations<mu> or "
                  "Both<A, B>; see lanes/autoregressive/symmetric.hpp.");
    static_assert(
        BringsModel<InnerPolicy, S>,
        "lanes: Symmetric<Group, Inner>: the second is an autoregressive model, MaskedDense or "
        "Hierarchical.");
    static_assert(SpinField<typename S::Field, typename S::Geometry>,
                  "lanes: Symmetric is a model of spins; the Field must be Ising.");
    return detail::SiteGroup<Group, typename S::Geometry> && BringsModel<InnerPolicy, S>;
  }
  /// Tape and parameters: the inner model once for each element of the group.
  template <class S>
  using PartsOf = typename detail::SymmetricParts<Group, InnerPolicy, S, accepts<S>()>::Type;

  template <class S>
  class Model : public PartsOf<S> {
    using Geometry = typename S::Geometry;
    using Inner = typename InnerPolicy::template Model<S>;
    static constexpr int order = Group::template order<Geometry>;

   public:
    using Context = typename S::Context;
    using Real = typename S::Real;
    static constexpr int field_rows = Inner::field_rows;
    static constexpr int untrained = Inner::untrained;
    static constexpr Offset own = [] {
      Offset o = PartsOf<S>::template offset<1>;
      if constexpr (untrained > 0) {
        o.parameters += Inner::own.parameters;
        o.weights += Inner::own.weights;
      }
      return o;
    }();
    static constexpr bool reparameterizable = false;

    /// A kernel that sets the parameters that are the theory's own.
    template <class Theory>
    static auto following(const Theory& theory, double strength, Real* values) {
      return Inner::following(theory, strength, values);
    }

    template <class... Probe>
    static void draw(Context& context, const Share<Real>& share, const RandomStream& stream,
                     Rows<Real> x, Rows<double> log_q, const Probe&...) {
      typename Context::Scope scope(context);
      const auto all = context.template rows<double>(order);
      const auto chosen = context.template rows<Real>(1);
      Inner::draw(context, of_image(share, 0), stream, x, all);
      orbit(context, share, x, all, log_q);
      context.for_each(1, Choose{stream, chosen});
      context.for_each(field_rows, Pick{of_image(share, 0).tape, chosen, x});
    }
    static void density(Context& context, const Share<Real>& share, Rows<Real> x,
                        Rows<double> log_q) {
      typename Context::Scope scope(context);
      const auto all = context.template rows<double>(order);
      Inner::density(context, of_image(share, 0), x, all);
      orbit(context, share, x, all, log_q);
    }
    static void score(Context& context, const Share<Real>& share, Rows<Real> weight, Rows<Real> x,
                      Rows<Real> dx) {
      typename Context::Scope scope(context);
      const auto part = context.template rows<Real>(1);
      for (int g = 0; g < order; ++g) {
        context.for_each(1, Multiply{weight, share.tape.from(g), part});
        Inner::score(context, of_image(share, g), part, x, dx);
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
    /// to = a b
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
      Rows<Real> shares;  // responsibilities, [|G|]
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
    static Share<Real> of_image(const Share<Real>& share, int g) {
      Offset at = PartsOf<S>::template offset<1>;
      at.tape += g * Inner::tape_rows;
      return share.at(at);
    }
    // ln q of g x for g > 0, beside that of x; their mean.
    static void orbit(Context& context, const Share<Real>& share, Rows<Real> x, Rows<double> all,
                      Rows<double> log_q) {
      typename Context::Scope scope(context);
      const auto image = context.template rows<Real>(field_rows);
      for (int g = 1; g < order; ++g) {
        context.for_each(field_rows, Transform{x, image, g});
        Inner::density(context, of_image(share, g), image, all.from(g));
      }
      context.for_each(1, Mean{all, log_q, share.tape});
    }
  };
};

}  // namespace lanes
