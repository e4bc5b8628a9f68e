// SPDX-License-Identifier: BSD-3-Clause
#include "thrust/errors.hpp"

#include "thrust/main.hpp"
