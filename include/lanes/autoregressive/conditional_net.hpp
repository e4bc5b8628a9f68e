// SPDX-License-Identifier: BSD-3-Clause
//
// ConditionalNet: masked dense layers for q(s_1 .. s_n | border) = prod_j q(s_j | s_<j, border), on
// many independent pieces of a lattice at once (MADE, Germain et al. 1502.03509; Wu et al.
// 1809.10606).
//
//   q(s_j = +1) = 1 / (1 + exp(-z_j)),  h_1 = W_1 [border, s],  h_k = W_k act(h_{k-1}),  z: last
//
// Rows are [unit][Columns]: a column is one piece (a square of a lattice) of each lane. The
// border's spins are seen by all, and each of them brings Width free hidden units that see the
// border alone; a hidden unit of spin j sees s_<j, and z_j the hidden units of spins <= j.
//
// Drawing costs one evaluation, as a triangular solve does: of each block of spins, rectangles
// bring what the border and earlier blocks contribute, and a triangle is done in place, spin by
// spin (TakeInOrder). Each weight is used once. The density of given spins is the same code, so
// both have the same bits.
//
// Parameters, layer by layer: weight [out][in] (masked entries zero and never used), bias, slopes
// [out] of PRelu behind a hidden layer. Start values: hidden layers as PyTorch's, the last zero, so
// that q starts uniform. Tape [tape_rows]: h of every hidden layer, z.
#pragma once

#include <cmath>
#include <cstdint>
#include <type_traits>
#include <utility>

#include <lanes/autoregressive/options.hpp>
#include <lanes/autoregressive/spin_probability.hpp>
#include <lanes/backend/contractions.hpp>
#include <lanes/contraction/contraction.hpp>
#include <lanes/contraction/masked_shape.hpp>
#include <lanes/core/parts.hpp>
#include <lanes/core/random.hpp>
#include <lanes/core/rows.hpp>

