// SPDX-License-Identifier: BSD-3-Clause
//
// CpuContext: what layers see of the Cpu backend. Lanes are 0 .. width-1 of the current tile, a
// kernel is called once per row with a cursor that loads and stores packs, and contractions are the
// register-blocked ones of this folder.
#pragma once

#include <cstdint>

#include <lanes/backend/cpu/line_convolution.hpp>
#include <lanes/backend/cpu/masked_contraction.hpp>
#include <lanes/backend/cpu/narrow_convolution.hpp>
#include <lanes/backend/cpu/winograd_convolution.hpp>
#include <lanes/contraction/masked_shape.hpp>
#include <lanes/contraction/rounded.hpp>
#include <lanes/core/arena.hpp>
#include <lanes/core/data_set.hpp>
#include <lanes/core/layout.hpp>
#include <lanes/core/precision.hpp>
#include <lanes/core/random.hpp>
#include <lanes/core/random_simd.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/core/simd.hpp>

namespace lanes {

/// Cursor over the lanes of a tile; `first` is the number of its first lane in the whole batch.
template <int Width>
struct TileLane {
  static constexpr int width = Width;
  std::uint64_t first;

  template <class T>
  LANES_INLINE Pack<T, Width> load(Rows<T> x, long row = 0) const {
    return Pack<T, Width>::load(x.data + (x.first + row) * Width);
  }
  template <class To, class T>
  LANES_INLINE Pack<To, Width> load_as(Rows<T> x, long row = 0) const {
    return Pack<To, Width>::load_as(x.data + (x.first + row) * Width);
  }
  template <class T>
  LANES_INLINE void store(Rows<T> x, long row, Pack<T, Width> value) const {
    value.store(x.data + (x.first + row) * Width);
  }

  /// Asks for a row that will be used soon.
  template <class T>
  LANES_INLINE void fetch(Rows<T> x, long row) const {
    __builtin_prefetch(x.data + (x.first + row) * Width, 1);
  }

  /// Two independent standard normal deviates per lane; `block` counts pairs.
  template <class T>
  Pair<Pack<T, Width>> normal_pair(const RandomStream& stream, std::uint32_t block) const {
    if constexpr (fused_packs)
      return lanes::normal_pair<T, Width>(stream, first, block);
    else
      return pair<T>(stream, block, [](RandomStream::Words w) { return lanes::normal_pair<T>(w); });
  }
  /// Two independent uniform deviates in [0, 1) per lane.
  template <class T>
  Pair<Pack<T, Width>> uniform_pair(const RandomStream& stream, std::uint32_t block) const {
    return pair<T>(stream, block, [](RandomStream::Words w) { return lanes::uniform_pair<T>(w); });
  }
  /// Two independent uniform deviates in (0, 1] per lane, accurate near 0.
  template <class T>
  Pair<Pack<T, Width>> positive_pair(const RandomStream& stream, std::uint32_t block) const {
    return lanes::positive_pair<T, Width>(stream, first, block);
  }

