// SPDX-License-Identifier: BSD-3-Clause
#include "thrust/main.hpp"
#include "thrust/recording.hpp"
