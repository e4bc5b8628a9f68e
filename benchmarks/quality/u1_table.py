# SPDX-License-Identifier: BSD-3-Clause
"""The table of u1.sh from its folder: a row for each <run>/result.json of study_u1; also written there as table.md.

value(error) has two digits of the error; sigmas: how far F, the plaquette and Q^2 of the flow's chain are from the exact
numbers, in errors.
"""

import json
import math
import pathlib
import sys


def text(value, error):
    """0.1234(56), 12.3(4)."""
    if not (error > 0 and math.isfinite(error)):
        return f"{value:.4g}"
    digits = max(0, 1 - math.floor(math.log10(error)))
    scaled = round(error * 10**digits)
    if scaled >= 100:  # rounded up
        digits, scaled = max(0, digits - 1), round(error * 10 ** max(0, digits - 1))
    return f"{value:.{digits}f}({scaled})" if digits else f"{value:.0f}({round(error)})"


def row(r):
    exact = r["exact"]
    flow, hmc, heat = r["chains"]
    tau = [text(c["Q^2"]["tau_int"], c["Q^2"]["tau_int_error"]) + ("" if c["moves"] else ", frozen") for c in (flow, hmc, heat)]
    sigmas = [(e["value"] - truth) / e["error"] for e, truth in
              ((r["F"], exact["F"]), (flow["plaquette"], exact["plaquette"]), (flow["Q^2"], exact["Q^2"]))]
    return [f"{r['theory']['lattice'][0]}, {r['theory']['beta']:g}", str(r["seed"]), str(r["steps"]),
            f"{r['training_seconds']:.0f}", text(r["ess"]["value"], r["ess"]["error"]),
            text(r["F_q"]["value"] - exact["F"], r["F_q"]["error"]), ", ".join(f"{s:+.1f}" for s in sigmas), *tau]


def main():
    folder = pathlib.Path(sys.argv[1])
    runs = [json.loads(path.read_text()) for path in folder.glob("*/result.json")]
    if not runs:
        sys.exit(f"u1_table: {folder} has no <run>/result.json")
    runs.sort(key=lambda r: (r["theory"]["lattice"][0], r["theory"]["beta"], r["seed"]))
    head = ["L, beta", "seed", "steps", "seconds", "ESS", "D_KL", "sigmas of F, plaquette, Q^2", "tau_int of Q^2: flow", "HMC",
            "heat bath"]
    lines = ["| " + " | ".join(cells) + " |" for cells in (head, ["---"] * len(head), *map(row, runs))]
    print("\n".join(lines))
    (folder / "table.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
