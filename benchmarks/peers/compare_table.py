# SPDX-License-Identifier: BSD-3-Clause
"""The table of compare.sh from its folder of measurements; also written there as compare.json.

    ours-<estimator>-L<L>-b<batch>-t<threads>-<round>.json             Google Benchmark
    peer-<estimator>-L<L>-b<batch>-t<threads>-<round>-<layout>[-<build>].json    peers/<model>_torch.py

A build is a way in which the peer makes its matrix (schwinger_torch.py); each has a line of its own.

A round is one measurement of each side, close in time: ratios are peer / ours within a round, and their
median, least and largest over the rounds are printed. Wall: median step. CPU: least processor time of a
step, which a busy machine disturbs less. Memory: growth of the largest resident set, MiB.
"""

import collections
import json
import pathlib
import re
import statistics
import sys


def ours(path):
    run = json.loads(path.read_text())
    if len(run["benchmarks"]) != 1:
        sys.exit(f"compare: {path} holds {len(run['benchmarks'])} benchmarks, not one")
    b = run["benchmarks"][0]
    return {"wall_ms": b["median_ms"], "cpu_ms": b["cpu_min_ms"], "MiB": b["rss_MiB"],
            "heap_MiB": b["heap_MiB"], "lanes_per_s": b["lanes/s"], "load": run["context"]["load_avg"]}


def peer(path):
    b = json.loads(path.read_text())
    return {"wall_ms": b["step_ms_median"], "cpu_ms": b["cpu_ms_min"], "MiB": b["peak_MiB"],
            "layout": b["layout"], "version": b["peer"]}


def spread(values):
    values = list(values)
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def main():
    folder = pathlib.Path(sys.argv[1])
    sides = {side: collections.defaultdict(dict) for side in ("ours", "peer")}
    for path in sorted(folder.glob("*-*.json")):
        found = re.fullmatch(r"(ours|peer)-(\w+)-L(\d+)-b(\d+)-t(\d+)-(\d+)(?:-([a-z]+)(_last)?)?(?:-([a-z]+))?", path.stem)
        if not found:
            continue
        side, estimator, lattice, batch, threads, number, *_, build = found.groups()
        case = int(threads), int(batch), int(lattice), estimator
        if side == "ours":
            sides["ours"][case][int(number)] = ours(path)
            continue
        by_number = sides["peer"][(*case, build or "")]
        candidate = peer(path)
        if int(number) not in by_number or candidate["wall_ms"] < by_number[int(number)]["wall_ms"]:
            by_number[int(number)] = candidate  # the better layout

    results = []
    for (*case, build), by_number in sorted(sides["peer"].items()):
        threads, batch, lattice, estimator = case
        mine = sides["ours"][tuple(case)]
        pairs = [{"ours": mine[n], "peer": by_number[n]} for n in by_number if n in mine]
        if not pairs:
            continue
        result = {"threads": threads, "lattice": lattice, "batch": batch, "estimator": estimator, "build": build,
                  "rounds": len(pairs), "peer": pairs[0]["peer"]["version"],
                  "layouts": sorted({s["peer"]["layout"] for s in pairs}),
                  "heap_MiB": spread(s["ours"]["heap_MiB"] for s in pairs),
                  "load": spread(s["ours"]["load"][0] for s in pairs)}
        for key in ("wall_ms", "cpu_ms", "MiB"):
            result[key] = {side: spread(s[side][key] for s in pairs) for side in ("ours", "peer")}
            result[key]["ratio"] = spread(s["peer"][key] / s["ours"][key] for s in pairs)
        results.append(result)
    if not results:
        sys.exit(f"compare: no case in {folder} has both sides")

    def ratio(r):
        return f"{r['median']:6.1f} [{r['min']:.1f}, {r['max']:.1f}]"

    head = ("threads", "L", "batch", "", "lanes ms", "peer ms", "wall ratio", "CPU ratio", "lanes MiB", "peer MiB",
            "ratio", "load")
    form = "{:>7} {:>3} {:>5} {:<10} {:>9} {:>9}  {:<21} {:<21} {:>9} {:>9} {:>6} {:>5}"
    print(form.format(*head))
    for r in results:
        wall, mib = r["wall_ms"], r["MiB"]
        print(form.format(
            r["threads"], r["lattice"], r["batch"], f"{r['estimator']} {r['build']}".strip(), f"{wall['ours']['median']:.1f}",
            f"{wall['peer']['median']:.1f}", ratio(wall["ratio"]), ratio(r["cpu_ms"]["ratio"]),
            f"{mib['ours']['median']:.0f}", f"{mib['peer']['median']:.0f}", f"{mib['ratio']['median']:.0f}",
            f"{r['load']['median']:.1f}"))
    print(f"ratio = peer / lanes: median of {max(r['rounds'] for r in results)} rounds [least, largest]; "
          f"peer: {results[0]['peer']}")
    for r in results:
        if (r["lattice"], r["batch"]) == (32, 1024):
            print(f"memory at L = 32, batch 1024, {r['estimator']}, {r['threads']} thread(s): lanes has "
                  f"1/{r['MiB']['ratio']['median']:.0f} of the peer's")
    (folder / "compare.json").write_text(json.dumps(results, indent=1) + "\n")
    print(f"written: {folder / 'compare.json'}")


if __name__ == "__main__":
    main()
