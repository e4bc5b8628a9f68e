#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Builds the Thrust backend for the GPU of this machine, tests it and measures it; in less than ten minutes.
#
#   benchmarks/gpu.sh --output FOLDER [options]
#     --headers FOLDER     a folder with usr/include and usr/lib of the libraries that are not installed here
#     --build FOLDER       default build-gpu; its contents are reused
#     --architecture 90    compute capability
#     --python PYTHON      a Python with torch, for the peer; default $PYTHON, else python3; no peer without torch
#     --minutes 9          what does not fit in is left out, and the summary says so
#
# The tests are all suites of tests/thrust: backends, flows (gauge couplings, multiscale flows, gauge hierarchies), heat baths, theories, errors.
# Measured: training steps and draws of the phi^4 flow and of a hierarchical Ising network, training steps of a
# gauge hierarchy, sweeps of the heat baths of U(1) and of spins, a step whose kernels are launched one by one beside
# one that is recorded (a CUDA graph), and the device's ceilings.
# Writes into FOLDER: machine.json (device, clocks, versions), tests.txt, sanitizer_<test>.txt, thrust.json (Google
# Benchmark; the Schwinger model's force, too), peer.jsonl (peers/phi4_torch.py: eager, torch.compile, CUDA graphs), summary.txt (steps and ratios).
# Exit status 1 where the build or a test fails.
set -euo pipefail

output= headers= build= architecture=90 python=${PYTHON:-python3} minutes=9
usage() { sed -n '4,/^set -euo/{/^set/d;s/^# \{0,1\}//;p}' "$0"; }
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --output | --headers | --build | --architecture | --python | --minutes)
      [ $# -ge 2 ] || { echo "gpu.sh: $1 needs a value" >&2; exit 2; }
      printf -v "${1#--}" %s "$2"
      shift 2 ;;
    *) echo "gpu.sh: unknown option $1; see --help" >&2; exit 2 ;;
  esac
