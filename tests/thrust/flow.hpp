// SPDX-License-Identifier: BSD-3-Clause
//
// Laws of flows, and the reference flow, on the device.
#include <lanes/backend/thrust.hpp>

using TestBackend = lanes::Thrust;

#include "flow/gauge.hpp"
#include "flow/gauge_hierarchy.hpp"
#include "flow/gauge_hierarchy_neighbours.hpp"
#include "flow/laws.hpp"
#include "flow/multiscale.hpp"
#include "flow/parity_phi4.hpp"
