// SPDX-License-Identifier: BSD-3-Clause
//
// All shipped observables of a real scalar field, and the concept for one's own.
#pragma once

#include <lanes/observable/correlation_length.hpp>
#include <lanes/observable/correlator.hpp>
#include <lanes/observable/magnetization.hpp>
#include <lanes/observable/observable.hpp>
