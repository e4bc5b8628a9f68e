// SPDX-License-Identifier: BSD-3-Clause
//
// SerialContext: one lane, in plain loops (backend/backend.hpp says what each member is for). Its
// contractions are those that a context gets which brings none (backend/contractions.hpp).
#pragma once

#include <cstddef>
#include <cstdint>

#include <lanes/core/arena.hpp>
#include <lanes/core/data_set.hpp>
#include <lanes/core/pack.hpp>
#include <lanes/core/random.hpp>
#include <lanes/core/rows.hpp>

namespace lanes {

/// Cursor on the one lane of a context: what kernels load, store and draw by. first: its number in
/// the batch.
struct SerialLane {
  static constexpr int width = 1;
  std::uint64_t first;

  template <class T>
  Pack<T, 1> load(Rows<T> x, long row = 0) const {
    return Pack<T, 1>(x.data[x.first + row]);
  }
  template <class To, class T>
  Pack<To, 1> load_as(Rows<T> x, long row = 0) const {
    return Pack<To, 1>(static_cast<To>(x.data[x.first + row]));
  }
  template <class T>
  void store(Rows<T> x, long row, Pack<T, 1> value) const {
    value.store(x.data + x.first + row);
  }
  template <class T>
  void fetch(Rows<T>, long) const {}
  template <class T>
  Pair<Pack<T, 1>> normal_pair(const RandomStream& stream, std::uint32_t block) const {
    return packed(lanes::normal_pair<T>(stream.words(first, block)));
  }
  template <class T>
  Pair<Pack<T, 1>> uniform_pair(const RandomStream& stream, std::uint32_t block) const {
    return packed(lanes::uniform_pair<T>(stream.words(first, block)));
  }
  template <class T>
  Pair<Pack<T, 1>> positive_pair(const RandomStream& stream, std::uint32_t block) const {
    return packed(lanes::positive_pair<T>(stream.words(first, block)));
  }

 private:
  template <class T>
  static Pair<Pack<T, 1>> packed(Pair<T> p) {
    return {Pack<T, 1>(p.first), Pack<T, 1>(p.second)};
  }
};

template <class Precision>
class SerialContext {
 public:
  using Real = typename Precision::Real;
  using Operand = typename Precision::Operand;
  /// The cursor of a kernel.
  using Lane = SerialLane;
  static constexpr int width = 1, granularity = 1;
  static constexpr bool external_order = true;
  static constexpr int aligned_size(int n) { return n; }

  explicit SerialContext(Arena& arena) : arena_(arena) {}
  struct Scope : Arena::Scope {
    explicit Scope(SerialContext& context) : Arena::Scope(context.arena_) {}
  };
  int lanes() const { return 1; }
  Lane lane() const { return {first_lane_}; }
  void set_first_lane(std::uint64_t lane) { first_lane_ = lane; }

  template <class T>
  T* host(std::size_t n) {
    return arena_.template take<T>(n);
  }
  template <class T>
  Rows<T> rows(long n) {
    return {host<T>(std::size_t(n)), 0};
  }
  template <class T>
  T* pointer(Rows<T> x) const {
    return x.data + x.first;
  }

  template <class T, class External>
  void store_lanes(Rows<T> x, int rows, int, External* external) const {
    for (int r = 0; r < rows; ++r) external[r] = static_cast<External>(pointer(x)[r]);
  }
  template <class T, class External>
  void load_lanes(const External* external, int rows, int, Rows<T> x) const {
    for (int r = 0; r < rows; ++r) pointer(x)[r] = static_cast<T>(external[r]);
  }
  template <class T, class Value>
  void choose(const DataSet<Value>& data, const RandomStream& stream, Rows<T> x) const {
    const auto pick = chosen(stream, first_lane_, data.count());
    load_lanes(data.fields().data() + pick * std::size_t(data.rows()), data.rows(), 1, x);
  }

  template <class Other, class F>
  void in_precision(const F& f) {
    Scope scope(*this);
    SerialContext<Other> context(arena_);
    context.set_first_lane(first_lane_);
    f(context, 0);
  }
  template <class Other, class T, class U>
  void to_precision(Rows<T> x, int n, int, SerialContext<Other>& context, Rows<U> y) const {
    for (int r = 0; r < n; ++r) context.pointer(y)[r] = static_cast<U>(pointer(x)[r]);
  }
  template <class Other, class T, class U>
  void from_precision(const SerialContext<Other>& context, Rows<U> y, int n, int, Rows<T> x) const {
    for (int r = 0; r < n; ++r) pointer(x)[r] = static_cast<T>(context.pointer(y)[r]);
  }

  template <class Kernel>
  void for_each(int rows, const Kernel& kernel) {
    for (int i = 0; i < rows; ++i) kernel(i, lane());
  }
  template <class Kernel>
  void for_each_lane(const Kernel& kernel) {
    kernel(0);
  }
  template <class Kernel>
  void reduce(int rows, const Kernel& kernel, Real* into) {
    double total = 0;
    for (int i = 0; i < rows; ++i) total += number(kernel(i, lane()));
    *into += static_cast<Real>(total);
  }
  template <class Kernel>
  void sum(int rows, const Kernel& kernel, Rows<double> into) {
    for (int i = 0; i < rows; ++i) *pointer(into) += number(kernel(i, lane()));
  }
  /// weight[i] = scale (s[i] - mean of the others of its group)
  void leave_one_out(const double* s, int groups, int group, double scale, Real* weight) const {
    for (int i = 0; i < groups * group; ++i) {
      double others = 0;
      for (int k = i / group * group; k < i / group * group + group; ++k)
        if (k != i) others += s[k];
      weight[i] = static_cast<Real>(scale * (s[i] - others / (group - 1)));
    }
  }

 private:
  template <class T>
  static double number(Pack<T, 1> p) {
    T value;
    p.store(&value);
    return double(value);
  }
  Arena& arena_;
  std::uint64_t first_lane_ = 0;
};

}  // namespace lanes
