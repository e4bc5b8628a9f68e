// SPDX-License-Identifier: BSD-3-Clause
//
// ThrustContext: all lanes of a visit at once. A row is lanes() numbers, next to each other; a
// kernel is called once for every row and lane, with a cursor one lane wide, so that neighbouring
// threads of a GPU touch neighbouring numbers.
//
// Sums over rows, and over rows and lanes, are taken in chunks whose sizes follow from the shapes
// alone, the chunks in order, in double: the same bits on every run.
#pragma once

#include <cstddef>
#include <cstdint>

#include <lanes/backend/thrust/device.hpp>
#include <lanes/core/data_set.hpp>
#include <lanes/core/pack.hpp>
#include <lanes/core/random.hpp>
#include <lanes/core/rows.hpp>

namespace lanes {

/// Cursor of one lane; `first` is the number of lane 0 in the whole batch.
struct ThrustLane {
  static constexpr int width = 1;
  unsigned index, lanes;  // of this one; of the context
  std::uint64_t first;

  template <class T>
  LANES_HD LANES_INLINE Pack<T, 1> load(Rows<T> x, long row = 0) const {
    return x.data[(x.first + row) * lanes + index];
  }
  template <class To, class T>
  LANES_HD LANES_INLINE Pack<To, 1> load_as(Rows<T> x, long row = 0) const {
    return static_cast<To>(x.data[(x.first + row) * lanes + index]);
  }
  template <class T>
  LANES_HD LANES_INLINE void store(Rows<T> x, long row, Pack<T, 1> value) const {
    x.data[(x.first + row) * lanes + index] = value.value;
  }
  template <class T>
  LANES_HD LANES_INLINE void fetch(Rows<T>, long) const {}