done
[ -n "$output" ] || { echo "gpu.sh: --output FOLDER is missing; see --help" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
build=${build:-$root/build-gpu}
mkdir -p "$output"
output=$(cd "$output" && pwd)
deadline=$(($(date +%s) + minutes * 60))
left() { echo $((deadline - $(date +%s))); }
say() { echo "== $* ($(left) s left)"; }

command -v nvcc >/dev/null || { echo "gpu.sh: there is no nvcc on PATH" >&2; exit 1; }
nvidia-smi -L >/dev/null 2>&1 || { echo "gpu.sh: there is no GPU here (nvidia-smi finds none)" >&2; exit 1; }

say "machine"
query=name,driver_version,memory.total,clocks.sm,clocks.mem,clocks.max.sm,clocks.max.mem,power.limit
nvidia-smi --query-gpu=$query --format=csv,noheader,nounits | head -1 >"$output/machine.csv"
"$python" - "$output" "$query" "$(nvcc --version | tail -1)" "$(uname -m)" "$(nproc)" <<'PY'
import json, sys
output, query, nvcc, machine, cores = sys.argv[1:]
values = [v.strip() for v in open(output + "/machine.csv").read().split(",")]
record = dict(zip(query.split(","), values)) | {"nvcc": nvcc, "machine": machine, "cores": cores}
try:
    import torch
    record |= {"torch": torch.__version__, "torch_cuda": torch.version.cuda}
except ImportError:
    record["torch"] = None
json.dump(record, open(output + "/machine.json", "w"), indent=2)
print(json.dumps(record))
PY
rm "$output/machine.csv"

say "build"
prefix=()
if [ -n "$headers" ]; then
  headers=$(cd "$headers" && pwd)
  prefix=(-DCMAKE_PREFIX_PATH="$headers/usr" -DLANES_RANDOM123_INCLUDE_DIR="$headers/usr/include")
fi
cmake -S "$root" -B "$build" -DCMAKE_BUILD_TYPE=Release -DLANES_CUDA=ON \
  -DCMAKE_CUDA_ARCHITECTURES="$architecture" -DLANES_BUILD_EXAMPLES=OFF "${prefix[@]}" >"$output/build.txt"
cmake --build "$build" --target cuda_tests bench_thrust_cuda --parallel "$(nproc)" >>"$output/build.txt" 2>&1 ||
  { tail -40 "$output/build.txt"; exit 1; }

say "tests"
(cd "$build" && ctest -L '^cuda$' -E without_lanes_hd --output-on-failure) | tee "$output/tests.txt"

say "compute-sanitizer"
if command -v compute-sanitizer >/dev/null; then
  for test in errors recording; do
    timeout 60 compute-sanitizer --error-exitcode 1 "$build/tests/thrust_${test}_cuda" \
      >"$output/sanitizer_$test.txt" 2>&1 || echo "compute-sanitizer: status $?; see sanitizer_$test.txt"
    tail -1 "$output/sanitizer_$test.txt"
  done
else
  echo "skipped: not installed" | tee "$output/sanitizer_errors.txt"
fi

say "lanes"
time_left=$(left)
timeout $((time_left > 30 ? time_left : 30)) "$build/benchmarks/bench_thrust_cuda" --benchmark_min_time=0.3 \
  --benchmark_out="$output/thrust.json" --benchmark_out_format=json || echo "bench_thrust_cuda: status $?"

say "peer"
rm -f "$output/peer.jsonl"
if "$python" -c 'import torch' 2>/dev/null; then
  for mode in none cudagraphs torch.compile; do
    for L in 8 16 32; do
      for batch in 1024 8192; do
        [ "$(left)" -gt 20 ] || { echo "no time left for --compile $mode, L = $L, batch $batch"; continue; }
        # shellcheck disable=SC2046
        timeout $(left) "$python" "$here/peers/phi4_torch.py" --device cuda --lattice $L --batch $batch \
          --compile $mode --layout contiguous --repeat 10 --warmup 3 --json "$output/peer.jsonl" >/dev/null 2>"$output/peer.log" ||
          echo "the peer failed: --compile $mode, L = $L, batch $batch: $(tail -1 "$output/peer.log")"
      done
    done
  done
  rm -f "$output/peer.log"
else
  echo "skipped: $python cannot import torch"
fi

say "summary"
"$python" - "$output" <<'PY' | tee "$output/summary.txt"
import json, os, re, sys
output = sys.argv[1]
ours, peer = {}, {}
for b in json.load(open(output + "/thrust.json"))["benchmarks"]:
    m = re.match(r"training/(\w+)/L=(\d+)/Single/batch:(\d+)", b["name"])
    if m:
        ours[m[1], int(m[2]), int(m[3])] = b
    elif b["name"].startswith("schwinger/"):
        print(b["name"], {k: round(b[k], 1) for k in ("median_ms", "GFLOP/s", "scratch_MiB")})
    elif b["name"].startswith(("u1/", "ising/", "unrecorded/")):
        print(b["name"], {k: round(b[k], 3) for k in ("median_ms", "GFLOP/s", "links/s", "spins/s") if k in b})
    elif "/HAN/" in b["name"]:
        print(b["name"], {k: round(b[k], 3) for k in ("median_ms", "GFLOP/s") if k in b})
    elif b["name"].startswith("device/"):
        print(b["name"], {k: round(b[k], 1) for k in ("GFLOP/s", "GB/s") if k in b})
if os.path.exists(output + "/peer.jsonl"):
    for line in open(output + "/peer.jsonl"):
        r = json.loads(line)
        peer[r["estimator"], r["lattice"], r["batch"], r["compile"]] = r["step_ms_median"]
modes = ["none", "cudagraphs", "torch.compile"]
print("training step, median [ms], Single; torch and its ratio to lanes: eager, CUDA graphs, torch.compile")
for case, b in sorted(ours.items()):
    columns = ["%9.3f (%5.2f)" % (peer[case + (m,)], peer[case + (m,)] / b["median_ms"])
               if case + (m,) in peer else "       -       " for m in modes]
    print("%s L=%-3d batch %-5d %9.3f  %8.0f GFLOP/s  %s" % (*case, b["median_ms"], b["GFLOP/s"], "  ".join(columns)))
PY
