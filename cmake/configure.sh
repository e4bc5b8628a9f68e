#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# What tests/run.sh and examples/run.sh begin with: packages (the arguments, too), then a Release build
# folder build/.
set -eu
cd "$(dirname "$0")/.."
sh cmake/install-packages.sh "$@"

set -- --preset release
if [ ! -f build/CMakeCache.txt ] && command -v ninja >/dev/null 2>&1; then
  set -- "$@" -G Ninja
fi
echo "Configuring build/"
cmake "$@"
