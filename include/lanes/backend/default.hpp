// SPDX-License-Identifier: BSD-3-Clause
//
// The backend of a program that names none: Cpu; in CUDA code, which cannot have Cpu (its registers are not a GPU's),
// Thrust, from lanes/backend/thrust.hpp.
#pragma once

namespace lanes {
class Cpu;
class Thrust;

#if defined(__CUDACC__)
using DefaultBackend = Thrust;
#else
using DefaultBackend = Cpu;
#endif

}  // namespace lanes

#if !defined(__CUDACC__)
#include <lanes/backend/cpu.hpp>
#endif
