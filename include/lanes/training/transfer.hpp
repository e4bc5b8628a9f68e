// SPDX-License-Identifier: BSD-3-Clause
//
// transfer(from, to): start values for a sampler on one lattice from one trained on another.
//
//   lanes::Sampler<lanes::Scalar, lanes::Lattice<32, 32>, Flow> large{lanes::Seed{7}};
//   lanes::transfer(small, large);                       // small: trained on Lattice<16, 16>
//
// Layers whose parameters do not depend on the lattice (convolutions, the free-field base) are
// taken as they are, chains layer by layer. Levels of a Multiscale flow go to those of the same
// spacing; a coarser level, which the smaller lattice had no room for, starts as the coarsest there
// is; in a GaugeHierarchy it keeps the start values of `to`. post: with as many levels, f_to(z) =
// f_from(z) on fields of the smaller lattice's period
//
// Levels of a Hierarchical network that draw the inside of a square of spins given its border are
// those of every lattice. The other parameters of `to`, its skeleton's and larger squares', stay as
// they are. post: q_to(inside | border) = q_from(inside | border) for every square of both
//
// A model without that correspondence (dense networks, other layers) is a compile error.
#pragma once

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <lanes/autoregressive/hierarchical.hpp>
#include <lanes/autoregressive/symmetric.hpp>
#include <lanes/layer/chain.hpp>
#include <lanes/layer/gauge_hierarchy.hpp>
#include <lanes/layer/multiscale.hpp>
#include <lanes/sampler.hpp>

namespace lanes {

namespace detail {

/// The part that a policy is in a setting: a layer, or the model that the policy brings.
template <class Policy, class S>
struct PartIn {
  using type = LayerOf<Policy, S>;
};
template <class Policy, class S>
requires BringsModel<Policy, S>
struct PartIn<Policy, S> {
  using type = typename Policy::template Model<S>;
};
template <class S, class Policy>
using PartOf = typename PartIn<Policy, S>::type;

template <class From, class To>
struct Transfer {
  static_assert(std::is_same_v<From, To>,
                "lanes: transfer needs flows of the same layers; levels of a Multiscale may differ "
                "in number.");
  template <class Here, class There, class X, class Y>
  static void run(const X* from, Y* to) {
    constexpr int n = PartOf<Here, From>::parameters;
    static_assert(n == PartOf<There, To>::parameters,
                  "lanes: transfer needs layers whose parameters do not depend on the lattice: "
                  "convolutions, not dense networks.");
    std::transform(from, from + n, to, [](X v) { return static_cast<Y>(v); });
  }
};

template <class... From, class... To>
requires(sizeof...(From) == sizeof...(To)) struct Transfer<Chain<From...>, Chain<To...>> {
  template <class Here, class There, class X, class Y>
  static void run(const X* from, Y* to) {
    ((Transfer<From, To>::template run<Here, There>(from, to),
      from += PartOf<Here, From>::parameters, to += PartOf<There, To>::parameters),
     ...);
  }
};

template <int N, int M, class Level, template <int, class> class Blocking>
requires(N != M) struct Transfer<Multiscale<N, Level, Level, Blocking>,
                                 Multiscale<M, Level, Level, Blocking>> {
  template <class Here, class There, class X, class Y>
  static void run(const X* from, Y* to) {
    constexpr int n = PartOf<Here, Multiscale<N, Level, Level, Blocking>>::parameters / N;
    static_assert(M * n == PartOf<There, Multiscale<M, Level, Level, Blocking>>::parameters,
                  "lanes: transfer needs levels whose parameters do not depend on the lattice.");
    // Levels from the coarsest to the finest.
    for (int level = 0; level < M; ++level) {
      const X* source = from + std::max(0, level + N - M) * n;
      std::transform(source, source + n, to + level * n, [](X v) { return static_cast<Y>(v); });
    }
  }
};

template <class... Options>
struct Transfer<Hierarchical<Options...>, Hierarchical<Options...>> {
  template <class Here, class There, class X, class Y>
  static void run(const X* from, Y* to) {
    using Source = PartOf<Here, Hierarchical<Options...>>;
    using Target = PartOf<There, Hierarchical<Options...>>;
    constexpr bool same = Source::parameters == Target::parameters;
    constexpr int n = same ? Source::parameters : std::min(Source::shared, Target::shared);
    std::transform(from + Source::parameters - n, from + Source::parameters,
                   to + Target::parameters - n, [](X v) { return static_cast<Y>(v); });
  }
};
template <class Group, class From, class To>
struct Transfer<Symmetric<Group, From>, Symmetric<Group, To>> : Transfer<From, To> {};

/// Whether the last layers of one chain are those of another.
template <class Long, class Short>
inline constexpr bool ends_with = false;
template <class... L, class... S>
requires(sizeof...(L) >= sizeof...(S)) inline constexpr bool ends_with<Chain<L...>, Chain<S...>> = [
]<std::size_t... I>(std::index_sequence<I...>) {
  constexpr std::size_t more = sizeof...(L) - sizeof...(S);
  return (std::is_same_v<std::tuple_element_t<I + more, std::tuple<L...>>, S> && ...);
}(std::index_sequence_for<S...>{});

template <class Transform, class Network, class Narrow>
struct Transfer<GaugeHierarchy<Transform, Network, Narrow>,
                GaugeHierarchy<Transform, Network, Narrow>> {
  using Flow = GaugeHierarchy<Transform, Network, Narrow>;
  template <class Here, class There, class X, class Y>
  static void run(const X* from, Y* to) {
    using Common = typename Flow::template LevelsOn<typename Here::Geometry>;
    static_assert(ends_with<typename Flow::template LevelsOn<typename There::Geometry>, Common>,
                  "lanes: transfer of a GaugeHierarchy needs a larger lattice whose levels lead to "
                  "the smaller one, with the same networks.");
    constexpr int n = PartOf<Here, Flow>::parameters;
    static_assert(n == PartOf<There, Common>::parameters,
                  "lanes: transfer needs layers whose parameters do not depend on the lattice: "
                  "convolutions, not dense networks.");
    constexpr int coarser = PartOf<There, Flow>::parameters - n;
    std::transform(from, from + n, to + coarser, [](X v) { return static_cast<Y>(v); });
  }
};

}  // namespace detail

template <class Field, class Small, class FlowFrom, class PrecisionFrom, class BackendFrom,
          class Large, class FlowTo, class PrecisionTo, class BackendTo>
void transfer(const Sampler<Field, Small, FlowFrom, PrecisionFrom, BackendFrom>& from,
              Sampler<Field, Large, FlowTo, PrecisionTo, BackendTo>& to) {
  using From = Sampler<Field, Small, FlowFrom, PrecisionFrom, BackendFrom>;
  using To = Sampler<Field, Large, FlowTo, PrecisionTo, BackendTo>;
  const auto source = from.parameters();
  const auto start = to.parameters();
  std::vector<typename To::Real> values(start.begin(), start.end());
  detail::Transfer<FlowFrom, FlowTo>::template run<Setting<typename From::Context, Field, Small>,
                                                   Setting<typename To::Context, Field, Large>>(
      source.data(), values.data());
  to.set_parameters(values);
}

}  // namespace lanes