 private:
  template <class T, class Make>
  Pair<Pack<T, Width>> pair(const RandomStream& stream, std::uint32_t block,
                            const Make& make) const {
    alignas(64) std::uint32_t w[4][std::size_t(Width)];
    for (int i = 0; i < Width; ++i) {
      const auto words = stream.words(first + static_cast<std::uint64_t>(i), block);
      for (int k = 0; k < 4; ++k) w[k][i] = words.v[k];
    }
    alignas(64) T a[std::size_t(Width)], b[std::size_t(Width)];
    for (int i = 0; i < Width; ++i) {
      const Pair<T> p = make({{w[0][i], w[1][i], w[2][i], w[3][i]}});
      a[i] = p.first;
      b[i] = p.second;
    }
    return {Pack<T, Width>::load(a), Pack<T, Width>::load(b)};
  }
};

template <class Precision>
class CpuContext {
 public:
  using Real = typename Precision::Real;
  static constexpr int width = simd_width<Real>;
  /// The cursor of a kernel.
  using Lane = TileLane<width>;
  /// Lanes are worked on in multiples of this.
  static constexpr int granularity = width;
  /// Whether packed parameters and gradients are simply in external order.
  static constexpr bool external_order = false;
  /// Columns of lanes that a wide product takes at a time (backend/cpu/masked_contraction.hpp); 0:
  /// any.
  static constexpr int columns_at_once = 4;
  template <class Shape, int Columns>
  using Masked = cpu::MaskedContraction<Shape, Columns, Real>;
  /// Bytes of activations that a tile may keep; beyond, layers are computed again
  /// (layer/chain.hpp).
  static constexpr long tape_limit = 64L << 20;
  /// The convolution with factors as they are.
  template <class Stencil>
  using Exact = std::conditional_t<
      cpu::winograd_applies<Stencil>(), cpu::WinogradConvolution<Stencil, Real>,
      std::conditional_t<
          cpu::lines_apply<Stencil>(), cpu::LineConvolution<Stencil, Real>,
          std::conditional_t<cpu::narrow_applies<Stencil>, cpu::NarrowConvolution<Stencil, Real>,
                             cpu::DirectConvolution<Stencil, Real>>>>;
  template <class Stencil>
  using Convolution =
      std::conditional_t<std::is_same_v<typename Precision::Operand, Real>, Exact<Stencil>,
                         RoundedContraction<cpu::DirectConvolution<Stencil, Real>, Stencil, Real,
                                            typename Precision::Operand>>;

  /// Where the next part of a flat vector starts after one of n numbers.
  static constexpr int aligned_size(int n) { return detail::aligned_size(n); }

  explicit CpuContext(Arena& arena) : arena_(arena) {}

  /// Lanes of the tile that is worked on.
  int lanes() const { return width; }
  Lane lane() const { return {first_lane_}; }
  void set_first_lane(std::uint64_t lane) { first_lane_ = lane; }

  class Scope : Arena::Scope {
   public:
    explicit Scope(CpuContext& context) : Arena::Scope(context.arena_) {}
  };

  /// Rows of scratch, contents undefined, valid until the enclosing Scope ends.
  template <class T>
  Rows<T> rows(long n) {
    return {take<T>(static_cast<std::size_t>(n) * width), 0};
  }
  template <class T>
  T* take(std::size_t n) {
    return arena_.template take<T>(n);
  }
  /// Scratch in this machine's memory.
  template <class T>
  T* host(std::size_t n) {
    return take<T>(n);
  }
  template <class T>
  T* pointer(Rows<T> x) const {
    return x.data + x.first * width;
  }

  /// Asks for rows that are about to be read, which lie too far away or too scattered to be fetched
  /// in time.
  template <class T>
  void fetch(Rows<T> x, long rows) const {
    constexpr long line = 64 / long(sizeof(T));
    if (rows * width * long(sizeof(T)) > (256L << 10)) return;  // would not stay near
    const T* p = pointer(x);
    for (long i = 0; i < rows * width; i += line) __builtin_prefetch(p + i, 0, 2);
  }

  /// Lanes to configurations and back: external[k][row] = x[row][k] for k in [0, n).
  template <class T, class External>
  void store_lanes(Rows<T> x, int rows, int n, External* external) const {
    const T* from = pointer(x);
    for (int k = 0; k < n; ++k)
      for (int r = 0; r < rows; ++r)
        external[long(k) * rows + r] = static_cast<External>(from[long(r) * width + k]);
  }
  /// Lanes beyond n repeat the last configuration.
  template <class T, class External>
  void load_lanes(const External* external, int rows, int n, Rows<T> x) const {
    T* to = pointer(x);
    for (int k = 0; k < width; ++k)
      for (int r = 0; r < rows; ++r)
        to[long(r) * width + k] = static_cast<T>(external[long(k < n ? k : n - 1) * rows + r]);
  }

