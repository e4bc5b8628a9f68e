// SPDX-License-Identifier: BSD-3-Clause
#include "thrust/recording.hpp"

#include "thrust/main.hpp"
