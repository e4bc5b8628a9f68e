// SPDX-License-Identifier: BSD-3-Clause
#include "thrust/flow.hpp"

#include "thrust/main.hpp"
