#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Reads what a program wrote:  exchange train FOLDER;  python3 read.py FOLDER

Lists the arrays and tensors of a folder, and measures the susceptibility of its ensemble, with a
jackknife error, beside the value and error that the program found.
"""
import json
import sys
from pathlib import Path

from door import check, jackknife, load_file, load_metadata, np

COLUMNS = ("step", "loss", "loss_error", "ess", "acceptance", "gradient_norm", "learning_rate")


def list_files(folder):
    for path in sorted(folder.glob("*.npy")):
        array = np.load(path, mmap_mode="r")  # an ensemble may be larger than memory
        print(f"{path.name}: {array.dtype} {list(array.shape)}")
    for path in sorted(folder.glob("*.safetensors")):
        metadata = load_metadata(path)
        print(f"{path.name}: {metadata.get('format', 'of another program')}")
        print(f"    flow: {metadata.get('flow', '?')}")
        for name, tensor in load_file(path).items():
            print(f"    {name}: {tensor.dtype} {list(tensor.shape)}")


def susceptibility(means):
    """chi = V (<m^2> - <m>^2) from the means of m and m^2 on 8 x 8 sites."""
    return 64 * (means[1] - means[0] ** 2)


def main(folder):
    list_files(folder)

    history = dict(zip(COLUMNS, np.load(folder / "history.npy").T))
    checkpoint = load_file(folder / "checkpoint.safetensors")
    step = int(load_metadata(folder / "checkpoint.safetensors")["step"])
    print(f"step {step}: loss {history['loss'][-1]:.3f}, ESS of a batch {history['ess'][-1]:.2f}, "
          f"of fresh draws {checkpoint['history.evaluation_ess'][-1]:.2f}")
    check(step == len(history["step"]), "the checkpoint is of the history's last step")
    check(all((checkpoint[f"history.{name}"] == history[name]).all() for name in COLUMNS[1:]),
          "the checkpoint has the history")
    parameters = load_file(folder / "parameters.safetensors")["parameters"]
    check((checkpoint["parameters"] == parameters).all(), "it has the parameters that were saved")

    written = json.loads((folder / "result.json").read_text())
    fields = np.load(folder / "ensemble.npy")  # [n][8][8]; of several chains one after another
    m = fields.mean(axis=(1, 2))[None]  # [chains][n]
    value, error = jackknife(np.stack([m, m ** 2], axis=-1), susceptibility, bin_length=200)
    there = written["susceptibility"]
    print(f"susceptibility: {value:.4f} +- {error:.4f} by jackknife; "
          f"lanes {there['value']:.4f} +- {there['error']:.4f}, exact 1")
    check(abs(value / there["value"] - 1) < 1e-12, "the values agree to rounding")
    check(abs(error / there["error"] - 1) < 0.3, "the errors agree to 30 %")
    check(abs(value - 1) < 4.5 * error, "the value is the exact one, 1 / m2")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "results/python"))
