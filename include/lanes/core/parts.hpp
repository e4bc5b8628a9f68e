// SPDX-License-Identifier: BSD-3-Clause
//
// A model is a tree of parts. Each part has numbers in four flat vectors, and says how many:
//
//   parameters   in external order: what is saved and trained
//   weights      the same, prepared for a backend
//   gradients    accumulated in a backend's layout
//   tape_rows    what one pass leaves for its adjoint
//   turns        how many turns it takes in the count that chooses variants of masks
//   initialise(random, external)    start values                 prepare(external, weights)
//   collect(gradient, external)     adds                         conditioned(marks)
//
// conditioned marks the parameters that are to know a coupling of the theory
// (training/conditional.hpp). A part has all of it from one of
//
//   Sized<n, rows>         n parameters that are their own weights, start at 0; rows of the tape
//   Parts<Context, P...>   other parts, one after the other; each(share, f) calls f<I>(share of I)
//   Copies<Context, N, P>  N times the same part; each(share, f) calls f(l, share of copy l)
//
// which are all that knows offsets. Weights and gradients of a part begin on a cache line;
// parameters are contiguous, their order is PyTorch's.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <tuple>
#include <utility>

#include <lanes/core/share.hpp>

namespace lanes {

namespace detail {

struct AnyRandom {};

}  // namespace detail

template <class P, class Real>
concept Part = requires(detail::AnyRandom random, Real* numbers, const Real* given, bool* marks) {
  int{P::parameters};
  int{P::weights};
  int{P::gradients};
  int{P::tape_rows};
  int{P::turns};
  P::initialise(random, numbers);
  P::prepare(given, numbers);
  P::collect(given, numbers);
  P::conditioned(marks);
};

/// Start values of Sized: all zero.
struct StartAtZero {
  static constexpr double start = 0;
};

template <int Parameters, int TapeRows = 0, class Start = StartAtZero>
struct Sized {
  static constexpr int parameters = Parameters, weights = Parameters, gradients = Parameters;
  static constexpr int tape_rows = TapeRows, turns = 0;

  template <class Random, class Real>
  static void initialise(Random&, Real* external) {
    std::fill_n(external, Parameters, static_cast<Real>(Start::start));
  }
  template <class Real>
  static void prepare(const Real* external, Real* prepared) {
    std::copy_n(external, Parameters, prepared);
  }
  template <class Real>
  static void collect(const Real* gradient, Real* external) {
    for (int i = 0; i < Parameters; ++i) external[i] += gradient[i];
  }
  static void conditioned(bool* marks) { std::fill_n(marks, Parameters, true); }
};

/// Rows of the tape that belong to no other part.
template <int N>
using TapeRows = Sized<0, N>;

namespace detail {

/// The folds over parts; List::visit(f) calls f.template operator()<Part>(offset) for each.
template <class List>
struct PartFolds {
  template <class Random, class Real>
  static void initialise(Random& random, Real* external) {
    List::visit([&]<class P>(const Offset& o) { P::initialise(random, external + o.parameters); });
  }
  template <class Real>
  static void prepare(const Real* external, Real* weights) {
    List::visit([&]<class P>(const Offset& o) {
      P::prepare(external + o.parameters, weights + o.weights);
    });
  }
  template <class Real>
  static void collect(const Real* gradient, Real* external) {
    List::visit([&]<class P>(const Offset& o) {
      P::collect(gradient + o.gradients, external + o.parameters);
    });
  }
  static void conditioned(bool* marks) {
    List::visit([&]<class P>(const Offset& o) { P::conditioned(marks + o.parameters); });
  }
};

}  // namespace detail

template <class Context, class... P>
class Parts : public detail::PartFolds<Parts<Context, P...>> {
  static constexpr int count = sizeof...(P);
  // One more than there are parts: the end, where the next would begin.
  static constexpr auto offsets = [] {
    std::array<Offset, sizeof...(P) + 1> o{};
    std::size_t i = 0;
    ((o[i + 1] = {o[i].parameters + P::parameters, Context::aligned_size(o[i].weights + P::weights),
                  Context::aligned_size(o[i].gradients + P::gradients), o[i].tape + P::tape_rows,
                  o[i].turns + P::turns},
      ++i),
     ...);
    return o;
  }();
  static constexpr Offset end = offsets[std::size_t(count)];

 public:
  static constexpr int parameters = end.parameters, weights = end.weights;
  static constexpr int gradients = end.gradients, tape_rows = end.tape, turns = end.turns;

  /// The I-th part.
  template <int I>
  using At = std::tuple_element_t<std::size_t(I), std::tuple<P...>>;
  template <int I>
  static constexpr Offset offset = offsets[std::size_t(I)];

  /// f<I>(share of part I), in order; from the last to the first the other way.
  template <Way way = Way::forward, class Real, class F>
  static void each(const Share<Real>& share, const F& f) {
    [&]<int... I>(std::integer_sequence<int, I...>) {
      (f.template operator()<ordered<way, I>>(share.at(offset<ordered<way, I>>)), ...);
    }(std::make_integer_sequence<int, count>{});
  }
  template <class F>
  static void visit(const F& f) {
    [&]<int... I>(std::integer_sequence<int, I...>) {
      (f.template operator()<At<I>>(offset<I>), ...);
    }(std::make_integer_sequence<int, count>{});
  }

 private:
  template <Way way, int I>
  static constexpr int ordered = way == Way::forward ? I : count - 1 - I;
};

/// TapeStep: rows of the tape from copy to copy.
template <class Context, int N, class P, int TapeStep = P::tape_rows>
class Copies : public detail::PartFolds<Copies<Context, N, P, TapeStep>> {
  static constexpr Offset offset(int l) {
    return {l * P::parameters, l * Context::aligned_size(P::weights),
            l * Context::aligned_size(P::gradients), l * TapeStep, l * P::turns};
  }

 public:
  static constexpr int parameters = offset(N).parameters, weights = offset(N).weights;
  static constexpr int gradients = offset(N).gradients, tape_rows = offset(N).tape;
  static constexpr int turns = offset(N).turns;

  template <Way way = Way::forward, class Real, class F>
  static void each(const Share<Real>& share, const F& f) {
    for (int i = 0; i < N; ++i) {
      const int l = way == Way::forward ? i : N - 1 - i;
      f(l, share.at(offset(l)));
    }
  }
  template <class F>
  static void visit(const F& f) {
    for (int l = 0; l < N; ++l) f.template operator()<P>(offset(l));
  }
};

}  // namespace lanes
