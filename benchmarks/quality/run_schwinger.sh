#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# ESS against seconds of training of the Schwinger model, L = 8, beta = 2, kappa = 0.276 (schwinger.cpp): three estimators
# for equal seconds, the best of them in Double, and one picture (plot.py).
#
#   sh benchmarks/quality/run_schwinger.sh [OUTPUT] [SECONDS] [MODEL]
#
# OUTPUT: folder for ess_<model>_<estimator>.npy and quality.png, results/schwinger_quality where none is given; SECONDS of
# training for one curve, 600 where none are given; MODEL: reference, couplings or hierarchy (the default).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$(dirname "$here")")
output=${1:-$root/results/schwinger_quality} seconds=${2:-600} model=${3:-hierarchy}

if [ ! -f "$root/build/CMakeCache.txt" ]; then
  sh "$root/cmake/configure.sh"
fi
cmake --build "$root/build" --target quality_schwinger
train() {
  echo "== $model, $*"
  "$root/build/benchmarks/quality_schwinger" --model "$model" --seconds "$seconds" --output "$output" "$@"
}
for estimator in reinforce reparameterization path; do
  train --estimator "$estimator"
done
[ "$model" != hierarchy ] || train --estimator path --precision double
python3 "$here/plot.py" "$output"
