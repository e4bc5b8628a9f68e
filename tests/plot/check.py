# SPDX-License-Identifier: BSD-3-Clause
"""examples/plot.py on folders made here:  check.py PLOT; a picture or a sentence for each file."""
import contextlib
import io
import json
import runpy
import sys
import tempfile
from pathlib import Path

try:
    import numpy as np
    import matplotlib
except ImportError as error:
    print(f"skipped: this python3 has no {error.name}")
    sys.exit(77)

PLOT = sys.argv[1]


def plot(folder):
    """What plot.py says of a folder."""
    sys.argv = [PLOT, str(folder)]
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        runpy.run_path(PLOT, run_name="__main__")
    return said.getvalue()


def history(steps):
    table = np.random.default_rng(1).uniform(0.2, 0.8, (steps, 7))
    table[:, 0] = np.arange(steps)
    return table


def log_line(step, **more):
    return json.dumps(dict(step=step, loss=-step, ess=None, acceptance=None, seconds=0.5 * step, **more)) + "\n"


def checkpoint(steps):
    names = ("loss", "ess", "acceptance", "evaluation_step", "evaluation_ess", "evaluation_ess_error")
    data = history(steps)[:, :len(names)].T.astype("<f8").tobytes()
    header = json.dumps({f"history.{name}": {"dtype": "F64", "shape": [steps],
                                             "data_offsets": [8 * steps * i, 8 * steps * (i + 1)]}
                         for i, name in enumerate(names)}).encode()
    return len(header).to_bytes(8, "little") + header + data


def save(value):
    return lambda path: np.save(path, value)


def write(content):
    return lambda path: path.write_bytes(content if isinstance(content, bytes) else content.encode())


def check(files, pictures, *sentences):
    """The files by name, the pictures there must be and no others, and what must be said."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, make in files.items():
            make(folder / file)
        said = plot(folder)
        drawn = {path.name for path in folder.glob("*.png")}
        assert drawn == set(pictures), (files.keys(), drawn, said)
        for picture in drawn:
            assert (folder / picture).read_bytes().startswith(b"\x89PNG"), picture
        for sentence in sentences:
            assert sentence in said, (sentence, said)
        assert ("Drawn: " in said) == bool(pictures), said


fields = np.random.default_rng(2).normal(size=(50, 8, 8)).astype("f4")
check({
    "history.npy": save(history(100)),
    "evaluations.npy": save(np.array([[50, 0.4, 0.01], [100, 0.5, np.inf]])),
    "run.jsonl": write("".join(log_line(i) for i in range(7)) + '{"step":7,"lo'),
    "history_b.jsonl": write("".join(log_line(i, evaluation_ess=0.5, evaluation_ess_error=None) for i in range(9))),
    "checkpoint.safetensors": write(checkpoint(6)),  # of the same training
    "two_point.npy": save(np.abs(history(8)[:, :5]) + 0.1),
    "correlator_pi.npy": save(history(8)[:, :3]),
    "phi.npy": save(fields),
    "links.npy": save(fields.reshape(25, 2, 8, 8)),
    "run.npy": save(fields[:1]),
    "result.json": write("{}"),
}, ("history.png", "run.png", "run.npy.png", "history_b.png", "two_point.png", "correlator_pi.png",
    "phi.png", "links.png"))
check({"a.safetensors": write(checkpoint(30)), "p.safetensors": write((2).to_bytes(8, "little") + b"{}")},
      ("a.png",), "p.safetensors: it is no checkpoint")
check({
    "history.npy": save(history(1)), "history_0.npy": save(history(0)), "curve.npy": save(history(3)),
    "broken.npy": write("x"), "broken.jsonl": write("{\n"), "other.jsonl": write('{"a":1}\n'),
    "correlator.npy": save(history(3)),
}, ("history.png",), "history_0.npy: there is no step in it", "curve.npy: [3, 7] is of no kind",
    "No picture of", "other.jsonl: it is no log", "correlator.npy: it is [3, 7]")
check({}, (), "holds nothing that can be drawn, such as history*.npy, *.jsonl, two_point.npy")
assert plot("/none") == "No pictures: there is no folder /none.\n"
print("each file has its picture or its sentence")
