#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# The study of scaling.cpp: training cost to 70 % acceptance on the line L / xi = 4, L = 6 to 20, of the
# multiscale flow and of the published studies' models, beside HMC; one table, and one picture of it (plot.py) with
# fitted growth. One thread.
#
#   sh benchmarks/quality/scaling.sh [OUTPUT] [SECONDS] [LARGEST]
#
# OUTPUT: folder for scaling.csv, scaling.png, curves, stages and parameters; results/scaling where none is given.
# SECONDS: of training where 70 % are not reached anyway, 30 where none are given. LARGEST: the last multiscale
# flow, 20, 32 or 64 (at 32 an ESS of 0.52; 64 starts from 32). A model and an L whose line is in the table are not run again.
# About 25 minutes with the defaults, 15 more to L = 32 and 12 more to 64; compiling the programs takes ten.
set -eu
cd "$(dirname "$0")/../.."
output=${1:-results/scaling} limit=${2:-30} largest=${3:-20}

if [ ! -f build/CMakeCache.txt ]; then
  sh cmake/configure.sh
fi
run() {  # model, L, options
  model=$1 extent=$2
  shift 2
  if grep -q "^$extent,$model," "$output/scaling.csv" 2>/dev/null; then
    return 0
  fi
  echo "== $model, L = $extent"
  cmake --build build --target "scaling_$extent" >/dev/null
  status=0
  "build/benchmarks/quality/scaling_$extent" --model "$model" --threads 1 --output "$output" "$@" || status=$?
  [ "$status" -lt 2 ] || exit "$status"  # 1: no agreement with HMC, as it says
}

run multiscale 6 --steps 3000
run multiscale 8 --steps 3000
run multiscale 10 --steps 3000
run multiscale 12 --steps 3000
run multiscale 14 --steps 20000
run multiscale 20 --steps 10000
run free 6 --rate 2e-3 --steps 2000
run free 8 --rate 2e-3 --steps 2500
run free 10 --rate 2e-3 --steps 3000
for extent in 12 14 20; do
  run free "$extent" --rate 2e-3 --seconds "$limit" --points 6
done
run spline 6 --rate 2e-3 --steps 6000
run dense 6 --rate 2e-3 --steps 9000
run affine 6 --rate 2e-3 --seconds "$limit" --points 6
for extent in 8 10 12 14 20; do
  for model in spline dense affine; do
    run "$model" "$extent" --rate 2e-3 --seconds "$limit" --points 6
  done
done
if [ "$largest" -ge 32 ] && ! grep -q "^32,multiscale," "$output/scaling.csv"; then
  run multiscale 32 --steps 15000
  build/benchmarks/quality/scaling_32 --threads 1 --output "$output" --start "$output/multiscale_32.safetensors" \
    --steps 7000 --batch 128 --rate 1.5e-3
  build/benchmarks/quality/scaling_32 --threads 1 --output "$output" --start "$output/multiscale_32.safetensors" \
    --steps 3000 --batch 256 --rate 1.2e-3
fi
if [ "$largest" -ge 64 ]; then
  run multiscale 64 --start "$output/multiscale_32.safetensors" --steps 6000 --rate 2e-3
fi
python3 examples/plot.py "$output"
