// SPDX-License-Identifier: BSD-3-Clause
//
// Thrust: the backend that runs all lanes of a visit at once, on a GPU (CUDA) or on the threads of
// this machine (thrust/device.hpp says how the system is chosen). Not part of lanes/lanes.hpp.
//
//   #include <lanes/backend/thrust.hpp>
//   Sampler<Scalar, Geometry, Flow, Single, Thrust> sampler{Seed{7}};
//
// Everything stays on the device from the base density to the update of the parameters. A layer's
// activations are kept while it is worked on; of earlier layers the field alone. ThrustContext has
// a ThrustLane as Lane, numbered from first_lane(), a multiplier() of matrices and the table() of a
// stencil on the device. ThrustOptions bound lanes and memory. Errors: MemoryError (device memory),
// std::runtime_error (no device), std::invalid_argument for options.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>

#include <lanes/backend/backend.hpp>
#include <lanes/backend/thrust/context.hpp>
#include <lanes/backend/thrust/convolution.hpp>
#include <lanes/backend/thrust/dense.hpp>
#include <lanes/backend/thrust/masked_contraction.hpp>
#include <lanes/backend/thrust/recording.hpp>
#include <lanes/backend/thrust/state.hpp>
#include <lanes/backend/thrust/wide_convolution.hpp>
#include <lanes/core/error.hpp>
#include <lanes/core/kernels.hpp>

namespace lanes {

/// All lanes of a visit, on the device of Thrust.
template <class Precision>
class ThrustContext {
 public:
  using Real = typename Precision::Real;
  using Lane = ThrustLane;
  static constexpr int width = 1, granularity = 8;
  static constexpr bool external_order = true;
  static constexpr long tape_limit = 0;
  using Operand = typename Precision::Operand;
  template <class Stencil>
  using Convolution = std::conditional_t<
      device::is_dense<Stencil>, device::DenseContraction<Stencil, Real, Operand>,
      std::conditional_t<device::is_wide<Stencil>, device::WideConvolution<Stencil, Real, Operand>,
                         device::FusedConvolution<Stencil, Real, Operand>>>;

  static constexpr int columns_at_once = 0;  // lanes that a wide product takes at a time: all
  template <class Shape, int Columns>
  using Masked = device::MaskedContraction<Shape, Columns, Real>;
  static constexpr int aligned_size(int n) { return n; }

  /// lanes: a multiple of granularity.
  ThrustContext(device::State& state, int lanes) : state_(state), lanes_(lanes) {}

  int lanes() const { return lanes_; }
  std::uint64_t first_lane() const { return first_lane_; }
  void set_first_lane(std::uint64_t lane) { first_lane_ = lane; }

  class Scope {
   public:
    explicit Scope(ThrustContext& context)
        : scratch_(context.state_.scratch), host_(context.state_.host) {}

   private:
    BasicArena<device::Memory>::Scope scratch_;
    Arena::Scope host_;
  };

  /// Rows of scratch, contents undefined, valid until the enclosing Scope ends.
  template <class T>
  Rows<T> rows(long n) {
    return {take<T>(static_cast<std::size_t>(n) * std::size_t(lanes_)), 0};
  }
  template <class T>
  T* take(std::size_t n) {
    return state_.scratch.template take<T>(n);
  }
  /// Scratch in the host's memory.
  template <class T>
  T* host(std::size_t n) {
    return state_.host.template take<T>(n);
  }
  template <class T>
  T* pointer(Rows<T> x) const {
    return x.data + x.first * lanes_;
  }
  template <class T>
  void fetch(Rows<T>, long) const {}
  device::Multiplier& multiplier() { return state_.multiplier; }
  template <class Table, class Stencil>
  const int* table(int variant) {
    return state_.tables.template of<Table, Stencil>(variant);
  }