  /// Brings a configuration of the data to each lane of x.
  template <class T, class Value>
  void choose(const DataSet<Value>& data, const RandomStream& stream, Rows<T> x) const {
    T* to = pointer(x);
    for (int k = 0; k < width; ++k) {
      const auto pick = chosen(stream, first_lane_ + static_cast<std::uint64_t>(k), data.count());
      const Value* from = data.fields().data() + pick * std::size_t(data.rows());
      for (int r = 0; r < data.rows(); ++r) to[long(r) * width + k] = static_cast<T>(from[r]);
    }
  }

  /// f(context, first) with contexts of another precision, no wider than this one, that have lanes
  /// first, first + 1, .. of this tile between them.
  template <class Other, class F>
  void in_precision(const F& f) {
    if constexpr (std::is_same_v<typename Other::Real, Real>) {
      f(*this, 0);
    } else {
      constexpr int part = CpuContext<Other>::width;
      static_assert(width % part == 0);
      CpuContext<Other> context(arena_);
      for (int first = 0; first < width; first += part) {
        Scope scope(*this);
        context.set_first_lane(first_lane_ + static_cast<std::uint64_t>(first));
        f(context, first);
      }
    }
  }
  /// n rows of this context's lanes first .. to rows of such a context, and back.
  template <class Other, class T, class U>
  void to_precision(Rows<T> x, int n, int first, CpuContext<Other>& context, Rows<U> y) const {
    constexpr int part = CpuContext<Other>::width;
    const T* from = pointer(x) + first;
    U* to = context.pointer(y);
    for (int r = 0; r < n; ++r)
      for (int k = 0; k < part; ++k) to[r * part + k] = static_cast<U>(from[r * width + k]);
  }
  template <class Other, class T, class U>
  void from_precision(const CpuContext<Other>& context, Rows<U> y, int n, int first,
                      Rows<T> x) const {
    constexpr int part = CpuContext<Other>::width;
    const U* from = context.pointer(y);
    T* to = pointer(x) + first;
    for (int r = 0; r < n; ++r)
      for (int k = 0; k < part; ++k) to[r * width + k] = static_cast<T>(from[r * part + k]);
  }

  /// kernel(i, lane) for i in [0, rows).
  template <class Kernel>
  LANES_INLINE void for_each(int rows, const Kernel& kernel) {
    for (int i = 0; i < rows; ++i) kernel(i, lane());
  }

  /// kernel(k) for each lane k of the tile: for mathematics that cannot be packed.
  template <class Kernel>
  void for_each_lane(const Kernel& kernel) {
    for (int k = 0; k < width; ++k) kernel(k);
  }

  /// weight[i] = scale (s[i] - mean of the other s of its group), s and weight [groups][group], any
  /// layout of lanes that keeps a group contiguous: the leave-one-out baseline.
  void leave_one_out(const double* s, int groups, int group, double scale, Real* weight) const {
    for (int g = 0; g < groups; ++g, s += group, weight += group) {
      double mean = 0;
      for (int i = 0; i < group; ++i) mean += s[i];
      mean /= group;
      const double factor = scale * group / (group - 1);
      for (int i = 0; i < group; ++i) weight[i] = static_cast<Real>(factor * (s[i] - mean));
    }
  }

  /// *into += sum over rows and lanes of kernel(i, lane): the gradient of a parameter that all
  /// lanes share.
  template <class Kernel>
  LANES_INLINE void reduce(int rows, const Kernel& kernel, Real* into) {
    Pack<double, width> total(0);
    for (int i = 0; i < rows; ++i) total += Pack<double, width>(kernel(i, lane()));
    *into += static_cast<Real>(reduce_add(total));
  }

  /// into[lane] += sum_i kernel(i, lane), in double.
  template <class Kernel>
  LANES_INLINE void sum(int rows, const Kernel& kernel, Rows<double> into) {
    Pack<double, width> total = lane().load(into);
    for (int i = 0; i < rows; ++i) total += Pack<double, width>(kernel(i, lane()));
    lane().store(into, 0, total);
  }

 private:
  Arena& arena_;
  std::uint64_t first_lane_ = 0;
};

}  // namespace lanes
