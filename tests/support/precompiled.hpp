// SPDX-License-Identifier: BSD-3-Clause
//
// What tests include and does not change, parsed once: the standard library and other libraries,
// never lanes. tests/headers sees to it that every header of lanes includes what it needs.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cmath>
#include <complex>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <numbers>
#include <numeric>
#include <random>
#include <set>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <Eigen/Dense>
#include <Random123/philox.h>
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <xsimd/xsimd.hpp>
#if __has_include(<xtensor/containers/xarray.hpp>)
#include <xtensor/containers/xarray.hpp>
#else
#include <xtensor/xarray.hpp>
#endif
