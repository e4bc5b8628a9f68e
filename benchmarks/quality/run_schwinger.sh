#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# ESS and acceptance against seconds of training of the Schwinger model, L = 8, beta = 2, kappa = 0.276 (schwinger.cpp):
# three estimators for equal seconds, the first of them in Double, and one picture (plot.py).
#
#   sh benchmarks/quality/run_schwinger.sh [OUTPUT] [SECONDS] [MODEL] [options of the program ...]
#
# OUTPUT: folder for ess_<model>_<estimator>.npy, parameters and quality.png, results/schwinger_quality where none is given;
# SECONDS of training for one curve, all threads, 600 where none are given; MODEL: reference or hierarchy (the default).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$(dirname "$here")")
output=${1:-$root/results/schwinger_quality} seconds=${2:-600} model=${3:-hierarchy}
case $model in
  hierarchy) program=quality_schwinger ;;
  reference) program=quality_schwinger_reference ;;
  *) echo "run_schwinger.sh: MODEL is $model, expected hierarchy or reference" >&2 && exit 2 ;;
esac
shift "$(($# < 3 ? $# : 3))"

if [ ! -f "$root/build/CMakeCache.txt" ]; then
  sh "$root/cmake/configure.sh"
fi
cmake --build "$root/build" --target "$program"
mkdir -p "$output"
first=$((seconds / 4))  # of the hierarchy alone
[ "$model" = hierarchy ] || first=0
options=$*
train() {
  name=$model-$1-$2
  echo "== $name"
  "$root/build/benchmarks/quality/$program" --first "$first" --seconds $((seconds - first)) --estimator "$1" --precision "$2" \
    --output "$output" --save "$output/$name.safetensors" $options
}
train reinforce single
train reparameterization single
train path single
[ "$model" != hierarchy ] || train reinforce double
python3 "$here/plot.py" "$output"
