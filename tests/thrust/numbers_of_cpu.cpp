// SPDX-License-Identifier: BSD-3-Clause
#include <lanes/backend/cpu.hpp>

#include "thrust/numbers.hpp"

namespace lanes::testing {

Numbers numbers_of_cpu_single() { return NumbersOf<Single, Cpu>::run(); }
Numbers numbers_of_cpu_double() { return NumbersOf<Double, Cpu>::run(); }
Numbers numbers_of_cpu_mixed() { return NumbersOf<Mixed<bfloat16>, Cpu>::run_model(); }

}  // namespace lanes::testing
