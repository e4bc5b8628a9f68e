// SPDX-License-Identifier: BSD-3-Clause
#include "thrust/convolution.hpp"

#include "thrust/main.hpp"
