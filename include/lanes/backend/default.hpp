// SPDX-License-Identifier: BSD-3-Clause
//
// The header of lanes::DefaultBackend (fwd.hpp), where it has one that can be included everywhere.
// backend_with(threads): a backend of so many threads; Thrust has no number of them to be set.
#pragma once

#include <type_traits>

#include <lanes/backend/backend.hpp>
#include <lanes/fwd.hpp>

#if !defined(__CUDACC__)
#include <lanes/backend/cpu.hpp>
#endif

namespace lanes {

namespace detail {

/// The policy, or the default one where it was refused (core/precision.hpp).
template <class B>
using BackendOr = std::conditional_t<Backend<B>, B, DefaultBackend>;

}  // namespace detail

template <class B = DefaultBackend>
B backend_with(Threads threads) {
  if constexpr (std::is_constructible_v<B, int>)
    return B(threads.count);
  else
    return B();
}

}  // namespace lanes
