// SPDX-License-Identifier: BSD-3-Clause
#include "thrust/agreement.hpp"

#include "thrust/main.hpp"
