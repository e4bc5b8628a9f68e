// SPDX-License-Identifier: BSD-3-Clause
//
// Cpu: the backend that runs lanes in tiles of one SIMD register, one tile on one thread at a time.
//
// CpuContext is what layers see of it: lanes are 0 .. width-1 of the current tile, a kernel is called once per
// row with a cursor that loads and stores packs, and contractions are the register-blocked ones of
// backend/cpu/. Threads share nothing but what is const; results do not depend on their number.
#pragma once

#include <cstdint>
#include <exception>
#include <vector>

#if defined(_OPENMP)
#include <omp.h>
#endif

#include <lanes/backend/cpu/winograd_convolution.hpp>
#include <lanes/core/arena.hpp>
#include <lanes/core/precision.hpp>
#include <lanes/core/random.hpp>
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

  /// Two independent standard normal deviates per lane; `block` counts pairs.
  template <class T>
  Pair<Pack<T, Width>> normal_pair(const RandomStream& stream, std::uint32_t block) const {
    return pair<T>(stream, block, [](RandomStream::Words w) { return lanes::normal_pair<T>(w); });
  }
  /// Two independent uniform deviates in [0, 1) per lane.
  template <class T>
  Pair<Pack<T, Width>> uniform_pair(const RandomStream& stream, std::uint32_t block) const {
    return pair<T>(stream, block, [](RandomStream::Words w) { return lanes::uniform_pair<T>(w); });
  }

 private:
  template <class T, class Make>
  Pair<Pack<T, Width>> pair(const RandomStream& stream, std::uint32_t block, Make make) const {
    alignas(64) std::uint32_t w[4][Width];
    for (int i = 0; i < Width; ++i) {
      const auto words = stream.words(first + static_cast<std::uint64_t>(i), block);
      for (int k = 0; k < 4; ++k) w[k][i] = words.v[k];
    }
    alignas(64) T a[Width], b[Width];
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
  using Lane = TileLane<width>;
  /// Bytes of activations that a tile may keep; beyond, layers are computed again (flow/chain.hpp).
  static constexpr long tape_limit = 64L << 20;
  template <class Stencil>
  using Convolution = std::conditional_t<cpu::winograd_applies<Stencil>(), cpu::WinogradConvolution<Stencil, Real>,
                                         cpu::DirectConvolution<Stencil, Real>>;

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
  template <class T>
  T* pointer(Rows<T> x) const {
    return x.data + x.first * width;
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

  /// *into += sum over rows and lanes of kernel(i, lane): the gradient of a parameter that all lanes share.
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

/// Backend policy: tiles on the threads of this machine (OpenMP where the compiler has it).
class Cpu {
 public:
  template <class Precision>
  using Context = CpuContext<Precision>;

  /// threads = 0: as many as OpenMP offers.
  explicit Cpu(int threads = 0) : arenas_(static_cast<std::size_t>(threads > 0 ? threads : available())) {}

  int threads() const { return static_cast<int>(arenas_.size()); }

  /// Scratch memory held, in bytes.
  std::size_t capacity() const {
    std::size_t sum = 0;
    for (const auto& arena : arenas_) sum += arena.capacity();
    return sum;
  }

  /// task(i, context) for i in [0, tasks), in any order on any thread. An exception of a task is thrown again
  /// here when all have ended (the one of the lowest i).
  template <class Precision, class Task>
  void run(int tasks, Task&& task) {
    std::exception_ptr error;
    int error_at = tasks;
#if defined(_OPENMP)
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads())
#endif
    for (int i = 0; i < tasks; ++i) {
      try {
        CpuContext<Precision> context(arenas_[static_cast<std::size_t>(thread())]);
        typename CpuContext<Precision>::Scope scope(context);
        task(i, context);
      } catch (...) {
#if defined(_OPENMP)
#pragma omp critical(lanes_cpu_error)
#endif
        if (i < error_at) {
          error_at = i;
          error = std::current_exception();
        }
      }
    }
    if (error) std::rethrow_exception(error);
  }

 private:
  static int available() {
#if defined(_OPENMP)
    return omp_get_max_threads();
#else
    return 1;
#endif
  }
  static int thread() {
#if defined(_OPENMP)
    return omp_get_thread_num();
#else
    return 0;
#endif
  }

  std::vector<Arena> arenas_;
};

}  // namespace lanes
