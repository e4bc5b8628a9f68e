// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <lanes/core/finite_math.hpp>
