#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Hierarchical networks for the Ising model at beta = 0.44, L = 8, 16, .. 128, each from the levels of the one
# before (ising.cpp): D_KL against Kaufman's F and the ESS against seconds of training.
#
#   sh benchmarks/quality/ising.sh [OUTPUT] [LARGEST]
#
# OUTPUT: folder for ising_<L>.npy, the curves, and ising_<L>.safetensors, the parameters; results/quality where
# none is given. LARGEST: where the chain ends, 128 where none is given. From L = 64 on networks first learn from Wolff
# clusters. About 20 minutes on one core to L = 128, four to L = 32.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$(dirname "$here")")
output=${1:-$root/results/quality}
largest=${2:-128}

if [ ! -f "$root/build/CMakeCache.txt" ]; then
  sh "$root/cmake/configure.sh"
fi
cmake --build "$root/build" --target quality_ising
train() {
  extent=$1
  shift
  [ "$extent" -le "$largest" ] || return 0
  echo "== L = $extent"
  "$root/build/benchmarks/quality/quality_ising" --extent "$extent" --output "$output" "$@"
}
train 8 --steps 12000 --rate 5e-3
train 16 --start "$output/ising_8.safetensors" --steps 10000 --rate 5e-3 --decay 0.98
train 32 --start "$output/ising_16.safetensors" --steps 6000 --rate 4e-3 --decay 0.98
train 64 --start "$output/ising_32.safetensors" --likelihood 2000 --batch 512 --steps 800 --rate 1e-3 --decay 0
train 128 --start "$output/ising_64.safetensors" --likelihood 1200 --clusters 4096 --batch 256 --steps 400 \
  --rate 5e-4 --decay 0
