#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Line coverage of include/, from what a build with --coverage has left after its tests ran:

    cmake --preset coverage && cmake --build --preset coverage && ctest --preset coverage
    python3 cmake/coverage.py build-coverage --at-least 95

A line counts as run if it ran in any instantiation in any program. Only lines that some program
instantiates are known to gcov. Prints file, lines run, lines, per cent and the lines that never ran; then the sum.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys


def lines_of(data, gcov, include):
    """{file: {line: count}} of one .gcda file."""
    said = subprocess.run([gcov, "--json-format", "--stdout", data.name], cwd=data.parent,
                          capture_output=True, check=True).stdout
    found = collections.defaultdict(dict)
    for document in said.splitlines():
        for entry in json.loads(document)["files"]:
            path = (data.parent / entry["file"]).resolve()
            if include not in path.parents:
                continue
            counts = found[str(path.relative_to(include))]
            for line in entry["lines"]:
                number = line["line_number"]
                counts[number] = max(counts.get(number, 0), line["count"])
    return found


def ranges(numbers):
    """1 2 3 7 -> 1-3 7"""
    parts = []
    for n in sorted(numbers):
        if parts and parts[-1][1] == n - 1:
            parts[-1][1] = n
        else:
            parts.append([n, n])
    return " ".join(f"{a}-{b}" if b > a else str(a) for a, b in parts)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path, help="the build folder")
    parser.add_argument("--at-least", type=float, default=0, help="per cent; less is an error")
    parser.add_argument("--gcov", default="gcov", help="that of the compiler")
    parser.add_argument("--files", action="store_true", help="also files that all ran")
    options = parser.parse_args()

    include = pathlib.Path(__file__).resolve().parent.parent / "include"
    data = sorted(options.folder.rglob("*.gcda"))
    if not data:
        sys.exit(f"coverage.py: no *.gcda in {options.folder}: no test ran, or not --coverage")
    counts = collections.defaultdict(dict)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for found in pool.map(lambda d: lines_of(d, options.gcov, include), data):
            for file, lines in found.items():
                for number, count in lines.items():
                    counts[file][number] = max(counts[file].get(number, 0), count)

    headers = {str(h.relative_to(include)) for h in include.rglob("*.hpp")}
    run = total = 0
    for file in sorted(counts):
        missed = [n for n, count in counts[file].items() if count == 0]
        run += len(counts[file]) - len(missed)
        total += len(counts[file])
        if missed or options.files:
            n = len(counts[file])
            print(f"{file:52} {n - len(missed):5} {n:5} {100 * (1 - len(missed) / n):6.1f} % "
                  f" {ranges(missed)}")
    for file in sorted(headers - set(counts)):
        print(f"{file:52} no line that gcov knows")
    share = 100 * run / total
    print(f"include/: {run} of {total} lines ran, {share:.1f} %, in {len(data)} objects")
    if share < options.at_least:
        sys.exit(f"coverage.py: less than {options.at_least} %")


if __name__ == "__main__":
    main()
