#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Installs what is missing, builds the examples in build/ and runs one: phi4, unless the first
# argument names another. It trains a flow and measures with it; results go to results/ or
# results/NAME, with pictures where python3 has matplotlib. The other arguments go to the example (a
# relative --output counts from the project's folder):
#   sh examples/run.sh --brief
#   sh examples/run.sh u1 --beta 5
set -eu
cd "$(dirname "$0")/.."

name=phi4
case ${1:-} in
  -* | '') ;;
  *)
    name=$1
    shift
    if [ ! -f "examples/$name.cpp" ]; then
      echo "run.sh: there is no example $name; there are:" examples/*.cpp >&2
      exit 2
    fi ;;
esac

folder=results
case $name in phi4 | custom_theory) ;; *) folder=results/$name ;; esac
previous=
for argument in "$@"; do
  case $previous in --output) folder=$argument ;; esac
  case $argument in --output=*) folder=${argument#--output=} ;; esac
  previous=$argument
done

echo "This takes some minutes (phi4: five with AVX-512 on two cores, ten with AVX2): to build, then to train."
sh cmake/configure.sh
cmake --build build --target examples --parallel "$(nproc 2>/dev/null || echo 2)"

status=0
"build/examples/$name" "$@" || status=$?
if [ "$status" -eq 0 ] && command -v python3 >/dev/null 2>&1; then
  python3 examples/plot.py "$folder" || echo "No pictures: examples/plot.py failed."
elif [ "$status" -eq 0 ]; then
  echo "No pictures: there is no python3."
fi
exit "$status"