namespace lanes::detail {

/// Layer k of a network of this many spins.
template <int Border, int Spins, int K, class Options>
struct ConditionalShape {
  static constexpr bool first = K == 0, last = K == Options::depth - 1;
  static constexpr MaskedShape value = {.free_in = first ? Border : Border * Options::width,
                                        .per_in = first ? 1 : Options::width,
                                        .free_out = last ? 0 : Border * Options::width,
                                        .per_out = last ? 1 : Options::width,
                                        .positions = Spins,
                                        .own = !first,
                                        .bias = Options::bias};
};

/// A masked contraction as a part; entries that the mask hides stay zero.
template <class Contraction, MaskedShape Shape, bool Last>
struct MaskedPart : ContractionPart<Contraction> {
  template <class Random, class Real>
  static void initialise(Random& random, Real* external) {
    const auto start = [&](bool used) {
      return static_cast<Real>(!Last && used ? random.uniform(1 / std::sqrt(Shape.inputs())) : 0.0);
    };
    for (int o = 0; o < Shape.outputs(); ++o)
      for (int i = 0; i < Shape.inputs(); ++i) *external++ = start(Shape.visible(o, i));
    for (int o = 0; Shape.bias && o < Shape.outputs(); ++o) *external++ = start(true);
  }
};
/// The slopes of PRelu behind it.
template <int N>
using Slopes = Sized<N, 0, PRelu>;

/// The layers of a network, as parts.
template <class Context, int Border, int Spins, int Columns, class Options, class Sequence>
struct ConditionalParts;
template <class Context, int Border, int Spins, int Columns, class Options, int... K>
struct ConditionalParts<Context, Border, Spins, Columns, Options,
                        std::integer_sequence<int, K...>> {
  static constexpr int depth = Options::depth;
  static constexpr int hidden = depth > 1 ? (Border + Spins) * Options::width : 0;
  template <int L>
  static constexpr MaskedShape shape = ConditionalShape<Border, Spins, L, Options>::value;
  static constexpr int slopes(int k) { return Options::slopes && k < depth - 1 ? hidden : 0; }
  template <int L>
  using Layer =
      Parts<Context,
            MaskedPart<MaskedFor<Context, ConditionalShape<Border, Spins, L, Options>, Columns>,
                       shape<L>, L == depth - 1>,
            Slopes<slopes(L)>>;
  using Type = Parts<Context, Layer<K>...>;
};

template <class Context, int Border, int Spins, int Columns, class Options>
class ConditionalNet
    : public ConditionalParts<Context, Border, Spins, Columns, Options,
                              std::make_integer_sequence<int, Options::depth>>::Type {
  static constexpr int depth = Options::depth, width = Options::width;
  using Own = typename ConditionalParts<Context, Border, Spins, Columns, Options,
                                        std::make_integer_sequence<int, depth>>::Type;

 public:
  using Real = typename Context::Real;

 private:
  template <int K>
  using Shape = ConditionalShape<Border, Spins, K, Options>;
  template <int K>
  using Layer = MaskedFor<Context, Shape<K>, Columns>;
  static constexpr int hidden = depth > 1 ? (Border + Spins) * width : 0;
  static constexpr auto layers = std::make_integer_sequence<int, depth>{};

 public:
  static constexpr int inputs = Border + Spins;
  static constexpr int logits_at = (depth - 1) * hidden * Columns;  // rows of the tape before z
  static constexpr int tape_rows = logits_at + Spins * Columns;
  /// Numbers of random pairs that a column takes.
  static constexpr int pairs = (Spins + 1) / 2;

  /// spins [inputs][Columns]: the border is read; the spins are drawn, pair p of column c from
  /// block first_pair + c pairs + p of the stream, or read where they are given. Fills the tape.
  template <bool Given>
  static void evaluate(Context& context, const Share<Real>& share, const RandomStream& stream,
                       std::uint32_t first_pair, Rows<Real> spins) {
    typename Context::Scope scope(context);
    const Rows<Real> tape = share.tape;
    TakeInOrder<Given> take{spins, stream, first_pair};
    for (int k = 0; k < depth; ++k) take.h[k] = tape.from(long(k) * hidden * Columns);
    const Rows<Real> y = context.template rows<Real>(logits_at);
    for (int k = 0; k + 1 < depth; ++k) take.y[k] = y.from(long(k) * hidden * Columns);
    for_layers([&](auto k) { take.slopes[k] = slopes_of<k>(share).weights; });
    const auto rectangles = [&](int t) {
      for_layers([&](auto k) {
        const Real* weight = of_layer<k>(share).weights;
        Layer<k>::rectangle(context, weight, t, take.input(k), take.h[k]);
        if (t >= 0)
          take.set_triangle(k, Layer<k>::triangle(weight, t));
        else if constexpr (k < depth - 1)
          context.for_each(Shape<k>::value.free_out * Columns,
                           Activate{take.h[k], take.y[k], take.slopes[k]});
      });
    };
    if constexpr (Border > 0) rectangles(-1);
    for (int t = 0; t < Shape<0>::value.blocks(); ++t) {
      rectangles(t);
      take.begin = Shape<0>::value.position(t);
      take.end = Shape<0>::value.position(t + 1);
      context.for_each(Columns, take);
    }
  }

  /// Adds sum over columns and lanes of weight d ln q / d theta to share.gradient; spins and tape
  /// as evaluate left them.
  static void score(Context& context, const Share<Real>& share, Rows<Real> weight,
                    Rows<Real> spins) {
    typename Context::Scope scope(context);
    const Rows<Real> tape = share.tape;
    Rows<Real> d = context.template rows<Real>(Spins * Columns);
    context.for_each(Spins * Columns,
                     SpinScore{tape.from(logits_at), spins.from(Border * Columns), weight, d});
    const Rows<Real> y = context.template rows<Real>(hidden * Columns);
    const Rows<Real> other[2] = {context.template rows<Real>(hidden * Columns),
                                 context.template rows<Real>(hidden * Columns)};
    for_layers([&](auto reversed) {
      constexpr int k = depth - 1 - reversed;
      Real* into = of_layer<k>(share).gradient;
      if constexpr (k == 0) {
        Layer<0>::weight_adjoint(context, into, spins, d);
      } else {
        // y, the input of layer k, is worked out again
        const Rows<Real> h = tape.from(long(k - 1) * hidden * Columns), dy = other[k % 2];
        const Real* slopes = slopes_of<k - 1>(share).weights;
        context.for_each(hidden * Columns, Activate{h, y, slopes});
        Layer<k>::weight_adjoint(context, into, y, d);
        Layer<k>::input_adjoint(context, of_layer<k>(share).weights, d, dy);
        context.for_each(hidden * Columns, Through{h, y, dy, slopes});
        if constexpr (Options::slopes)
          Layer<k>::row_sums(context, slopes_of<k - 1>(share).gradient, y, hidden);
        d = dy;
      }
    });
  }

  // Kernels are public: a CUDA compiler names their types.
  /// to = act(from)
  struct Activate {
    Rows<Real> from, to;
    const Real* slopes;
    template <class Lane>
    LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
      using T = Pack<Real, Lane::width>;
      lane.store(to, i, Options::apply(lane.load(from, i), slope<T>(slopes, i / Columns)));
    }
  };
  /// dy, the adjoint of y = act(h), becomes that of h; y becomes the derivative by its slope.
  struct Through {
    Rows<Real> h, y, dy;
    const Real* slopes;
    template <class Lane>
    LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
      using T = Pack<Real, Lane::width>;
      const T x = lane.load(h, i), d = lane.load(dy, i);
      lane.store(dy, i, Options::through(x, lane.load(y, i), slope<T>(slopes, i / Columns), d));
      if constexpr (Options::slopes) lane.store(y, i, d * min(x, T(0)));
    }
  };
  struct SpinScore {
    Rows<Real> z, spins, weight, d;
    template <class Lane>
    LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
      lane.store(d, i, spin_score(lane.load(spins, i), lane.load(z, i)) * lane.load(weight));
    }
  };

  /// The triangle of a block in one column: spins begin .. end - 1, one after the other; what each
  /// decides is added to what later ones of the block will read.
  template <bool Given>
  struct TakeInOrder {
    Rows<Real> spins;
    RandomStream stream;
    std::uint32_t first_pair;
    int begin = 0, end = 0;
    Rows<Real> h[std::size_t(depth)] = {}, y[std::size_t(depth)] = {};
    const Real *triangle[std::size_t(depth)] = {}, *slopes[std::size_t(depth)] = {};
    int in_step[std::size_t(depth)] = {}, out_step[std::size_t(depth)] = {};

    Rows<Real> input(int k) const { return k == 0 ? spins : y[k - 1]; }
    template <class Triangle>
    void set_triangle(int k, Triangle t) {
      triangle[k] = t.weight;
      in_step[k] = t.in_step;
      out_step[k] = t.out_step;
    }

    template <class Lane>
    LANES_HD LANES_INLINE void operator()(int column, Lane lane) const {
      using T = Pack<Real, Lane::width>;
      Pair<T> u{T(0), T(0)};
      for (int j = begin; j < end; ++j) {
        for (int k = 0; k + 1 < depth; ++k)
          for (int unit = 0; unit < width; ++unit) {
            const int row = (Border + j) * width + unit;
            const T x = lane.load(h[k], long(row) * Columns + column);
            const T value = Options::apply(x, slope<T>(slopes[k], row));
            lane.store(y[k], long(row) * Columns + column, value);
            push(k + 1, (j - begin) * width + unit, j, column, lane, value);
          }
        const long row = long(Border + j) * Columns + column;
        T s;
        if constexpr (Given) {
          s = lane.load(spins, row);
        } else {
          const T z = lane.load(h[depth - 1], long(j) * Columns + column);
          if (j % 2 == 0)
            u = lane.template positive_pair<Real>(
                stream, first_pair + std::uint32_t(column * pairs + j / 2));
          s = draw_spin(z, j % 2 == 0 ? u.first : u.second);
          lane.store(spins, row, s);
        }
        push(0, j - begin, j + 1, column, lane, s);
      }
    }

    // Adds input i of the block, of this value, to the outputs of layer k from position `from` on.
    template <class Lane, class T>
    LANES_HD LANES_INLINE void push(int k, int i, int from, int column, Lane lane, T value) const {
      const int per = k == depth - 1 ? 1 : width;
      const long first = long(k == depth - 1 ? 0 : Border * width) + long(begin) * per;
      const Real* weight = triangle[k] + long(i) * in_step[k];
      const int until = (end - begin) * per;
      for (int r = (from - begin) * per; r < until; ++r) {
        const long row = (first + r) * Columns + column;
        lane.store(h[k], row, fma(T(weight[long(r) * out_step[k]]), value, lane.load(h[k], row)));
      }
    }
  };

 private:
  template <int K>
  static Share<Real> of_layer(const Share<Real>& share) {
    return share.at(Own::template offset<K>);
  }
  template <int K>
  static Share<Real> slopes_of(const Share<Real>& share) {
    return of_layer<K>(share).at(Own::template At<K>::template offset<1>);
  }
  template <class T>
  LANES_HD LANES_INLINE static T slope([[maybe_unused]] const Real* slopes,
                                       [[maybe_unused]] int i) {
    if constexpr (Options::slopes)
      return T(slopes[i]);
    else
      return T(0);
  }
  template <class F, int... K>
  static void run(const F& f, std::integer_sequence<int, K...>) {
    (f(std::integral_constant<int, K>{}), ...);
  }
  template <class F>
  static void for_layers(const F& f) {
    run(f, layers);
  }
};

}  // namespace lanes::detail
