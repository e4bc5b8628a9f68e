# SPDX-License-Identifier: BSD-3-Clause
"""The reference U(1) flow in PyTorch: the peer that `lanes` is measured against.

    S     = -beta sum_x cos P(x)
    model = 16 gauge couplings, stripe masks, network 2 -> 32 -> 32 -> 25 (3x3, circular, LeakyReLU(0.01)),
            circular spline of 9 knots (gauge_torch.py), uniform prior
    RT    = reparameterization: backward through z -> x -> log q + S
    RE    = REINFORCE (2202.01314): sample without grad, inverse pass with grad, leave-one-out baseline
    PG    = path gradient (2207.08219): sample without grad, d log q/dx by an inverse pass, forward with grad

Modes: `step` prints a JSON line (time of a training step, peak memory); `parity` reproduces reference numbers of
the same kind of model in float64; `write` makes such a file for any other lattice, masks, layers, channels and knots:

    u1_torch.py --mode write --extents 12 4 --layers 5 --hidden 6 --knots 5 --output parity_u1_other.json
"""

import argparse
import json
import math
import os
import resource
import statistics
import sys
import time

# glibc gives every large tensor back to the kernel and faults it in again; the peer keeps its pages.
ALLOCATOR = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(1 << 40), "MALLOC_TOP_PAD_": str(64 << 20)}


def parse():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--mode", choices=["step", "parity", "write"], default="step")
    p.add_argument("--lattice", type=int, default=8, metavar="L")
    p.add_argument("--extents", type=int, nargs=2, metavar=("L0", "L1"), help="instead of --lattice")
    p.add_argument("--batch", type=int, default=256)
    p.add_argument("--estimator", choices=["RT", "RE", "PG"], default="RT")
    p.add_argument("--beta", type=float, default=2.0)
    p.add_argument("--masks", choices=["u1", "2x1"], default="u1")
    p.add_argument("--layers", type=int, default=16)
    p.add_argument("--hidden", type=int, nargs="+", default=[32, 32])
    p.add_argument("--dilations", type=int, nargs="+", help="one for each convolution; default 1")
    p.add_argument("--knots", type=int, default=9)
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--layout", choices=["channels_last", "contiguous"], default="contiguous")
    p.add_argument("--allocator", choices=["tuned", "default"], default="tuned")
    p.add_argument("--repeat", type=int, default=20)
    p.add_argument("--warmup", type=int, default=3)
    p.add_argument("--lr", type=float, default=1e-3)
    p.add_argument("--seed", type=int, default=7)
    p.add_argument("--reference", metavar="JSON", help="mode parity")
    p.add_argument("--output", metavar="JSON", help="mode write")
    return p.parse_args()


args = parse()
if args.allocator == "tuned" and any(os.environ.get(k) != v for k, v in ALLOCATOR.items()):
    os.environ.update(ALLOCATOR, OMP_NUM_THREADS=str(args.threads))
    os.execv(sys.executable, [sys.executable, *sys.argv])

import torch  # noqa: E402  (the allocator's settings come first)
from torch import nn  # noqa: E402

from gauge_torch import TWO_PI, GaugeFlow, Trainer, action  # noqa: E402


def trainer_of_u1():
    extents = args.extents or (args.lattice, args.lattice)
    torch.manual_seed(args.seed)
    flow = GaugeFlow(args.masks, extents, args.layers, args.hidden, args.knots, args.dilations)
    return Trainer(flow, lambda x: action(x, args.beta), args)


def report(record):
    print(json.dumps(record | {"peer": f"torch {torch.__version__}", "threads": torch.get_num_threads(),
                               "layout": args.layout, "allocator": args.allocator}), flush=True)


def step():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    trainer = trainer_of_u1()
    for _ in range(args.warmup):
        trainer.step()
    seconds, cpu_seconds = [], []
    for _ in range(args.repeat):
        start, cpu_start = time.perf_counter(), time.process_time()
        trainer.step()
        seconds.append(time.perf_counter() - start)
        cpu_seconds.append(time.process_time() - cpu_start)
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 2**10
    report({"mode": "step", "estimator": args.estimator, "lattice": args.lattice, "batch": args.batch,
            "step_ms_min": 1e3 * min(seconds), "step_ms_median": 1e3 * statistics.median(seconds),
            "cpu_ms_min": 1e3 * min(cpu_seconds), "peak_MiB": peak, "repeat": args.repeat,
            "parameters": sum(p.numel() for p in trainer.flow.parameters())})


def numbers(masks, extents, layers, hidden, knots, dilations, beta, lanes=3):
    """What a parity file holds, of a flow whose parameters and base links follow the formulas in it."""
    flow = GaugeFlow(masks, extents, layers, hidden, knots, dilations)
    count = sum(p.numel() for p in flow.parameters())
    nn.utils.vector_to_parameters(0.1 * torch.sin(0.7 * torch.arange(count) + 0.3), flow.parameters())
    i, b = torch.arange(2.0 * math.prod(extents)), torch.arange(float(lanes))[:, None]
    z = torch.fmod(0.777 * i * i + 0.9 * i + 0.31 * b * i + 0.2, TWO_PI).view(lanes, 2, *extents)
    with torch.no_grad():
        x, log_q = flow(z)
        back, again = flow.inverse(x)
    off = torch.remainder(back - z + math.pi, TWO_PI) - math.pi
    return {"parameters": count, "x": x.flatten(1), "log_q_minus_log_r": log_q - flow.log_base,
            "action": action(x, beta)}, float(max(off.abs().max(), (again - log_q).abs().max()))


def parity():
    with open(args.reference) as file:
        r = json.load(file)
    dilations = r["dilation"] if isinstance(r["dilation"], list) else None
    got, round_trip = numbers(r["masking"], r["lattice"], r["layers"], r["hidden"], r["knots"], dilations, r["beta"])
    off = torch.remainder(got["x"] - torch.tensor(r["x"]) + math.pi, TWO_PI) - math.pi
    errors = {"x": float(off.abs().max()), "round trip": round_trip,
              "parameters": abs(got["parameters"] - r["parameters"])}
    for key in ("log_q_minus_log_r", "action"):
        errors[key] = float((got[key] - torch.tensor(r[key])).abs().max())
    agrees = max(errors.values()) < 1e-9
    report({"mode": "parity", "errors": errors, "agrees": agrees})
    sys.exit(not agrees)


def write():
    extents = args.extents or (args.lattice, args.lattice)
    got, _ = numbers(args.masks, extents, args.layers, args.hidden, args.knots, args.dilations, args.beta)
    record = {"model": "u1 circular spline", "lattice": list(extents), "masking": args.masks, "layers": args.layers,
              "hidden": args.hidden, "kernel": 3, "dilation": args.dilations or 1, "knots": args.knots,
              "weights": "p[j] = 0.1*sin(0.7*j + 0.3), j over all parameters in external order",
              "z": "z[b][i] = fmod(0.777*i*i + 0.9*i + 0.31*b*i + 0.2, 2 pi), i = (mu*L0 + x0)*L1 + x1",
              "beta": args.beta}
    record |= {k: v.tolist() if isinstance(v, torch.Tensor) else v for k, v in got.items()}
    with open(args.output, "w") as file:
        json.dump(record, file)
        file.write("\n")


def main():
    torch.set_default_dtype(torch.float32 if args.mode == "step" else torch.float64)
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)
    {"step": step, "parity": parity, "write": write}[args.mode]()


if __name__ == "__main__":
    main()
