#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Training steps of a reference model, lanes beside its PyTorch peer (peers/<model>_torch.py), taken in turns
# on the same cores; prints medians and ratios and leaves every measurement as JSON.
#
#   benchmarks/compare.sh [options]
#     --model phi4                or u1 or schwinger, with other defaults: lattices "8 16", batches "256" or "32"
#                                 or van or han: draws of autoregressive networks, lattices "16" and "64"
#     --lattices "8 16 32"        L of the L x L lattices
#     --batches "256 1024"
#     --estimators "RE RT PG"     REINFORCE, reparameterization, path gradient
#     --precision Single          or Double (phi4; the peer then computes in float64)
#     --threads "1"               numbers of threads, such as "1 2"; each is pinned to as many cores
#     --rounds 3                  ours, peer, ours, peer, ... so many times a case
#     --seconds 5                 about so long a measurement (at least 3 steps)
#     --output FOLDER             default results/compare
#     --build FOLDER              default build; configured (Release) where it is not yet
#     --python PYTHON             a Python with torch; default $PYTHON, else python3
#     --builds "scatter blocks"   how the Schwinger peer makes its matrix, both unless told: at once, or block by block as
#                                 published codes do
#     --peer-options "..."        more options of the peer, such as "--compile torch.compile"
#
# Everything takes about an hour. On 16 x 16 the peer gets the better of its two memory layouts in each round.
# Errors: ends with status 1 and says what to do where torch cannot be imported.
set -euo pipefail

model=phi4 lattices= batches= estimators="RE RT PG" threads="1" rounds=3 seconds=5
precision=Single output= build= builds= python=${PYTHON:-python3} peer_options=
usage() { sed -n '4,/^set -euo/{/^set/d;s/^# \{0,1\}//;p}' "$0"; }
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --model | --lattices | --batches | --estimators | --precision | --threads | --rounds | --seconds | --output | --build | --builds | --python | --peer-options)
      [ $# -ge 2 ] || { echo "compare.sh: $1 needs a value" >&2; exit 2; }
      name=${1#--}
      printf -v "${name//-/_}" %s "$2"
      shift 2 ;;
    *) echo "compare.sh: unknown option $1; see --help" >&2; exit 2 ;;
  esac
done
# What is measured: the program, the start of its benchmarks' names, the peer's microseconds a site.
case $model in
  phi4) target=bench_training start=training cost=14 lattices=${lattices:-8 16 32} batches=${batches:-256 1024} ;;
  u1) target=bench_u1 start=u1/step cost=40 lattices=${lattices:-8 16} batches=${batches:-256} ;;
  schwinger) target=bench_schwinger start=schwinger/step cost=450 lattices=${lattices:-8 16} batches=${batches:-32} builds=${builds:-scatter blocks} ;;
  van) target=bench_ising lattices=${lattices:-16} ;;
  han) target=bench_ising lattices=${lattices:-64} ;;
  *) echo "compare.sh: unknown model $model; see --help" >&2; exit 2 ;;
esac
case $precision in
  Single) ;;
  Double)
    [ "$model" = phi4 ] || { echo "compare.sh: Double is measured for phi4 only" >&2; exit 2; }
    peer_options="--dtype float64 $peer_options" ;;
  *) echo "compare.sh: precision is $precision (allowed: Single, Double)" >&2; exit 2 ;;
esac
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
output=${output:-$root/results/compare}
build=${build:-$root/build}

if ! "$python" -c 'import numpy, torch' 2>/dev/null; then
  cat >&2 <<END
compare.sh: $python cannot import torch and numpy, which the peer needs. To install them:
  python3 -m venv peer-venv && peer-venv/bin/pip install torch numpy
then: $0 --python peer-venv/bin/python
END
  exit 1
fi

[ -f "$build/CMakeCache.txt" ] || cmake -S "$root" -B "$build" -DCMAKE_BUILD_TYPE=Release
cmake --build "$build" --target "$target" >/dev/null
ours=$build/benchmarks/$target
mkdir -p "$output"
rm -f "$output"/ours-*.json "$output"/peer-*.json

