// SPDX-License-Identifier: BSD-3-Clause
//
// Nothing: the source for which support/precompiled.hpp is parsed, as doctest_main.cpp cannot be.
