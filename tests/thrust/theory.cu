// SPDX-License-Identifier: BSD-3-Clause
#include "thrust/theory.hpp"

#include "thrust/main.hpp"