# OpenBLAS and OpenMP as they choose themselves; both sides inherit the affinity.
unset OPENBLAS_CORETYPE OMP_NUM_THREADS OMP_WAIT_POLICY
read -ra cores <<<"$("$python" -c 'import os; print(*sorted(os.sched_getaffinity(0)))')"

# run THREADS COMMAND...: on that many cores
run() {
  local n=$1 list
  shift
  [ "$n" -le "${#cores[@]}" ] || { echo "compare.sh: $n threads on ${#cores[@]} cores" >&2; exit 2; }
  list=$(IFS=,; echo "${cores[*]:0:n}")
  taskset -c "$list" "$@"
}

# Draws with ln q: the least time of all rounds of each side, one thread.
if [ "$target" = bench_ising ]; then
  for L in $lattices; do
    for ((round = 1; round <= rounds; ++round)); do
      run 1 "$ours" --benchmark_min_time=0.5 --benchmark_format=json \
        --benchmark_filter="^ising/draw/${model^^}/L=$L/" >"$output/ours-$model-$L-$round.json" 2>"$output/ours.log"
      # shellcheck disable=SC2086  # options are words
      run 1 "$python" "$here/peers/${model}_torch.py" --lattice "$L" --threads 1 $peer_options \
        >"$output/peer-$model-$L-$round.json"
    done
    "$python" - "$output" "$model" "$L" <<'END'
import glob, json, sys
folder, model, L = sys.argv[1:]
read = lambda side: [json.load(open(p)) for p in glob.glob(f"{folder}/{side}-{model}-{L}-*.json")]
ours = min(1 / b["lanes/s"] for run in read("ours") for b in run["benchmarks"])
peer = min(run["seconds"] / run["batch"] for run in read("peer"))
print(f"{model} L = {L}: lanes {1e6 * ours:.2f} us, peer {1e6 * peer:.1f} us a configuration, ratio {peer / ours:.0f}")
END
  done
  exit 0
fi

for n in $threads; do
  for L in $lattices; do
    for batch in $batches; do
      # steps of the peer that take about so many seconds
      repeat=$((seconds * 1000000 / (cost * L * L * batch)))
      repeat=$((repeat < 3 ? 3 : repeat > 50 ? 50 : repeat))
      layouts=auto
      [ "$model" = phi4 ] && [ "$L" -ne 16 ] || layouts="contiguous channels_last"
      for estimator in $estimators; do
        for ((round = 1; round <= rounds; ++round)); do
          case=$estimator-L$L-b$batch-t$n-$round
          echo "$case: load $(cut -d' ' -f1-3 /proc/loadavg)" >&2
          run "$n" "$ours" --benchmark_min_time="$seconds" --benchmark_format=json \
            --benchmark_filter="^$start/$estimator/L=$L/$precision/batch:$batch/threads:$n/" \
            >"$output/ours-$case.json" 2>"$output/ours.log"
          for layout in $layouts; do
            for way in ${builds:-none}; do
              [ "$way-$layout" != blocks-contiguous ] || continue  # minutes, of Python's loop
              options="--repeat $repeat --warmup $((repeat < 5 ? 1 : 4))" name=$layout
              if [ "$way" != none ]; then options="$options --build $way" name=$layout-$way; fi
              if [ "$way" = blocks ]; then options="--repeat 2 --warmup 1 --build $way"; fi
              # shellcheck disable=SC2086  # options are words
              run "$n" "$python" "$here/peers/${model}_torch.py" --lattice "$L" --batch "$batch" \
                --estimator "$estimator" --threads "$n" --layout "$layout" $options $peer_options \
                >"$output/peer-$case-$name.json"
            done
          done
        done
      done
    done
  done
done

"$python" "$here/peers/compare_table.py" "$output"
