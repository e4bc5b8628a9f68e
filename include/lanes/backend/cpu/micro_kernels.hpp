// SPDX-License-Identifier: BSD-3-Clause
//
// The register-blocked inner loops of every contraction on the CPU. W = lanes of a tile = one
// register.
//
//   multiply<S, C>   out[s][c][lane] = sum_t sum_k in[t][s][k][lane] * weight[t][k][c]
//                    S sites x C output channels of accumulators; weights are broadcast.
//   accumulate<R, C> sum[a][v] += sum_lane vectors[lane][v] * scalars[a][lane],  a in R runs of C
//                    rows: the gradient of a weight; the vectors hold one lane's channels
//                    (transposed), so the sum over lanes needs no horizontal reduction.
//   transpose        W rows of W lanes to W lanes of W rows, log2 W rounds of perfect shuffles.
//
// Counted on a core with 2 fused multiply-adds a cycle: multiply<2, 8> issues 16 of them for 2
// vector loads and 8 broadcasts, accumulate<1, 16> 16 for one vector load and 16 broadcasts from
// L1.
#pragma once

#include <utility>

#include <lanes/core/simd.hpp>

namespace lanes::cpu {

template <class T>
using Vector = Pack<T, simd_width<T>>;

/// Accumulators of multiply: output channels at once, and sites at once for that many channels (a
/// power of two).
inline constexpr int channel_block = simd_registers >= 32 ? 8 : 4;
constexpr int site_block(int channels) {
  const int accumulators = simd_registers >= 32 ? 16 : 8;
  return channels >= accumulators    ? 1
         : channels >= channel_block ? accumulators / channel_block
         : channels > 6              ? 2
                                     : 4;
}

/// The block for a given number of channels: channel_block where that divides them, otherwise equal
/// shares of what two sites' accumulators leave room for; no last block of one or two channels.
constexpr int channel_block_of(int channels) {
  const int most = simd_registers >= 32 ? 12 : 5, blocks = (channels + most - 1) / most;
  return channels % channel_block == 0 ? channel_block : (channels + blocks - 1) / blocks;
}
/// Where weight k of a channel stands in panels [channel blocks][contracted][C], which multiply
/// reads.
constexpr int panel_at(int channel, int channels, int k, int contracted) {
  const int block = channel_block_of(channels), first = channel / block * block;
  const int width = first + block <= channels ? block : channels - first;
  return first * contracted + k * width + channel - first;
}

/// Calls f(std::integral_constant<int, C>, first channel) for each block of channels.
template <int Channels, int Block, class F>
LANES_INLINE void for_channel_blocks(F&& f) {
  for (int c = 0; c + Block <= Channels; c += Block) f(std::integral_constant<int, Block>{}, c);
  if constexpr (Channels % Block != 0)
    f(std::integral_constant<int, Channels % Block>{}, Channels / Block * Block);
}

/// Calls f(std::integral_constant<int, sites>, first site): S at once, the rest one by one.
template <int S, class F>
LANES_INLINE void for_sites(int sites, const F& f) {
  int begin = 0;
  for (; begin + S <= sites; begin += S) f(std::integral_constant<int, S>{}, begin);
  if constexpr (S > 1)
    for (; begin < sites; ++begin) f(std::integral_constant<int, 1>{}, begin);
}

/// Calls f(std::integral_constant<int, n>), n from 1 to Most.
template <int Most, class F>
LANES_INLINE void with_constant(int n, const F& f) {
  if constexpr (Most > 1)
    if (n < Most) return with_constant<Most - 1>(n, f);
  f(std::integral_constant<int, Most>{});
}

/// Calls f(std::integral_constant<int, taps>, first tap): at most Most at once, in equal shares.
template <int Most, class F>
LANES_INLINE void for_taps(int count, const F& f) {
  const int shares = (count + Most - 1) / Most;
  for (int i = 0; i < shares; ++i) {
    const int begin = i * count / shares, end = (i + 1) * count / shares;
    with_constant<Most>(end - begin, [&](auto n) LANES_INLINE_LAMBDA { f(n, begin); });
  }
}

/// Sums of accumulate at once for each of some vectors, of `channels` in all: as many as the
/// registers hold, in equal shares.
constexpr int accumulator_block(int channels, int vectors = 1) {
  const int most = (simd_registers >= 32 ? 26 : 12) / vectors;
  const int blocks = (channels + most - 1) / most;
  return (channels + blocks - 1) / blocks;
}

template <class T>
LANES_INLINE void fused_add(Vector<T>& sum, const Vector<T>& a, const Vector<T>& b) {
  sum = fma(a, b, sum);
}

/// in: [taps][S] pointers to the first of `channels` rows [W], `step` apart;  tap: which weight row
/// block each entry uses;  weight: [tap][channels][C];  sum: [S][C].
template <int S, int C, class T>
LANES_INLINE void multiply(const T* const* in, const int* tap, int taps, int channels, long step,
                           const T* weight, Vector<T> (&sum)[std::size_t(S)][std::size_t(C)]) {
#pragma GCC unroll 32
  for (int s = 0; s < S; ++s)
#pragma GCC unroll 32
    for (int c = 0; c < C; ++c) sum[s][c] = Vector<T>(0);
  for (int t = 0; t < taps; ++t) {
    const T* row[std::size_t(S)];
#pragma GCC unroll 32
    for (int s = 0; s < S; ++s) row[s] = in[t * S + s];
    const T* w = weight + static_cast<long>(tap[t]) * channels * C;
#pragma GCC unroll 1
    for (int k = 0; k < channels; ++k, w += C) {
      Vector<T> x[std::size_t(S)];
#pragma GCC unroll 32
      for (int s = 0; s < S; ++s) x[s] = Vector<T>::load(row[s] + k * step);
#pragma GCC unroll 32
      for (int c = 0; c < C; ++c) {
        const Vector<T> b(w[c]);
#pragma GCC unroll 32
        for (int s = 0; s < S; ++s) fused_add<T>(sum[s][c], x[s], b);
      }
    }
  }
}

/// The same for one tap whose sites lie `stride` apart, and whose channels follow each other.
template <int S, int C, class T>
LANES_INLINE void multiply_strided(const T* in, long stride, int channels, const T* weight,
                                   Vector<T> (&sum)[std::size_t(S)][std::size_t(C)]) {
  const T* rows[std::size_t(S)];
#pragma GCC unroll 32
  for (int s = 0; s < S; ++s) rows[s] = in + s * stride;
  const int tap = 0;
  multiply<S, C, T>(rows, &tap, 1, channels, simd_width<T>, weight, sum);
}

/// sum: [R][C] of scalars in R runs of C rows [W], each run at scalars[r] with rows `Step` apart;
/// vectors: [W] registers.
template <int R, int C, long Step, class T>
LANES_INLINE void accumulate(Vector<T> (&sum)[std::size_t(R * C)], const T* vectors,
                             const T* const* scalars) {
  constexpr int W = simd_width<T>, A = R * C;
  // With few sums each would wait for its own last addition: two chains of lanes then.
  constexpr int chains = A < 8 ? 2 : 1;
  Vector<T> other[std::size_t(A)];
  if constexpr (chains == 2)
#pragma GCC unroll 32
    for (int a = 0; a < A; ++a) other[a] = Vector<T>(0);
#pragma GCC unroll 1
  for (int lane = 0; lane < W; lane += chains) {
    const Vector<T> v = Vector<T>::load(vectors + lane * W);
#pragma GCC unroll 32
    for (int a = 0; a < A; ++a)
      fused_add<T>(sum[a], v, Vector<T>(scalars[a / C][a % C * Step + lane]));
    if constexpr (chains == 2) {
      const Vector<T> u = Vector<T>::load(vectors + (lane + 1) * W);
#pragma GCC unroll 32
      for (int a = 0; a < A; ++a)
        fused_add<T>(other[a], u, Vector<T>(scalars[a / C][a % C * Step + lane + 1]));
    }
  }
  if constexpr (chains == 2)
#pragma GCC unroll 32
    for (int a = 0; a < A; ++a) sum[a] += other[a];
}

/// The same for V blocks of vectors that share one run of C scalars; sum: [V][C].
template <int V, int C, long Step, class T>
LANES_INLINE void accumulate_shared(Vector<T> (&sum)[std::size_t(V * C)], const T* vectors,
                                    const T* scalars) {
  constexpr int W = simd_width<T>;
  if constexpr (V == 1) {
    accumulate<1, C, Step, T>(sum, vectors, &scalars);
  } else {
#pragma GCC unroll 1
    for (int lane = 0; lane < W; ++lane) {
      Vector<T> v[std::size_t(V)];
#pragma GCC unroll 4
      for (int b = 0; b < V; ++b) v[b] = Vector<T>::load(vectors + (b * W + lane) * W);
#pragma GCC unroll 32
      for (int c = 0; c < C; ++c) {
        const Vector<T> s(scalars[c * Step + lane]);
#pragma GCC unroll 4
        for (int b = 0; b < V; ++b) fused_add<T>(sum[b * C + c], v[b], s);
      }
    }
  }
}

namespace detail {

template <class T>
struct Native {
  typedef T Type
      __attribute__((vector_size(sizeof(T) * static_cast<unsigned>(simd_width<T>)), may_alias));
};

template <int W, class V, int... I>
LANES_INLINE void interleave(const V& a, const V& b, V& low, V& high,
                             std::integer_sequence<int, I...>) {
  const V first = __builtin_shufflevector(a, b, (I % 2 == 0 ? I / 2 : W + I / 2)...);
  high = __builtin_shufflevector(a, b, (I % 2 == 0 ? W / 2 + I / 2 : W + W / 2 + I / 2)...);
  low = first;
}

}  // namespace detail

/// to[lane * W + row] = from[row * step + lane];  rows beyond `rows` count as zero.
template <class T>
LANES_INLINE void transpose(const T* from, long step, int rows, T* to) {
  constexpr int W = simd_width<T>, half = W / 2;
  using V = typename detail::Native<T>::Type;
  constexpr auto lanes = std::make_integer_sequence<int, W>{};
  const auto in = [=](int row) LANES_INLINE_LAMBDA {
    return row < rows ? *reinterpret_cast<const V*>(from + row * step) : V{};
  };
  V* out = reinterpret_cast<V*>(to);
  V r[std::size_t(W)], t[std::size_t(W)];
#pragma GCC unroll 32
  for (int i = 0; i < half; ++i)
    detail::interleave<W>(in(i), in(i + half), r[2 * i], r[2 * i + 1], lanes);
#pragma GCC unroll 8
  for (int n = 4; n < W; n *= 2) {
#pragma GCC unroll 32
    for (int i = 0; i < half; ++i)
      detail::interleave<W>(r[i], r[i + half], t[2 * i], t[2 * i + 1], lanes);
#pragma GCC unroll 32
    for (int i = 0; i < W; ++i) r[i] = t[i];
  }
#pragma GCC unroll 32
  for (int i = 0; i < half; ++i) {
    if constexpr (W > 2) {
      detail::interleave<W>(r[i], r[i + half], out[2 * i], out[2 * i + 1], lanes);
    } else {
      out[2 * i] = r[2 * i];
      out[2 * i + 1] = r[2 * i + 1];
    }
  }
}

}  // namespace lanes::cpu
