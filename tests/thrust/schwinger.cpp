// SPDX-License-Identifier: BSD-3-Clause
#include "thrust/schwinger.hpp"

#include "thrust/main.hpp"
