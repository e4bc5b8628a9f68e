// SPDX-License-Identifier: BSD-3-Clause
//
// Context: some lanes that are worked on at once, and what is done to them: one tile of one thread
// (Cpu), or all lanes of a batch (Thrust). A row of a context has lanes() lanes.
//
//   required   Real, Scope, width         what is computed in; where scratch ends; a cursor's lanes
//              granularity, lanes()       lanes come in multiples of this; how many there are here
//              aligned_size(n)            where the next part of a flat vector begins
//              external_order             whether weights are parameters as they are
//              set_first_lane(k)          the first lane's number in the batch
//              rows<T>(n), host<T>(n)     scratch: rows, and numbers in the host's memory
//              pointer(rows)              where they begin
//              for_each(n, kernel)        kernel(i, lane) for i in [0, n)
//              for_each_lane(kernel)      kernel(k) for each lane
//              sum(n, kernel, into)       into [1] += sum over i of kernel(i, lane), lane by lane
//              reduce(n, kernel, to)      *to += sum over i and lanes of kernel(i, lane)
//              load_lanes, store_lanes    configurations [n][rows] of the host to rows, and back
//   optional   Convolution<Stencil>, Masked<Shape, Columns>
//                                         its contractions (contraction/contraction.hpp); else the
//                                         plain loops, which need lane(), a cursor on all its lanes
//              Operand                    what factors of a product are rounded to; else Real
//              columns_at_once            columns that a wide product takes, 0: all; else 1
//              tape_limit                 bytes of activations that are kept; else 64 MiB
//              fetch(rows, n)             these will be read soon; else nothing
//   lane       width, load, load_as, store, normal_pair, uniform_pair, positive_pair
//                                         the cursor of a kernel (backend/serial/context.hpp)
//   Schwinger  in_precision, to_precision, from_precision     lanes in another precision
//   training   choose, leave_one_out      lanes of a data set; a baseline
//
// Backend: where contexts come from. A policy with
//
//   required   Context<Precision>, Vector<T>          the context; numbers in the backend's memory
//              for_lanes<Precision>(first, count, f)  f(context, at, n) for all of `count` lanes,
//                                                     the first numbered `first`
//              threads()                              of this machine, that it takes: what is
//                                                     measured on its ensembles keeps to them
//   sampling   for_each(n, kernel)                    kernel(i) in the backend's memory
//   training   sum, accumulate, repeat, Recording     (backend/serial.hpp)
#pragma once

#include <cstddef>
#include <cstdint>

#include <lanes/core/kernels.hpp>
#include <lanes/core/parallel.hpp>
#include <lanes/core/precision.hpp>
#include <lanes/core/rows.hpp>

namespace lanes {

namespace detail {

/// A kernel that gives a number, and one that does nothing with the lanes of a context.
struct ZeroKernel {
  template <class Lane>
  LANES_HD auto operator()(int, Lane lane) const {
    return lane.load(Rows<double>{});
  }
};
template <class Context>
struct IgnoreLanes {
  void operator()(Context&, std::size_t, int) const {}
};
struct IgnoreLane {
  LANES_HD void operator()(int) const {}
};

}  // namespace detail

template <class C>
concept Context = requires(C& context, Rows<typename C::Real> x, Rows<double> sum,
                           typename C::Real* number, double* external) {
  typename C::Scope;
  int{C::width};
  int{C::granularity};
  bool{C::external_order};
  int{C::aligned_size(1)};
  int{context.lanes()};
  context.set_first_lane(std::uint64_t{});
  Rows<double>{context.template rows<double>(1)};
  external = context.template host<double>(1);
  number = context.pointer(x);
  context.for_each(1, CopyRows<typename C::Real>{x, x});
  context.for_each_lane(detail::IgnoreLane{});
  context.sum(1, detail::ZeroKernel{}, sum);
  context.reduce(1, detail::ZeroKernel{}, number);
  context.load_lanes(external, 1, 1, x);
  context.store_lanes(x, 1, 1, external);
};

template <class B>
concept Backend = requires(B& backend,
                           detail::IgnoreLanes<typename B::template Context<Single>> f) {
  requires Context<typename B::template Context<Single>>;
  requires Context<typename B::template Context<Double>>;
  typename B::template Vector<double>;
  backend.template for_lanes<Single>(std::uint64_t{}, std::size_t{}, f);
  requires HasThreads<B>;
};

template <class C>
concept LimitsColumns = requires {
  int{C::columns_at_once};
};
template <class C>
concept LimitsTape = requires {
  long{C::tape_limit};
};
template <class C>
concept FetchingContext = requires(C& context, Rows<typename C::Real> x) {
  context.fetch(x, 1L);
};

/// Columns of lanes that a wide product takes at a time; 0: any number.
template <class C>
inline constexpr int columns_at_once = 1;
template <class C>
requires LimitsColumns<C>
inline constexpr int columns_at_once<C> = C::columns_at_once;

/// Bytes of activations that some lanes may keep; beyond, layers are computed again.
template <class C>
inline constexpr long tape_limit = 64L << 20;
template <class C>
requires LimitsTape<C>
inline constexpr long tape_limit<C> = C::tape_limit;

/// Asks for rows that will be read soon.
template <class C>
LANES_INLINE void fetch(C& context, Rows<typename C::Real> x, long n) {
  if constexpr (FetchingContext<C>) context.fetch(x, n);
}

}  // namespace lanes