  /// Lanes to configurations on the host and back: external[k][row] = x[row][k] for k in [0, n).
  template <class T, class External>
  void store_lanes(Rows<T> x, int rows, int n, External* external) {
    Scope scope(*this);
    const std::size_t size = static_cast<std::size_t>(rows) * static_cast<std::size_t>(n);
    External* turned = take<External>(size);
    device::launch(long(size),
                   device::StoreLanes<T, External>{pointer(x), unsigned(rows), unsigned(n),
                                                   unsigned(lanes_), turned});
    device::to_host(external, turned, size * sizeof(External));
  }
  /// Lanes beyond n repeat the last configuration.
  template <class T, class External>
  void load_lanes(const External* external, int rows, int n, Rows<T> x) {
    Scope scope(*this);
    const std::size_t size = static_cast<std::size_t>(rows) * static_cast<std::size_t>(n);
    External* turned = take<External>(size);
    device::to_device(turned, external, size * sizeof(External));
    device::launch(long(rows) * lanes_,
                   device::LoadLanes<T, External>{turned, unsigned(rows), unsigned(n),
                                                  unsigned(lanes_), pointer(x)});
  }

  /// Brings a configuration of the data to each lane of x.
  template <class T, class Value>
  void choose(const DataSet<Value>& data, const RandomStream& stream, Rows<T> x) {
    device::launch(
        long(data.rows()) * lanes_,
        device::ChooseLanes<T, Value>{state_.data.of(data), data.count(), stream, first_lane_,
                                      unsigned(data.rows()), unsigned(lanes_), pointer(x)});
  }

  /// f(context, first) with contexts of another precision that have lanes first, first + 1, .. of
  /// this one between them: here one, with all.
  template <class Other, class F>
  void in_precision(const F& f) {
    if constexpr (std::is_same_v<typename Other::Real, Real>) {
      f(*this, 0);
    } else {
      ThrustContext<Other> context(state_, lanes_);
      context.set_first_lane(first_lane_);
      f(context, 0);
    }
  }
  /// n rows of this context to rows of such a context, and back.
  template <class Other, class T, class U>
  void to_precision(Rows<T> x, int n, int, ThrustContext<Other>&, Rows<U> y) {
    for_each(n, ConvertRows<T, U>{x, y});
  }
  template <class Other, class T, class U>
  void from_precision(const ThrustContext<Other>&, Rows<U> y, int n, int, Rows<T> x) {
    for_each(n, ConvertRows<U, T>{y, x});
  }

  /// kernel(i, lane) for i in [0, rows) and every lane, in any order.
  template <class Kernel>
  void for_each(int rows, const Kernel& kernel) {
    const int at_once = static_cast<int>(device::most_calls / lanes_);
    for (int begin = 0; begin < rows; begin += at_once) {
      const int end = rows - begin < at_once ? rows : begin + at_once;
      device::launch(long(end - begin) * lanes_,
                     device::OverRows<Kernel>{kernel, begin, unsigned(lanes_), first_lane_});
    }
  }

  /// kernel(k) for each lane k.
  template <class Kernel>
  void for_each_lane(const Kernel& kernel) {
    device::launch(lanes_, device::OverLanes<Kernel>{kernel});
  }

  /// weight[i] = scale (s[i] - mean of the other s of its group), s and weight [groups][group].
  void leave_one_out(const double* s, int groups, int group, double scale, Real* weight) const {
    device::launch(
        long(groups) * group,
        device::LeaveOneOut<Real>{s, unsigned(group), scale * group / (group - 1), weight});
  }

  /// *into += sum over rows and lanes of kernel(i, lane).
  template <class Kernel>
  void reduce(int rows, const Kernel& kernel, Real* into) {
    Scope scope(*this);
    double* of_lane = take<double>(static_cast<std::size_t>(lanes_));
    device::set_zero(of_lane, static_cast<std::size_t>(lanes_) * sizeof(double));
    sum(rows, kernel, Rows<double>{of_lane});
    device::sum_columns<true>(of_lane, 1, unsigned(lanes_), take<double>(device::sum_slots), into);
  }

