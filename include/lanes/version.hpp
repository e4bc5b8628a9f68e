// SPDX-License-Identifier: BSD-3-Clause
//
// LANES_VERSION_MAJOR, LANES_VERSION_MINOR, LANES_VERSION_PATCH: the library's version, for `#if`
// in programs that follow more than one; CMake reads it from here.
// Semantic (semver.org): a new major version may break any program; as long as it is 0, so may a
// new minor one. A new patch breaks none.
#pragma once

#define LANES_VERSION_MAJOR 0
#define LANES_VERSION_MINOR 1
#define LANES_VERSION_PATCH 0
