// SPDX-License-Identifier: BSD-3-Clause
//
// Parametrisation: which numbers a training moves, and how the sampler and the theory of a step
// come of them. A Trainer has one: for a sampler its own parameters (OwnParameters), for a
// Conditional the polynomials of a coupling (training/conditional.hpp).
//
//   Sampler, Theory, Real
//   sampler(), theory()           those of the present step
//   values(), assign(span)        the numbers that are trained, in the backend's memory
//   exchange(Vector&)             for others
//   gradient(g)                   a functor (i, most) -> Real for kernels: the gradient of number
//                                 i, from that of the sampler's parameters, g, clamped to +-most
//   start()                       before the first step, and where a run is taken up again
//   begin(step, strength), end()  around a step; strength: of the annealed action
//   steady                        whether all steps launch the same work, so that a backend may
//                                 note it and repeat it
//   place()                       of the present step, for the text of an error
//   each_theory(f)                f(name, theory) for those that tell this run from others
//   settings()                    names and values that a checkpoint keeps, besides
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <utility>

#include <lanes/sampler.hpp>
#include <lanes/training/optimizer_step.hpp>

namespace lanes {

/// Numbers in the memory of the backend.
template <class P>
using VectorOf = typename P::Sampler::Backend::template Vector<typename P::Real>;

namespace detail {

struct TakesTheory {
  template <class Theory>
  void operator()(const char*, const Theory&) const {}
};

}  // namespace detail

template <class P>
concept Parametrisation = requires(P& p, const P& fixed, VectorOf<P>& next,
                                   std::span<const typename P::Real> values,
                                   const typename P::Real* g, typename P::Real most) {
  { p.sampler() } -> std::same_as<typename P::Sampler&>;
  { p.theory() } -> std::same_as<const typename P::Theory&>;
  { fixed.values() } -> std::same_as<const VectorOf<P>&>;
  p.assign(values);
  p.exchange(next);
  { fixed.gradient(g)(std::size_t(0), most) } -> std::same_as<typename P::Real>;
  p.start();
  p.begin(0L, 1.0);
  p.end();
  { P::steady } -> std::convertible_to<bool>;
  { fixed.place() } -> std::same_as<std::string>;
  p.each_theory(detail::TakesTheory());
  fixed.settings().size();
};

/// The parameters of a sampler itself.
template <class SamplerType, class TheoryType>
class OwnParameters {
 public:
  using Sampler = SamplerType;
  using Theory = TheoryType;
  using Real = typename Sampler::Real;
  using Vector = typename Sampler::Backend::template Vector<Real>;
  static constexpr bool steady = true;

  OwnParameters(Sampler& sampler, const Theory& theory) : sampler_(sampler), theory_(theory) {}

  Sampler& sampler() { return sampler_; }
  const Theory& theory() const { return theory_; }
  const Vector& values() const { return sampler_.parameters_in_place(); }
  void assign(std::span<const Real> values) { sampler_.set_parameters(values); }
  void exchange(Vector& next) { sampler_.exchange_parameters(next); }
  detail::ClampedGradient<Real> gradient(const Real* g) const { return {g}; }
  void start() { sampler_.follow(theory_); }
  void begin(long, double strength) { sampler_.follow(theory_, strength); }
  void end() { sampler_.follow(theory_); }
  std::string place() const { return {}; }
  template <class F>
  void each_theory(const F& f) const {
    f("theory", theory_);
  }
  std::array<std::pair<const char*, double>, 0> settings() const { return {}; }

 private:
  Sampler& sampler_;
  const Theory theory_;
};

namespace detail {

/// What a training of `Trained` for `Theory` moves.
template <class Trained, class Theory>
struct ParametrisationFor {
  using type = OwnParameters<Trained, Theory>;
};

}  // namespace detail

}  // namespace lanes