  /// into[lane] += sum_i kernel(i, lane), in double. Each kernel(i, lane) is called once.
  template <class Kernel>
  void sum(int rows, const Kernel& kernel, Rows<double> into) {
    Scope scope(*this);
    const int chunk = rows <= 4 ? rows : rows / 32 > 4 ? (rows + 31) / 32 : 4;
    const int chunks = rows == 0 ? 0 : (rows + chunk - 1) / chunk;
    double* partial =
        take<double>(static_cast<std::size_t>(chunks) * static_cast<std::size_t>(lanes_));
    device::launch(
        long(chunks) * lanes_,
        device::SumRows<Kernel>{kernel, rows, chunk, unsigned(lanes_), first_lane_, partial});
    device::launch(lanes_, device::AddChunks{partial, chunks, unsigned(lanes_), pointer(into)});
  }
 private:
  device::State& state_;
  int lanes_;
  std::uint64_t first_lane_ = 0;
};

struct ThrustOptions {
  int lanes = 16384;       // a positive multiple of 8; most lanes of a visit, where it may be cut
  std::size_t memory = 0;  // any, 0: what the device has; most bytes of scratch memory
  bool recordings = true;  // training steps are noted once and repeated (a CUDA graph on a GPU)
};

/// Backend policy: all lanes at once, on the device of Thrust.
class Thrust {
 public:
  template <class Precision>
  using Context = ThrustContext<Precision>;
  template <class T>
  using Vector = device::Vector<T>;
  using Recording = device::Recording;

  explicit Thrust(const ThrustOptions& options = {}) : options_(options) {
    require(options_.lanes > 0 && options_.lanes % 8 == 0, "ThrustOptions: lanes", options_.lanes,
            "a positive multiple of 8");
    device::require_device();
    state_ = std::make_unique<device::State>(options.memory > 0 ? options.memory : Arena::no_limit);
  }

  /// A copy has the same options, and scratch memory of its own.
  Thrust(const Thrust& other) : Thrust(other.options_) {}
  Thrust(Thrust&&) = default;
  Thrust& operator=(const Thrust& other) { return *this = Thrust(other); }
  Thrust& operator=(Thrust&&) = default;

  std::string name() const { return "Thrust, " + device::description(); }
  int threads() const { return Threads{}.threads(); }  // of the host: as many as OpenMP offers

  /// Scratch memory held on the device, in bytes.
  std::size_t capacity() const { return state_->scratch.capacity(); }

  /// f(context, first, n): lanes [first, first + n), in order, numbered from `offset` + first.
  template <class Precision, class F>
  void for_lanes(std::uint64_t offset, std::size_t count, F&& f) {
    constexpr std::size_t g = Context<Precision>::granularity;
    const std::size_t most = static_cast<std::size_t>(options_.lanes);
    for (std::size_t first = 0; first < count; first += most) {
      const std::size_t n = count - first < most ? count - first : most;
      visit<Precision>(
          offset + first, static_cast<int>((n + g - 1) / g * g),
          [&](Context<Precision>& context) { f(context, first, static_cast<int>(n)); });
    }
  }

  /// total [size] = what visit(context, 0, count, total) adds to it: one visit of all lanes.
  template <class Precision, class Real, class Visit>
  void accumulate(int count, int, std::size_t size, Vector<Real>&, Vector<Real>& total,
                  Visit&& visit_lanes) {
    total.reset(size);
    visit<Precision>(0, count, [&](Context<Precision>& context) {
      visit_lanes(context, std::size_t(0), count, total.data());
    });
  }

  /// work(), or what a recording of it repeats; see recording.hpp for what work must keep to.
  template <class Work>
  void repeat(Recording& recording, const WorkKey& key, const Work& work) {
    if (!options_.recordings) return work();
    recording.run(state_->data.changes(), key, work);
  }

  /// kernel(i) for i in [0, n).
  template <class Kernel>
  void for_each(std::size_t n, const Kernel& kernel) {
    device::launch(long(n), device::Flat<Kernel>{kernel});
  }
  /// *into = sum of kernel(i) for i in [0, n), in double and always in the same order.
  template <class Kernel>
  void sum(std::size_t n, const Kernel& kernel, double* into) {
    constexpr unsigned columns = 4096;
    BasicArena<device::Memory>::Scope scope(state_->scratch);
    double* partial = state_->scratch.take<double>(columns);
    double* folded = state_->scratch.take<double>(device::sum_slots);
    device::launch(columns, device::FlatSum<Kernel>{kernel, n, columns, partial});
    device::sum_columns<false>(partial, 1, columns, folded, into);
  }

 private:
  template <class Precision, class F>
  void visit(std::uint64_t first_lane, int lanes, const F& f) {
    Context<Precision> context(*state_, lanes);
    context.set_first_lane(first_lane);
    typename Context<Precision>::Scope scope(context);
    f(context);
  }

  ThrustOptions options_;
  std::unique_ptr<device::State> state_;
};
static_assert(Backend<Thrust>);

}  // namespace lanes
