// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: an NPY file holds float, double, bool or an integer type.
#include <lanes/io/npy.hpp>

#ifdef LANES_COMPILE_FAIL_CONTROL
auto type = lanes::detail::npy_type<float>();
#else
auto type = lanes::detail::npy_type<long double>();
#endif
