# SPDX-License-Identifier: BSD-3-Clause
"""The Schwinger model's reference flow and dense determinant in PyTorch: the peer that `lanes` is measured against.

    S     = -beta sum_x cos P(x) - 2 ln|det D|, D the Wilson operator with two spins a site as a dense matrix
    model = 48 gauge couplings, 2x1 masks and loops, network 6 -> 64 -> 64 -> 25 (3x3, dilations 1, 2, 3, circular,
            LeakyReLU(0.01)), circular spline of 9 knots (gauge_torch.py), uniform prior
    RT    = reparameterization: backward through z -> x -> log q + S
    RE    = REINFORCE (2202.01314): sample without grad, inverse pass with grad, leave-one-out baseline
    PG    = path gradient (2207.08219): sample without grad, d log q/dx by an inverse pass, forward with grad

Modes: `step` prints a JSON line (time of a training step, peak memory), `determinant` the time of ln|det D| and of it
with its gradient, `parity` reproduces ln det and S of reference links in float64.
--build blocks writes D block by block, as published codes do; autograd undoes every write. scatter writes it at once.
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
    p.add_argument("--mode", choices=["step", "determinant", "parity"], default="step")
    p.add_argument("--lattice", type=int, default=8, metavar="L")
    p.add_argument("--batch", type=int, default=32)
    p.add_argument("--estimator", choices=["RT", "RE", "PG"], default="RT")
    p.add_argument("--beta", type=float, default=2.0)
    p.add_argument("--kappa", type=float, default=0.276)
    p.add_argument("--build", choices=["scatter", "blocks"], default="scatter")
    p.add_argument("--layers", type=int, default=48)
    p.add_argument("--hidden", type=int, nargs="+", default=[64, 64])
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--layout", choices=["channels_last", "contiguous"], default="channels_last")
    p.add_argument("--allocator", choices=["tuned", "default"], default="tuned")
    p.add_argument("--repeat", type=int, default=5)
    p.add_argument("--warmup", type=int, default=1)
    p.add_argument("--lr", type=float, default=1e-4)
    p.add_argument("--seed", type=int, default=7)
    p.add_argument("--reference", metavar="JSON", help="mode parity: parity_schwinger.json")
    return p.parse_args()


args = parse()
if args.allocator == "tuned" and any(os.environ.get(k) != v for k, v in ALLOCATOR.items()):
    os.environ.update(ALLOCATOR, OMP_NUM_THREADS=str(args.threads))
    os.execv(sys.executable, [sys.executable, *sys.argv])

import torch  # noqa: E402  (the allocator's settings come first)

from gauge_torch import TWO_PI, GaugeFlow, Trainer, action as gauge_action  # noqa: E402


class Wilson:
    """ln|det D| of links [batch, 2, L0, L1], direction 0 antiperiodic."""

    def __init__(self, extents, kappa, complex_type):
        self.kappa, self.type = kappa, complex_type
        sites = torch.arange(math.prod(extents)).view(*extents)
        self.size = 2 * sites.numel()
        self.ahead = [torch.roll(sites, -1, mu).flatten() for mu in (0, 1)]
        edge = torch.zeros(extents, dtype=torch.bool)
        edge[-1] = True
        self.sign = [torch.where(edge.flatten(), -1.0, 1.0), torch.ones(sites.numel())]
        one = torch.eye(2, dtype=complex_type)
        sigma = [torch.tensor([[0, 1], [1, 0]], dtype=complex_type),
                 torch.tensor([[0, -1j], [1j, 0]], dtype=complex_type)]
        self.up, self.down = [one + s for s in sigma], [one - s for s in sigma]

    def hops(self, links):
        """Rows, columns and values of every hop's 2 x 2 block."""
        here = torch.arange(self.size // 2)
        u = torch.exp(1j * links.flatten(2)).to(self.type)
        for mu in (0, 1):
            hop = -self.kappa * self.sign[mu].to(self.type) * u[:, mu]
            yield self.ahead[mu], here, hop.conj()[:, :, None, None] * self.up[mu]
            yield here, self.ahead[mu], hop[:, :, None, None] * self.down[mu]

    def matrix(self, links):
        d = torch.eye(self.size, dtype=self.type).repeat(len(links), 1, 1)
        if args.build == "blocks":
            for rows, columns, values in self.hops(links):
                for x, (r, c) in enumerate(zip(rows.tolist(), columns.tolist())):
                    d[:, 2 * r : 2 * r + 2, 2 * c : 2 * c + 2] += values[:, x]
            return d
        spin = torch.arange(2)
        flat = d.view(len(links), -1)
        for rows, columns, values in self.hops(links):
            at = (2 * rows[:, None, None] + spin[:, None]) * self.size + 2 * columns[:, None, None] + spin
            flat = flat.index_add(1, at.flatten(), values.flatten(1))
        return flat.view_as(d)

    def log_det(self, links):
        return torch.linalg.slogdet(self.matrix(links))[1]


def action(links, wilson):
    return gauge_action(links, args.beta) - 2 * wilson.log_det(links)


def trainer_of_schwinger():
    extents = (args.lattice, args.lattice)
    torch.manual_seed(args.seed)
    wilson = Wilson(extents, args.kappa, torch.complex64)
    flow = GaugeFlow("2x1", extents, args.layers, args.hidden, 9, [1, 2, 3])
    return Trainer(flow, lambda x: action(x, wilson), args)


def report(record):
    print(json.dumps(record | {"peer": f"torch {torch.__version__}", "threads": torch.get_num_threads(),
                               "build": args.build, "layout": args.layout, "allocator": args.allocator}), flush=True)


def timed(f):
    """Milliseconds of f, wall clock and processor, over the repeats."""
    for _ in range(args.warmup):
        f()
    seconds, cpu = [], []
    for _ in range(args.repeat):
        start, cpu_start = time.perf_counter(), time.process_time()
        f()
        seconds.append(1e3 * (time.perf_counter() - start))
        cpu.append(1e3 * (time.process_time() - cpu_start))
    return {"ms_min": min(seconds), "ms_median": statistics.median(seconds), "cpu_ms_min": min(cpu)}


def step():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    trainer = trainer_of_schwinger()
    times = {"step_" + k: v for k, v in timed(trainer.step).items()}
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 2**10
    report({"mode": "step", "estimator": args.estimator, "lattice": args.lattice, "batch": args.batch,
            "cpu_ms_min": times["step_cpu_ms_min"], "peak_MiB": peak, "repeat": args.repeat,
            "parameters": sum(p.numel() for p in trainer.flow.parameters())} | times)


def determinant():
    wilson = Wilson((args.lattice, args.lattice), args.kappa, torch.complex64)
    links = TWO_PI * torch.rand(args.batch, 2, args.lattice, args.lattice)
    with torch.no_grad():
        matrix = wilson.matrix(links)
        log_det = timed(lambda: torch.linalg.slogdet(matrix))
    leaf = matrix.clone().requires_grad_()

    def adjoint():
        leaf.grad = None
        torch.linalg.slogdet(leaf)[1].sum().backward()

    def gradient():
        x = links.clone().requires_grad_()
        wilson.log_det(x).sum().backward()

    report({"mode": "determinant", "lattice": args.lattice, "batch": args.batch, "log_det": log_det,
            "log_det_and_adjoint": timed(adjoint), "links_to_gradient": timed(gradient)})


def parity():
    with open(args.reference) as file:
        r = json.load(file)
    links = torch.tensor(r["x"]).view(-1, 2, *r["lattice"])
    log_det = Wilson(r["lattice"], r["kappa"], torch.complex128).log_det(links)
    errors = {"logdet": float((log_det - torch.tensor(r["logdet"])).abs().max()),
              "action": float((gauge_action(links, r["beta"]) - torch.tensor(r["action"])).abs().max())}
    agrees = max(errors.values()) < 1e-9
    report({"mode": "parity", "errors": errors, "agrees": agrees})
    sys.exit(not agrees)


def check_threads():
    """Some builds of PyTorch with MKL factorise wrongly on several threads."""
    m = torch.randn(1, 1152, 1152, dtype=torch.complex128)
    torch.set_num_threads(1)
    one = torch.linalg.slogdet(m)[1]
    torch.set_num_threads(args.threads)
    if (torch.linalg.slogdet(m)[1] - one).abs() > 1e-6:
        sys.exit("schwinger_torch.py: this PyTorch's LU is wrong on several threads; run it with --threads 1")


def main():
    torch.set_default_dtype(torch.float64 if args.mode == "parity" else torch.float32)
    torch.set_num_threads(args.threads)
    if args.threads > 1:
        check_threads()
    torch.set_flush_denormal(True)
    {"step": step, "determinant": determinant, "parity": parity}[args.mode]()


if __name__ == "__main__":
    main()
