#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Installs what is missing, builds the examples in build/ and runs the main one, phi4, which trains
# a flow and measures with it; results go to results/, with pictures where python3 has matplotlib.
# Arguments go to phi4 (a relative --output counts from the project's folder):
#   sh examples/run.sh --brief
set -eu
cd "$(dirname "$0")/.."

folder=results
previous=
for argument in "$@"; do
  case $previous in --output) folder=$argument ;; esac
  case $argument in --output=*) folder=${argument#--output=} ;; esac
  previous=$argument
done

echo "This takes about five minutes on two cores: one to two to build, the rest to train."
sh cmake/configure.sh
cmake --build build --target examples --parallel "$(nproc 2>/dev/null || echo 2)"

status=0
build/examples/phi4 "$@" || status=$?
if [ "$status" -eq 0 ] && command -v python3 >/dev/null 2>&1; then
  python3 examples/plot.py "$folder" || echo "No pictures: examples/plot.py failed."
elif [ "$status" -eq 0 ]; then
  echo "No pictures: there is no python3."
fi
exit "$status"
