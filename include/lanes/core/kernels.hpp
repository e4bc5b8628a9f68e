// SPDX-License-Identifier: BSD-3-Clause
//
// Kernels that everybody needs: set, draw, copy, scale, add, gather and store rows. Named functors
// (nvcc takes no generic lambdas), called as kernel(i, lane) once per row.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

#include <lanes/core/pack.hpp>
#include <lanes/core/random.hpp>
#include <lanes/core/rows.hpp>

namespace lanes {

/// to = value
template <class T>
struct SetRows {
  Rows<T> to;
  T value;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
    lane.store(to, i, decltype(lane.load(to, i))(value));
  }
};

/// to += value
template <class T>
struct AddConstant {
  Rows<T> to;
  T value;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
    const auto before = lane.load(to, i);
    lane.store(to, i, before + decltype(before)(value));
  }
};

/// to = from
template <class T>
struct CopyRows {
  Rows<T> from, to;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
    lane.store(to, i, lane.load(from, i));
  }
};

/// The same from one precision to another.
template <class T, class U>
struct ConvertRows {
  Rows<T> from;
  Rows<U> to;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
    lane.store(to, i, lane.template load_as<U>(from, i));
  }
};

/// factor a b, or factor a, row by row; factor times a number in the backend's memory: to be
/// summed.
template <class T>
struct ScaledProduct {
  Rows<T> a, b;
  T factor;
  template <class Lane>
  LANES_HD LANES_INLINE auto operator()(int i, Lane lane) const {
    auto value = lane.load(a, i) * factor;
    value *= lane.load(b, i);
    return value;
  }
};
/// a factor, for a sum
template <class T>
struct ScaledRow {
  Rows<T> a;
  T factor;
  template <class Lane>
  LANES_HD LANES_INLINE auto operator()(int i, Lane lane) const {
    return lane.load(a, i) * factor;
  }
};
/// factor times a number, the same for every row and lane: for a sum
template <class T>
struct ScaledNumber {
  const T* number;
  double factor;
  template <class Lane>
  LANES_HD LANES_INLINE auto operator()(int, Lane) const {
    return Pack<double, Lane::width>(factor * double(*number));
  }
};

/// to = a + b
template <class T>
struct SumRows {
  Rows<T> a, b, to;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
    lane.store(to, i, lane.load(a, i) + lane.load(b, i));
  }
};

/// to = scale (a + b)
template <class T>
struct ScaledSum {
  Rows<T> a, b, to;
  T scale;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
    lane.store(to, i, (lane.load(a, i) + lane.load(b, i)) * scale);
  }
};

/// from -= what
template <class T>
struct SubtractRows {
  Rows<T> what, from;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
    lane.store(from, i, lane.load(from, i) - lane.load(what, i));
  }
};

/// y += factor x, rounded once
template <class T>
struct AddScaled {
  Rows<T> x, y;
  T factor;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
    const auto here = lane.load(y, i);
    lane.store(y, i, fma(decltype(here)(factor), lane.load(x, i), here));
  }
};

/// x times a number
template <class T>
struct ScaleRows {
  Rows<T> x;
  T scale;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
    lane.store(x, i, lane.load(x, i) * scale);
  }
};

/// x times exp(factor a), a number in the backend's memory.
template <class T>
struct StretchRows {
  const T* a;
  T factor;
  Rows<T> x;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
    lane.store(x, i, lane.load(x, i) * Pack<T, Lane::width>(std::exp(factor * *a)));
  }
};

/// to[i] = from[source(i)], and to[source(i)] = from[i]: Map::source(i).
template <class Map, class T>
struct GatherRows {
  Rows<T> from, to;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
    lane.store(to, i, lane.load(from, Map::source(i)));
  }
};
/// to[source(i)] = from[i]
template <class Map, class T>
struct ScatterRows {
  Rows<T> from, to;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
    lane.store(to, Map::source(i), lane.load(from, i));
  }
};

/// Standard normal deviates on n rows; called for pairs of them, the i-th from block i.
template <class T>
struct DrawNormals {
  Rows<T> to;
  RandomStream stream;
  int n;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
    const auto pair = lane.template normal_pair<T>(stream, static_cast<std::uint32_t>(i));
    lane.store(to, 2 * i, pair.first);
    if (2 * i + 1 < n) lane.store(to, 2 * i + 1, pair.second);
  }
};

/// Called as store(lane, row, value), as contractions and forces do: sets a row, or adds to it the
/// value, or factor times the value, rounded once.
template <class T>
struct StoreTo {
  Rows<T> to;
  template <class Lane, class Value>
  LANES_HD LANES_INLINE void operator()(Lane lane, long row, Value value) const {
    lane.store(to, row, value);
  }
};
/// A store that adds.
template <class T>
struct AddTo {
  Rows<T> to;
  template <class Lane, class Value>
  LANES_HD LANES_INLINE void operator()(Lane lane, long row, Value value) const {
    lane.store(to, row, lane.load(to, row) + value);
  }
};

/// A store that adds what it gets times a factor.
template <class T>
struct AddScaledTo {
  Rows<T> to;
  T factor;
  template <class Lane, class Value>
  LANES_HD LANES_INLINE void operator()(Lane lane, long row, Value value) const {
    lane.store(to, row, fma(Value(factor), value, lane.load(to, row)));
  }
};

/// What such a store is given from rows: row by row.
template <class T, class Store>
struct GiveRows {
  Rows<T> from;
  Store store;
  template <class Lane>
  LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
    store(lane, long(i), lane.load(from, i));
  }
};

/// Called as kernel(i): *to = value, from the host into a backend's memory.
template <class T>
struct SetTo {
  T value;
  T* to;
  LANES_HD void operator()(std::size_t) const { *to = value; }
};

/// to[i] = value on n rows.
template <class Context, class T>
void fill(Context& context, Rows<T> to, int n, T value = T(0)) {
  context.for_each(n, SetRows<T>{to, value});
}

/// to[i] = from[i] on n rows.
template <class Context, class T>
void copy(Context& context, Rows<T> from, Rows<T> to, int n) {
  context.for_each(n, CopyRows<T>{from, to});
}

}  // namespace lanes
