# SPDX-License-Identifier: BSD-3-Clause
"""What headers and programs cost to compile, as tables in Markdown.

    python3 cmake/compile_time.py                        every public header, then every example
    python3 cmake/compile_time.py lanes/io/npy.hpp examples/u1.cpp        these
    python3 cmake/compile_time.py --against ../other lanes/lanes.hpp      and of another checkout, in turn

A header: seconds to preprocess and to parse (-fsyntax-only) a file that includes it alone; own is the
parsing that is left when what it includes is there already. A program: seconds with optimisation, and the
largest memory. Seconds are of the processor, user and system, the least of --repeat runs.
"""
import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLAGS = ("-std=c++20 -march=native -fopenmp -isystem /usr/include/eigen3 -DLANES_NO_SLOW_BUILD_WARNING "
         "-DTHRUST_DEVICE_SYSTEM=THRUST_DEVICE_SYSTEM_OMP")


def run(compiler, root, arguments, source):
    """Seconds of the processor and megabytes of one run that reads `source` from its input."""
    command = [*compiler.split(), *FLAGS.split(), "-I", str(root / "include"), *arguments]
    process = subprocess.Popen(
        command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    process.stdin.write(source.encode())
    process.stdin.close()
    said = process.stderr.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{' '.join(command)}\n{said}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def least(options, roots, arguments, source_of):
    """The least seconds of each root, run in turn, and the largest megabytes."""
    best = [(float("inf"), 0)] * len(roots)
    for _ in range(options.repeat):
        for i, root in enumerate(roots):
            seconds, megabytes = run(options.compiler, root, arguments, source_of(root))
            best[i] = min(best[i][0], seconds), max(best[i][1], megabytes)
    return best


def included_by(root, header):
    text = (root / "include" / header).read_text()
    lines = "#if __has_include(<{0}>)\n#include <{0}>\n#endif\n"  # some are for another version
    return "".join(lines.format(name) for name in re.findall(r"^#include <(.+?)>", text, re.M))


def public_headers():
    """What lanes.hpp and io.hpp include, and they, and the laws."""
    names = ["lanes/lanes.hpp", "lanes/io.hpp"]
    for header in names[:2]:
        names += re.findall(r"^#include <(lanes/.+?)>", included_by(ROOT, header), re.M)
    names += (str(p.relative_to(ROOT / "include")) for p in ROOT.glob("include/lanes/testing/*.hpp"))
    return list(dict.fromkeys(names))


def header_row(options, roots, header):
    stdin = ["-x", "c++", "-"]
    include = lambda root: f"#include <{header}>\n"
    parsed = least(options, roots, ["-fsyntax-only", *stdin], include)
    if len(roots) == 2:
        (here, _), (there, _) = parsed
        return f"| `{header}` | {there:.2f} | {here:.2f} | {here / there:.2f} |"
    read = least(options, roots, ["-E", *stdin], include)
    others = least(options, roots, ["-fsyntax-only", *stdin], lambda root: included_by(root, header))
    own = max(0, parsed[0][0] - others[0][0])
    return f"| `{header}` | {read[0][0]:.2f} | {parsed[0][0]:.2f} | {own:.2f} |"


def program_row(options, roots, program):
    arguments = ["-O3", "-c", "-o", "/dev/null", program]
    measured = least(options, roots, arguments, lambda root: "")
    if len(roots) == 2:
        (here, _), (there, _) = measured
        return f"| `{program}` | {there:.1f} | {here:.1f} | {here / there:.2f} |"
    return f"| `{program}` | {measured[0][0]:.1f} | {measured[0][1]:.0f} |"


def table(options, roots, names, head, row):
    if names:
        if len(roots) == 2:
            head = "other [s] | this [s] | ratio"
        print(f"| | {head} |\n|---|{'---|' * (head.count('|') + 1)}")
        for name in names:
            print(row(options, roots, name), flush=True)
        print()


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="headers, as they are included, and programs")
    parser.add_argument("--compiler", default="g++")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--against", type=Path, help="another checkout, to be measured in turn")
    options = parser.parse_args()
    roots = [ROOT] + ([options.against.resolve()] if options.against else [])
    programs = sorted(str(p.relative_to(ROOT)) for p in ROOT.glob("examples/*.cpp"))
    names = options.names or public_headers() + programs
    table(options, roots, [n for n in names if n.endswith(".hpp")],
          "preprocessed [s] | parsed [s] | own [s]", header_row)
    table(options, roots, [n for n in names if not n.endswith(".hpp")],
          "compiled [s] | memory [MB]", program_row)


if __name__ == "__main__":
    main()
