// SPDX-License-Identifier: BSD-3-Clause
//
// Smallest models of concepts, put together from single members so that one can be left out:
//
//   template <int Without> using Smallest = Model<Without, First, Second, Third>;
//   static_assert(lost_without<Smallest, 3>(..));
#pragma once

#include <type_traits>
#include <utility>

namespace archetypes {

template <bool Here, class Member>
struct With : Member {};
template <class Member>
struct With<false, Member> {};

template <int Without, class Sequence, class... Members>
struct ModelOf;
template <int Without, int... I, class... Members>
struct ModelOf<Without, std::integer_sequence<int, I...>, Members...>
    : With<I != Without, Members>... {};

/// All members but one; Without = -1: all.
template <int Without, class... Members>
using Model = ModelOf<Without, std::make_integer_sequence<int, int(sizeof...(Members))>, Members...>;

/// Whether Check<M>::value holds of all members together and of no set that lacks one.
template <template <class> class Check, class... Members>
constexpr bool needs_each() {
  return Check<Model<-1, Members...>>::value &&
         []<int... I>(std::integer_sequence<int, I...>) {
           return (!Check<Model<I, Members...>>::value && ...);
         }(std::make_integer_sequence<int, int(sizeof...(Members))>{});
}

}  // namespace archetypes

/// A check of a concept with one argument, for needs_each.
#define LANES_CHECK(name, ...)          \
  template <class M>                    \
  struct name {                         \
    static constexpr bool value = __VA_ARGS__; \
  }
