// SPDX-License-Identifier: BSD-3-Clause
//
// ConvolutionFor<Context, Stencil>, MaskedFor<Context, Shape, Columns>: the contractions of a
// context (contraction/contraction.hpp): those it brings, Convolution<Stencil> and
// Masked<Shape, Columns>, or else the plain loops of contraction/serial.hpp, which need a cursor on
// all its lanes, lane(). Factors are rounded where the context's Operand is another type than its
// Real.
#pragma once

#include <type_traits>

#include <lanes/contraction/contraction.hpp>
#include <lanes/contraction/rounded.hpp>
#include <lanes/contraction/serial.hpp>
#include <lanes/core/rows.hpp>

namespace lanes {

template <class C, class Stencil>
concept BringsConvolution = requires {
  typename C::template Convolution<Stencil>;
};
template <class C, class Shape, int Columns>
concept BringsMasked = requires {
  typename C::template Masked<Shape, Columns>;
};

/// One cursor, for all lanes of the context at once.
template <class C>
concept OneCursor = requires(C& context, Rows<typename C::Real> x) {
  context.lane().store(x, 0L, context.lane().load(x, 0L));
  reduce_add(context.lane().load(x, 0L));
};

namespace detail {

template <class C>
struct OperandOf {
  using Type = typename C::Real;
};
template <class C>
requires requires { typename C::Operand; }
struct OperandOf<C> {
  using Type = typename C::Operand;
};

template <class C>
constexpr bool can_run_plain_loops() {
  static_assert(OneCursor<C>,
                "lanes: a context brings Convolution<Stencil> and Masked<Shape, Columns> of its "
                "own, or lane(), a cursor on all its lanes, for those in plain loops; see "
                "lanes/backend/contractions.hpp.");
  return OneCursor<C>;
}

template <class C, class S>
struct ConvolutionIn {
  static_assert(can_run_plain_loops<C>());
  using Real = typename C::Real;
  using Operand = typename OperandOf<C>::Type;
  using Exact = SerialConvolution<S, Real>;
  using Type = std::conditional_t<std::is_same_v<Operand, Real>, Exact,
                                  RoundedContraction<Exact, S, Real, Operand>>;
};
template <class C, class S>
requires BringsConvolution<C, S>
struct ConvolutionIn<C, S> {
  using Type = typename C::template Convolution<S>;
  static_assert(
      ConvolutionOf<Type, C>,
      "lanes: a context's Convolution<Stencil> has sizes, pack, unpack, forward, "
      "input_adjoint, and weight_adjoint or adjoint; see lanes/contraction/contraction.hpp.");
};

template <class C, class Shape, int Columns>
struct MaskedIn {
  static_assert(can_run_plain_loops<C>());
  using Type = SerialMasked<Shape, Columns, typename C::Real>;
};
template <class C, class Shape, int Columns>
requires BringsMasked<C, Shape, Columns>
struct MaskedIn<C, Shape, Columns> {
  using Type = typename C::template Masked<Shape, Columns>;
  static_assert(MaskedProductOf<Type, C>,
                "lanes: a context's Masked<Shape, Columns> has sizes, pack, unpack, rectangle, "
                "triangle, input_adjoint, weight_adjoint and row_sums; see "
                "lanes/contraction/contraction.hpp.");
};

}  // namespace detail

template <class C, class Stencil>
using ConvolutionFor = typename detail::ConvolutionIn<C, Stencil>::Type;
template <class C, class Shape, int Columns>
using MaskedFor = typename detail::MaskedIn<C, Shape, Columns>::Type;

}  // namespace lanes
