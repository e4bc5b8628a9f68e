// SPDX-License-Identifier: BSD-3-Clause
//
// The header of lanes::DefaultBackend (fwd.hpp), where it has one that can be included everywhere.
#pragma once

#include <type_traits>

#include <lanes/core/precision.hpp>
#include <lanes/fwd.hpp>

#if !defined(__CUDACC__)
#include <lanes/backend/cpu.hpp>
#endif

namespace lanes {

/// What every backend policy has.
template <class B>
inline constexpr bool is_backend = requires {
  typename B::template Context<Single>;
  typename B::template Vector<double>;
};

namespace detail {

/// The policy, or the default one where it was refused (core/precision.hpp).
template <class B>
using BackendOr = std::conditional_t<is_backend<B>, B, DefaultBackend>;

}  // namespace detail

}  // namespace lanes
