#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Gauge hierarchies for compact U(1) (study_u1.cpp) with the settings below: F, ESS and D_KL against the exact free
# energy, and tau_int of Q^2 beside HMC and the heat bath, as one table (u1_table.py).
#
#   sh benchmarks/quality/u1.sh [OUTPUT] [SEEDS] [CASES]
#
# OUTPUT: folder for <extent>_<beta>_<seed>/ with what the study writes, results/u1_quality where none is given. SEEDS:
# "7" where none are given. CASES: such as "8,2 16,3"; all of them where none are given. OMP_NUM_THREADS counts.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$(dirname "$here")")
output=${1:-$root/results/u1_quality} seeds=${2:-7} cases=${3:-all}

if [ ! -f "$root/build/CMakeCache.txt" ]; then
  sh "$root/cmake/configure.sh"
fi
cmake --build "$root/build" --target study_u1
run() {  # extent, beta, steps
  case " $cases " in *" all "* | *" $1,$2 "*) ;; *) return 0 ;; esac
  for seed in $seeds; do
    echo "== L = $1, beta = $2, seed $seed"
    "$root/build/benchmarks/quality/study_u1" --extent "$1" --beta "$2" --steps "$3" --seed "$seed" --output "$output/$1_$2_$seed"
  done
}
run 8 1 500
run 8 2 3000
run 8 5 3000
run 16 3 3000
run 16 5 3000
run 16 7 6000
python3 "$here/u1_table.py" "$output"
