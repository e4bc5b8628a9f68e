# SPDX-License-Identifier: BSD-3-Clause
"""What the programs of this folder share: safetensors files, a jackknife, a check.

load_file and save_file are those of safetensors.numpy (where python3 has that package, it may be
imported instead); the format is 8 bytes with the header's length, a JSON header, and the data:
https://github.com/huggingface/safetensors#format
"""
import json
import math
import os
import sys

try:
    import numpy as np
except ModuleNotFoundError:
    print(f"skipped: {sys.executable} has no numpy (Debian: python3-numpy)")
    sys.exit(77)

TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "U8": "|u1"}


def load_file(path):
    """The tensors of a safetensors file, {name: array}. ValueError where it is damaged."""
    header, data = _parts(path)
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        dtype, (begin, end) = TYPES.get(entry["dtype"]), entry["data_offsets"]
        if dtype is None:
            raise ValueError(f"{path}: tensor {name} is of type {entry['dtype']} "
                             f"(known: {', '.join(TYPES)})")
        size = math.prod(entry["shape"]) * np.dtype(dtype).itemsize
        if not 0 <= begin <= end <= len(data) or end - begin != size:
            raise ValueError(f"{path}: tensor {name} has bytes {begin} to {end} of {len(data)} "
                             f"(its shape: {size})")
        tensors[name] = np.frombuffer(data[begin:end], dtype).reshape(entry["shape"])
    return tensors


def load_metadata(path):
    """The strings of a safetensors file, {name: string}: of lanes, what model and run it is of."""
    return _parts(path)[0].get("__metadata__", {})


def _parts(path):
    with open(path, "rb") as file:
        content = file.read()
    end = 8 + int.from_bytes(content[:8], "little")
    if len(content) < 8 or len(content) < end:
        raise ValueError(f"{path}: the file has {len(content)} bytes and ends in its header")
    return json.loads(content[8:end]), content[end:]  # a JSONDecodeError is a ValueError


def save_file(tensors, path):
    """Writes {name: array} as safetensors."""
    names = {np.dtype(dtype): name for name, dtype in TYPES.items()}
    header, data = {}, b""
    for name, array in tensors.items():
        if array.dtype not in names:
            raise ValueError(f"{path}: tensor {name} is of type {array.dtype} "
                             f"(known: {', '.join(map(str, names))})")
        offsets = [len(data), len(data) + array.nbytes]
        header[name] = {"dtype": names[array.dtype], "shape": array.shape, "data_offsets": offsets}
        data += array.tobytes()
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(f"{path}.new", "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text + data)
    os.replace(f"{path}.new", path)  # at `path` there is the old file or the whole new one


def jackknife(measurements, function, bin_length):
    """function(means) of measurements [chains][n][k], and its error, [results] each.

    Bins of bin_length configurations (many tau_int long) are left out in turn.
    """
    chains, n, k = measurements.shape
    if n % bin_length != 0 or n // bin_length * chains < 2:
        raise ValueError(f"jackknife: bin_length is {bin_length} "
                         f"(allowed: a divisor of {n}, 2 bins or more)")
    bins = measurements.reshape(-1, bin_length, k).mean(axis=1)
    total, count = bins.mean(axis=0), len(bins)
    without = np.array([function((count * total - one) / (count - 1)) for one in bins])
    error = np.sqrt((count - 1) * ((without - without.mean(axis=0)) ** 2).mean(axis=0))
    return function(total), error


def check(holds, what):
    """Prints what holds; ends the program with status 1 where it does not."""
    print("   holds" if holds else "   DOES NOT HOLD", what, sep=": ")
    if not holds:
        sys.exit(1)
