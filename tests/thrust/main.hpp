// SPDX-License-Identifier: BSD-3-Clause
//
// The main function of a test that needs the device: where there is none, the test is skipped and
// says why.
#pragma once

#define DOCTEST_CONFIG_IMPLEMENT
#include <cstdio>
#include <exception>

#include <doctest/doctest.h>

#include <lanes/backend/thrust.hpp>

int main(int argc, char** argv) {
  try {
    lanes::device::require_device();
  } catch (const std::exception& error) {
    std::printf("skipped: %s\n", error.what());
    return 77;
  }
  return doctest::Context(argc, argv).run();
}
