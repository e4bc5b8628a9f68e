#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Installs what is missing, builds the examples in build/ and runs the main one, phi4, which trains
# a flow and measures with it; its results go to results/. Arguments go to phi4:
#   sh examples/run.sh --brief
set -eu
cd "$(dirname "$0")/.."

sh cmake/configure.sh
cmake --build build --target examples --parallel "$(nproc 2>/dev/null || echo 2)"
echo "Running build/examples/phi4: a few minutes on two cores. Results go to results/"
mkdir -p results
exec build/examples/phi4 --output results "$@"
