// SPDX-License-Identifier: BSD-3-Clause
//
// The backend of a program that names none: Cpu. CUDA code knows it by name alone: its registers are not a GPU's.
#pragma once

namespace lanes {
class Cpu;
}

#if !defined(__CUDACC__)
#include <lanes/backend/cpu.hpp>
#endif
