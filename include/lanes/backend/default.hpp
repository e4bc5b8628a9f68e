// SPDX-License-Identifier: BSD-3-Clause
//
// The header of lanes::DefaultBackend (fwd.hpp), where it has one that can be included everywhere.
#pragma once

#include <lanes/fwd.hpp>

#if !defined(__CUDACC__)
#include <lanes/backend/cpu.hpp>
#endif
