// SPDX-License-Identifier: BSD-3-Clause
// expect: lanes: configurations are measured on a Backend, or on lanes::Threads{n}.
#include <vector>

#include <lanes/geometry/lattice.hpp>
#include <lanes/observable/analyse.hpp>
#include <lanes/observable/magnetization.hpp>

#ifdef LANES_COMPILE_FAIL_CONTROL
const lanes::Threads where{2};
#else
const int where = 2;
#endif
const auto e = lanes::analyse<lanes::Lattice<2, 4>>(lanes::Magnetization{}, std::vector<double>(80),
                                                    {}, {}, where);
