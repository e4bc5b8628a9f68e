#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# ESS against seconds of training: three theories times three estimators (quality.cpp), and one picture of
# all curves (plot.py).
#
#   sh benchmarks/quality/run.sh [OUTPUT] [SECONDS_FREE SECONDS_L6 SECONDS_L8]
#
# OUTPUT: folder for ess_<case>_<estimator>.npy and quality.png, results/quality where none is given. The
# seconds are of training, for one curve; the defaults, 25 40 60, take about eight minutes in all.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$(dirname "$here")")
output=${1:-$root/results/quality}
free=${2:-25} l6=${3:-40} l8=${4:-60}

if [ ! -f "$root/build/CMakeCache.txt" ]; then
  sh "$root/cmake/configure.sh"
fi
cmake --build "$root/build" --target quality
for curve in "free $free" "l6 $l6" "l8 $l8"; do
  for estimator in reinforce reparameterization path; do
    echo "== ${curve% *}, $estimator"
    "$root/build/benchmarks/quality/quality" --case "${curve% *}" --estimator "$estimator" \
      --seconds "${curve#* }" --output "$output"
  done
done
python3 "$here/plot.py" "$output"
