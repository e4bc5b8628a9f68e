// SPDX-License-Identifier: BSD-3-Clause
#include "thrust/autoregressive.hpp"

#include "thrust/main.hpp"
