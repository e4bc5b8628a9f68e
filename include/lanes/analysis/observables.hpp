// SPDX-License-Identifier: BSD-3-Clause
//
// All shipped observables of a real scalar field, and the concept for one's own.
#pragma once

#include <lanes/analysis/correlation_length.hpp>
#include <lanes/analysis/correlator.hpp>
#include <lanes/analysis/magnetization.hpp>
#include <lanes/analysis/observable.hpp>
