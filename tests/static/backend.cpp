// SPDX-License-Identifier: BSD-3-Clause
#include <cstddef>
#include <cstdint>

#include <lanes/backend/backend.hpp>
#include <lanes/backend/cpu.hpp>
#include <lanes/core/bfloat16.hpp>
#include <lanes/core/precision.hpp>

#include "archetypes.hpp"

namespace {

using namespace archetypes;

struct HasReal { using Real = double; };
struct HasOperand { using Operand = double; };
struct RoundTrip { static constexpr double round_trip = 1e-10; };
struct Agreement { static constexpr double agreement = 1e-11; };
struct Gradient { static constexpr double gradient = 1e-6; };
struct Name { static constexpr const char* name = "Own"; };
LANES_CHECK(IsPrecision, lanes::Precision<M>);
static_assert(needs_each<IsPrecision, HasReal, HasOperand, RoundTrip, Agreement, Gradient, Name>());
static_assert(lanes::Precision<lanes::Mixed<lanes::bfloat16>> && !lanes::Precision<float>);

// The smallest context, of one lane: what it may not lack.
struct Lane {
  static constexpr int width = 1;
  template <class T>
  T load(lanes::Rows<T>, long = 0) const { return T(0); }
  template <class T, class V>
  void store(lanes::Rows<T>, long, V) const {}
};
struct HasScope { struct Scope {}; };
struct Width { static constexpr int width = 1; };
struct Granularity { static constexpr int granularity = 1; };
struct ExternalOrder { static constexpr bool external_order = true; };
struct AlignedSize { static constexpr int aligned_size(int n) { return n; } };
struct Lanes { int lanes() const { return 1; } };
struct FirstLane { void set_first_lane(std::uint64_t) {} };
struct HasRows {
  template <class T>
  lanes::Rows<T> rows(long) { return {}; }
};
struct Host {
  template <class T>
  T* host(std::size_t) { return nullptr; }
};
struct Pointer {
  template <class T>
  T* pointer(lanes::Rows<T> x) const { return x.data; }
};
struct ForEach {
  template <class Kernel>
  void for_each(int, const Kernel& kernel) { kernel(0, Lane{}); }
};
struct Sum {
  template <class Kernel>
  void sum(int, const Kernel& kernel, lanes::Rows<double>) { kernel(0, Lane{}); }
};
struct ForEachLane {
  template <class Kernel>
  void for_each_lane(const Kernel& kernel) { kernel(0); }
};
struct Reduce {
  template <class Kernel, class T>
  void reduce(int, const Kernel& kernel, T*) { kernel(0, Lane{}); }
};
struct LoadLanes {
  template <class T>
  void load_lanes(const double*, int, int, lanes::Rows<T>) {}
};
struct StoreLanes {
  template <class T>
  void store_lanes(lanes::Rows<T>, int, int, double*) {}
};
LANES_CHECK(IsContext, lanes::Context<M>);
static_assert(needs_each<IsContext, HasReal, HasScope, Width, Granularity, ExternalOrder, AlignedSize,
                         Lanes, FirstLane, HasRows, Host, Pointer, ForEach, ForEachLane, Sum, Reduce,
                         LoadLanes, StoreLanes>());
static_assert(lanes::Context<lanes::CpuContext<lanes::Single>>);

// What is optional, and its fallback.
struct Own { static constexpr int columns_at_once = 3; static constexpr long tape_limit = 5; };
static_assert(lanes::columns_at_once<Own> == 3 && lanes::tape_limit<Own> == 5);
static_assert(lanes::columns_at_once<Lane> == 1 && lanes::tape_limit<Lane> == 64L << 20);

template <class Precision>
struct OneLane : Model<-1, HasReal, HasScope, Width, Granularity, ExternalOrder, AlignedSize, Lanes,
                       FirstLane, HasRows, Host, Pointer, ForEach, ForEachLane, Sum, Reduce, LoadLanes,
                       StoreLanes> {};
struct HasContext {
  template <class Precision>
  using Context = OneLane<Precision>;
};
struct HasVector {
  template <class T>
  struct Vector {};
};
struct ForLanes {
  template <class Precision, class F>
  void for_lanes(std::uint64_t, std::size_t count, const F& f) {
    OneLane<Precision> context;
    for (std::size_t at = 0; at < count; ++at) f(context, at, 1);
  }
};
struct NumberOfThreads { int threads() const { return 1; } };
LANES_CHECK(IsBackend, lanes::Backend<M>);
static_assert(needs_each<IsBackend, HasContext, HasVector, ForLanes, NumberOfThreads>());
static_assert(lanes::Backend<lanes::Cpu> && !lanes::Backend<lanes::Single>);

}  // namespace