  /// Two independent standard normal deviates; `block` counts pairs.
  template <class T>
  LANES_HD Pair<Pack<T, 1>> normal_pair(const RandomStream& stream, std::uint32_t block) const {
    const Pair<T> p = lanes::normal_pair<T>(stream.words(first + index, block));
    return {p.first, p.second};
  }
  /// Two independent uniform deviates in [0, 1).
  template <class T>
  LANES_HD Pair<Pack<T, 1>> uniform_pair(const RandomStream& stream, std::uint32_t block) const {
    const Pair<T> p = lanes::uniform_pair<T>(stream.words(first + index, block));
    return {p.first, p.second};
  }
  /// Two independent uniform deviates in (0, 1], accurate near 0.
  template <class T>
  LANES_HD Pair<Pack<T, 1>> positive_pair(const RandomStream& stream, std::uint32_t block) const {
    const Pair<T> p = lanes::positive_pair<T>(stream.words(first + index, block));
    return {p.first, p.second};
  }
};

namespace device {

// A call is a row and a lane, lanes innermost.
template <class Kernel>
struct OverRows {
  Kernel kernel;
  int begin;
  unsigned lanes;
  std::uint64_t first;
  LANES_HD void operator()(unsigned call) const {
    const unsigned row = call / lanes;
    kernel(begin + static_cast<int>(row), ThrustLane{call - row * lanes, lanes, first});
  }
};

template <class Kernel>
struct OverLanes {
  Kernel kernel;
  LANES_HD void operator()(unsigned lane) const { kernel(static_cast<int>(lane)); }
};

// partial [chunks][lanes] = sums of kernel over chunks of rows
template <class Kernel>
struct SumRows {
  Kernel kernel;
  int rows, chunk;
  unsigned lanes;
  std::uint64_t first;
  double* partial;
  LANES_HD void operator()(unsigned call) const {
    const unsigned c = call / lanes;
    const ThrustLane lane{call - c * lanes, lanes, first};
    const int begin = static_cast<int>(c) * chunk,
              end = begin + chunk < rows ? begin + chunk : rows;
    double total = 0;
    for (int i = begin; i < end; ++i) total += static_cast<double>(kernel(i, lane).value);
    partial[call] = total;
  }
};

// into[lane] += sum of partial [chunks][lanes]
struct AddChunks {
  const double* partial;
  int chunks;
  unsigned lanes;
  double* into;
  LANES_HD void operator()(unsigned lane) const {
    double total = into[lane];
    for (int c = 0; c < chunks; ++c) total += partial[static_cast<long>(c) * lanes + lane];
    into[lane] = total;
  }
};

inline constexpr unsigned sum_slots = 32;

// to [n][sum_slots]: slot s is the sum of columns s, s + sum_slots, ... of from [n][columns]
template <class T>
struct FoldColumns {
  const T* from;
  unsigned columns;
  T* to;
  LANES_HD void operator()(unsigned call) const {
    const T* row = from + static_cast<long>(call / sum_slots) * columns;
    T total = 0;
    for (unsigned k = call % sum_slots; k < columns; k += sum_slots) total += row[k];
    to[call] = total;
  }
};

// into[i] (+)= the sum of folded [n][sum_slots]
template <class T, class Into, bool Add>
struct AddSlots {
  const T* folded;
  Into* into;
  LANES_HD void operator()(unsigned i) const {
    T total = 0;
    for (unsigned s = 0; s < sum_slots; ++s) total += folded[static_cast<long>(i) * sum_slots + s];
    into[i] =
        static_cast<Into>(Add ? into[i] + static_cast<Into>(total) : static_cast<Into>(total));
  }
};

/// into[i] += (or =) the sum of from[i][columns], in a fixed order. folded: scratch [n][sum_slots].
template <bool Add, class T, class Into>
void sum_columns(const T* from, long n, unsigned columns, T* folded, Into* into) {
  launch(n * sum_slots, FoldColumns<T>{from, columns, folded});
  launch(n, AddSlots<T, Into, Add>{folded, into});
}

template <class Real>
struct LeaveOneOut {
  const double* s;
  unsigned group;
  double factor;
  Real* weight;
  LANES_HD void operator()(unsigned i) const {
    const double* of_group = s + i / group * group;
    double mean = 0;
    for (unsigned k = 0; k < group; ++k) mean += of_group[k];
    mean /= group;
    weight[i] = static_cast<Real>(factor * (s[i] - mean));
  }
};

// external [n][rows] = x [rows][lanes]
template <class T, class External>
struct StoreLanes {
  const T* x;
  unsigned rows, n, lanes;
  External* external;
  LANES_HD void operator()(unsigned call) const {
    const unsigned r = call / n, k = call - r * n;
    external[static_cast<long>(k) * rows + r] =
        static_cast<External>(x[static_cast<long>(r) * lanes + k]);
  }
};

// x [rows][lanes] = external [n][rows], lanes beyond n as the last
template <class T, class External>
struct LoadLanes {
  const External* external;
  unsigned rows, n, lanes;
  T* x;
  LANES_HD void operator()(unsigned call) const {
    const unsigned r = call / lanes, k = call - r * lanes, from = k < n ? k : n - 1;
    x[call] = static_cast<T>(external[static_cast<long>(from) * rows + r]);
  }
};

// x [rows][lanes] = for each lane a configuration of data [count][rows]
template <class T, class Value>
struct ChooseLanes {
  const Value* data;
  std::uint64_t count;
  RandomStream stream;
  std::uint64_t first;
  unsigned rows, lanes;
  T* x;
  LANES_HD void operator()(unsigned call) const {
    const unsigned r = call / lanes;
    const std::uint64_t pick = chosen(stream, first + (call - r * lanes), count);
    x[call] = static_cast<T>(data[pick * rows + r]);
  }
};

// A kernel of one index.
template <class Kernel>
struct Flat {
  Kernel kernel;
  LANES_HD void operator()(unsigned i) const { kernel(std::size_t(i)); }
};
template <class Kernel>
struct FlatSum {
  Kernel kernel;
  std::size_t n;
  unsigned columns;
  double* partial;
  LANES_HD void operator()(unsigned column) const {
    double total = 0;
    for (std::size_t i = column; i < n; i += columns) total += kernel(i);
    partial[column] = total;
  }
};

}  // namespace device
}  // namespace lanes
