#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Installs what is missing, configures and builds in build/, runs all tests; ends with CTest's
# summary and its exit status. Arguments go to CTest:   sh tests/run.sh -L flow
set -eu
cd "$(dirname "$0")/.."
jobs=$(nproc 2>/dev/null || echo 2)

sh cmake/configure.sh
cmake --build build --target tests --parallel "$jobs"
ctest --test-dir build --output-on-failure --no-tests=error --parallel "$jobs" \
  --label-exclude '^(example|benchmark|cuda)$' "$@"
