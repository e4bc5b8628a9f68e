#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Parameters of a PyTorch model into the library and back, with ln q of both beside each other:

    exchange train FOLDER;  python3 from_torch.py EXCHANGE FOLDER

EXCHANGE is the program. The model is numpy_flow.py, and torch_flow.py where python3 has torch.
Writes into FOLDER/numpy and FOLDER/torch.
"""
import subprocess
import sys
from pathlib import Path

import numpy_flow
from door import check, load_file, np, save_file

try:
    import torch_flow
except ModuleNotFoundError:
    torch_flow = None

TOLERANCE = 1e-10  # of ln q, in double precision


def to_library(flow, exchange, folder):
    """Python draws and says ln q; the library says it of the same fields and parameters."""
    folder.mkdir(exist_ok=True)
    fields, log_q = flow.sample(500)
    np.save(folder / "fields.npy", fields)
    save_file(flow.state_dict(), folder / "state_dict.safetensors")  # as safetensors.torch would
    parameters = numpy_flow.flatten(load_file(folder / "state_dict.safetensors"))
    save_file({"parameters": parameters}, folder / "from_python.safetensors")
    subprocess.run([exchange, "evaluate", folder / "from_python.safetensors", folder / "fields.npy",
                    folder / "log_q_there.npy", folder / "back.safetensors"], check=True)
    parity(flow, "parameters of Python", log_q, np.load(folder / "log_q_there.npy"))
    back = load_file(folder / "back.safetensors")["parameters"]
    check((back == parameters).all(), "the library saves the bits that it read")


def from_library(flow, folder):
    """The library trained, drew and said ln q; Python takes the parameters and says it too."""
    trained = load_file(folder / "parameters.safetensors")["parameters"]
    flow.load_state_dict(numpy_flow.unflatten(trained))
    check((numpy_flow.flatten(flow.state_dict()) == trained).all(), "Python has the bits")
    here = flow.log_density(np.load(folder / "draws.npy"))
    parity(flow, "parameters of lanes", here, np.load(folder / "log_q.npy"))


def parity(flow, which, here, there):
    difference = np.abs(here - there).max()
    print(f"{flow.name}, {which}: ln q of {len(here)} fields {here.min():.2f} .. {here.max():.2f}, "
          f"largest difference {difference:.1e}")
    check(difference < TOLERANCE, f"it is below {TOLERANCE:g}")


def main(exchange, folder):
    models = [numpy_flow] + ([torch_flow] if torch_flow else [])
    for model in models:
        flow = model.Flow(seed=3)
        found = {name: array.shape for name, array in flow.state_dict().items()}
        check(list(found.items()) == list(numpy_flow.shapes().items()),
              f"{flow.name} has {len(found)} tensors of these names, shapes and order")
        to_library(flow, exchange, folder / flow.name)
        from_library(flow, folder)
    if torch_flow is None:
        print("There is no torch here: the flow in numpy stood for it.")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], Path(sys.argv[2]))
