// SPDX-License-Identifier: BSD-3-Clause
//
// Context: some lanes that are worked on at once, and what is done to them: one tile of one thread
// (Cpu), or all lanes of a batch (Thrust). A row of a context has lanes() lanes.
//
//   Real, Lane                             what is computed in; the cursor that kernels get
//   for_each(n, kernel)                    kernel(i, lane) for i in [0, n)
//   sum(n, kernel, into)                   into [1] += sum over i of kernel(i, lane), lane by lane
//   reduce(n, kernel, to)                  *to += sum over i and lanes of kernel(i, lane)
//   rows<T>(n)                             scratch, valid until the enclosing Scope ends
//   load_lanes, store_lanes                configurations [n][rows] of the host to rows, and back
//   Convolution<Stencil>, Masked<Shape, Columns>      its contractions
//                                                     (contraction/contraction.hpp)
//   aligned_size(n), external_order        where parts of a flat vector begin; whether weights are
//                                          parameters as they are
//
// Backend: where contexts come from. A policy with
//
//   Context<Precision>, Vector<T>          the context; numbers in the backend's memory
//   for_lanes<Precision>(first, count, f)  f(context, at, n) for all of `count` lanes, the first
//                                          numbered `first`
//   for_each(n, kernel)                    kernel(i) in the backend's memory
//   threads()                              of this machine, that it takes: what is measured on its
//                                          ensembles keeps to them (ensemble/)
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

}  // namespace detail

template <class C>
concept Context = requires(C& context, Rows<typename C::Real> x, Rows<double> sum,
                           double* external) {
  typename C::Scope;
  int{C::granularity};
  bool{C::external_order};
  int{C::aligned_size(1)};
  int{context.lanes()};
  context.set_first_lane(std::uint64_t{});
  Rows<double>{context.template rows<double>(1)};
  context.for_each(1, CopyRows<typename C::Real>{x, x});
  context.sum(1, detail::ZeroKernel{}, sum);
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

}  // namespace lanes
