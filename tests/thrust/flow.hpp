// SPDX-License-Identifier: BSD-3-Clause
//
// Laws of flows, and the reference flow, on the device.
#include <lanes/backend/thrust.hpp>

using TestBackend = lanes::Thrust;

#include "layer/gauge.hpp"
#include "layer/gauge_hierarchy.hpp"
#include "layer/gauge_hierarchy_neighbours.hpp"
#include "layer/laws.hpp"
#include "layer/multiscale.hpp"
#include "layer/parity_phi4.hpp"
