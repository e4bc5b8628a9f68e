// SPDX-License-Identifier: BSD-3-Clause
//
// The header of lanes::DefaultBackend (fwd.hpp), where it has one that can be included everywhere.
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

}  // namespace lanes
