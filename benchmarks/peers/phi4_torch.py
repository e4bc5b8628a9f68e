# SPDX-License-Identifier: BSD-3-Clause
"""The reference phi^4 flow in PyTorch: the peer that `lanes` is measured against.

    S(x)  = sum_x [ -2 sum_mu phi(x) phi(x+mu) + (2D + m2) phi^2 + lambda phi^4 ],  D = 2, periodic
    model = 16 affine coupling layers on a checkerboard, network 1 -> 16 -> 16 -> 16 -> 2 (3x3, circular,
            LeakyReLU(0.01), tanh at the end), prior N(0, 1) a site
    RT    = reparameterization: backward through z -> x -> log q + S
    RE    = REINFORCE (2202.01314): sample without grad, inverse pass with grad, leave-one-out baseline
    PG    = path gradient (2207.08219): sample without grad, d log q/dx by an inverse pass, forward with grad

Modes: `step` prints one JSON line a case (time of a training step, peak memory), `train` prints a curve
and the ESS of fresh samples, `parity` reproduces reference numbers of the same model in float64.
Shapes: fields [batch, L, L], log q and S [batch].
"""

import argparse
import json
import math
import os
import resource
import statistics
import subprocess
import sys
import time

# glibc gives every large tensor back to the kernel and faults it in again; the peer keeps its pages.
# The process starts itself again with these (a threshold above 32 MiB is not honoured, so no mmap at all).
ALLOCATOR = {
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": str(1 << 40),
    "MALLOC_TOP_PAD_": str(64 << 20),
}


def parse():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--mode", choices=["step", "train", "parity"], default="step")
    p.add_argument("--lattice", type=int, nargs="+", default=[8], metavar="L")
    p.add_argument("--batch", type=int, nargs="+", default=[256])
    p.add_argument("--estimator", choices=["RT", "RE", "PG"], nargs="+", default=["RT", "RE", "PG"])
    p.add_argument("--m2", type=float, default=-4.0)
    p.add_argument("--lam", type=float, default=6.008)
    p.add_argument("--layers", type=int, default=16)
    p.add_argument("--hidden", type=int, nargs="+", default=[16, 16, 16])
    p.add_argument("--zero-last", action="store_true", help="start at the identity: last convolutions zero")
    p.add_argument("--dtype", choices=["float32", "float64"], default="float32")
    p.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--compile", choices=["none", "torch.compile", "cudagraphs"], default="none")
    p.add_argument("--layout", choices=["auto", "channels_last", "contiguous"], default="auto",
                   help="auto: what is fastest on a CPU, contiguous up to L = 8, then channels_last")
    p.add_argument("--pad", choices=["custom", "native", "cat", "once"], default="custom",
                   help="periodic wrap: CircularPad, F.pad, torch.cat, or one wide F.pad a network")
    p.add_argument("--allocator", choices=["tuned", "default"], default="tuned")
    p.add_argument("--repeat", type=int, default=20, help="timed steps (mode step)")
    p.add_argument("--warmup", type=int, default=4)
    p.add_argument("--lr", type=float, default=1e-3)
    p.add_argument("--seed", type=int, default=7)
    p.add_argument("--steps", type=int, default=None, help="mode train: stop after so many steps")
    p.add_argument("--seconds", type=float, default=None, help="mode train: stop after so much time")
    p.add_argument("--every", type=float, default=5.0, help="mode train: seconds between lines")
    p.add_argument("--samples", type=int, default=16384, help="mode train: samples of the final ESS")
    p.add_argument("--curve", metavar="NPY", help="mode train: rows of seconds, step, loss, ESS")
    p.add_argument("--reference", metavar="JSON", help="mode parity: parity_phi4.json")
    p.add_argument("--json", metavar="FILE", help="append the JSON lines to a file as well")
    return p.parse_args()


args = parse()
untuned = any(os.environ.get(k) != v for k, v in ALLOCATOR.items())
if args.device == "cpu" and args.allocator == "tuned" and untuned:
    os.environ.update(ALLOCATOR, OMP_NUM_THREADS=str(args.threads))
    os.execv(sys.executable, [sys.executable, *sys.argv])

import torch  # noqa: E402  (the allocator's settings come first)
from torch import nn  # noqa: E402
import torch.nn.functional as F  # noqa: E402


class CircularPad(torch.autograd.Function):
    """One site all round. The adjoint adds the rim back; autograd's own would make a full copy a slice."""

    @staticmethod
    def forward(ctx, x):
        x = torch.cat((x[..., -1:], x, x[..., :1]), dim=-1)
        return torch.cat((x[..., -1:, :], x, x[..., :1, :]), dim=-2)

    @staticmethod
    def backward(ctx, g):
        inner = g[..., 1:-1].clone()
        inner[..., -1] += g[..., 0]
        inner[..., 0] += g[..., -1]
        out = inner[..., 1:-1, :].clone()
        out[..., -1, :] += inner[..., 0, :]
        out[..., 0, :] += inner[..., -1, :]
        return out


class Wrap(nn.Conv2d):
    """A convolution with periodic boundaries."""

    def forward(self, x):
        if args.pad == "native":
            x = F.pad(x, (1, 1, 1, 1), mode="circular")
        elif args.pad == "cat":
            x = torch.cat((x[..., -1:], x, x[..., :1]), dim=-1)
            x = torch.cat((x[..., -1:, :], x, x[..., :1, :]), dim=-2)
        elif args.pad == "custom":
            x = CircularPad.apply(x)
        return F.conv2d(x, self.weight, self.bias)


def network(hidden):
    channels = [1, *hidden, 2]
    stack = []
    for a, b in zip(channels, channels[1:]):
        stack += [Wrap(a, b, 3), nn.LeakyReLU(0.01, inplace=True)]
    return nn.Sequential(*stack[:-1], nn.Tanh())


class Coupling(nn.Module):
    """active -> active exp(s) + t, with (s, t) = network(frozen)."""

    def __init__(self, lattice, parity, hidden):
        super().__init__()
        i = torch.arange(lattice)
        self.register_buffer("active", ((i[:, None] + i) % 2 == parity).to(torch.get_default_dtype()))
        self.register_buffer("frozen", 1 - self.active)
        self.network = network(hidden)
        self.reach = len(hidden) + 1

    def scale_shift(self, x):
        frozen = (x * self.frozen).unsqueeze(1)
        if args.pad == "once":
            frozen = F.pad(frozen, (self.reach,) * 4, mode="circular")
        s, t = (self.network(frozen) * self.active).unbind(1)
        return s, t

    def forward(self, x):
        s, t = self.scale_shift(x)
        return x * s.exp() + t, s.sum((1, 2))

    def inverse(self, x):
        s, t = self.scale_shift(x)
        return (x - t) * (-s).exp(), -s.sum((1, 2))


def log_prior(z):
    return -0.5 * (z * z).sum((1, 2)) - 0.5 * math.log(2 * math.pi) * z[0].numel()


class Flow(nn.Module):
    def __init__(self, lattice, layers, hidden):
        super().__init__()
        self.layers = nn.ModuleList(Coupling(lattice, i % 2, hidden) for i in range(layers))

    def forward(self, z):
        """Returns x and log q(x)."""
        x, log_q = z, log_prior(z)
        for layer in self.layers:
            x, log_det = layer(x)
            log_q = log_q - log_det
        return x, log_q

    def log_prob(self, x):
        z, log_det = x, 0
        for layer in reversed(self.layers):
            z, d = layer.inverse(z)
            log_det = log_det + d
        return log_prior(z) + log_det


def action(x, m2, lam):
    hop = x * (torch.roll(x, -1, 1) + torch.roll(x, -1, 2))
    return ((4 + m2) * x**2 + lam * x**4 - 2 * hop).sum((1, 2))


class Trainer:
    def __init__(self, lattice, batch, estimator):
        torch.manual_seed(args.seed)
        self.shape = (batch, lattice, lattice)
        self.flow = Flow(lattice, args.layers, args.hidden)
        if args.zero_last:
            for layer in self.flow.layers:
                nn.init.zeros_(layer.network[-2].weight)
                nn.init.zeros_(layer.network[-2].bias)
        if args.layout == "auto":
            args.layout = "contiguous" if lattice <= 8 else "channels_last"
        layout = torch.channels_last if args.layout == "channels_last" else torch.contiguous_format
        self.flow.to(device=args.device, memory_format=layout)
        self.graph = None
        self.adam = self.optimizer()
        self.forward, self.log_prob, self.action = self.flow, self.flow.log_prob, self.theory
        if args.compile == "torch.compile":
            self.forward = torch.compile(self.forward, dynamic=False)
            self.log_prob = torch.compile(self.log_prob, dynamic=False)
            self.action = torch.compile(self.action, dynamic=False)
        self.gradient = {"RT": self.rt, "RE": self.re, "PG": self.pg}[estimator]

    def optimizer(self):
        fast = {"capturable": True} if args.compile == "cudagraphs" else {}
        return torch.optim.Adam(self.flow.parameters(), lr=args.lr, fused=True, **fast)

    def theory(self, x):
        return action(x, args.m2, args.lam)

    def prior(self):
        return torch.randn(self.shape, device=args.device)

    @torch.no_grad()
    def sample(self):
        """Returns log q + S, [batch]."""
        x, log_q = self.forward(self.prior())
        return log_q.double() + self.action(x).double()

    def rt(self):
        x, log_q = self.forward(self.prior())
        s = log_q + self.action(x)
        s.mean().backward()
        return s.detach()

    def re(self):
        with torch.no_grad():
            x, log_q = self.forward(self.prior())
            s = log_q + self.action(x)
            weight = (s - s.mean()) / (len(s) - 1)  # mean of (s - leave-one-out mean) / B
        (weight * self.log_prob(x)).sum().backward()
        return s

    def pg(self):
        z = self.prior()
        with torch.no_grad():
            x, log_q = self.forward(z)
        self.flow.requires_grad_(False)
        (force,) = torch.autograd.grad(self.log_prob(x.requires_grad_()).sum(), x)
        self.flow.requires_grad_(True)
        x, _ = self.forward(z)
        actions = self.action(x)
        ((actions.sum() + (force * x).sum()) / len(x)).backward()
        return log_q + actions.detach()

    def eager_step(self):
        self.adam.zero_grad(set_to_none=True)
        s = self.gradient()
        self.adam.step()
        return s

    def capture(self):
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                self.eager_step()
        torch.cuda.current_stream().wait_stream(side)
        self.adam.zero_grad(set_to_none=True)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            self.static_s = self.gradient()
            self.adam.step()

    def step(self):
        """One optimiser update; returns log q + S of its batch, [batch]."""
        if args.compile != "cudagraphs":
            return self.eager_step()
        if self.graph is None:
            self.capture()
        self.graph.replay()
        return self.static_s


def synchronize():
    if args.device == "cuda":
        torch.cuda.synchronize()


def ess(s):
    """(sum w)^2 / (N sum w^2) of log weights -s."""
    w = torch.softmax(-s.double(), 0)
    return float(1 / (len(w) * (w * w).sum()))


def device_name():
    return torch.cuda.get_device_name() if args.device == "cuda" else "cpu"


def report(record):
    common = {"peer": f"torch {torch.__version__}", "device": device_name(), "dtype": args.dtype,
              "threads": torch.get_num_threads(), "compile": args.compile, "layout": args.layout,
              "pad": args.pad, "allocator": args.allocator}
    line = json.dumps(record | common)
    print(line, flush=True)
    if args.json:
        with open(args.json, "a") as file:
            file.write(line + "\n")


def peak_mib(before):
    if args.device == "cuda":
        return torch.cuda.max_memory_allocated() / 2**20
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 2**10


def step(lattice, batch, estimator):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    trainer = Trainer(lattice, batch, estimator)
    start = time.perf_counter()
    for _ in range(args.warmup):
        trainer.step()
    synchronize()
    warm = time.perf_counter() - start
    seconds, cpu_seconds = [], []
    for _ in range(args.repeat):
        start, cpu_start = time.perf_counter(), time.process_time()
        trainer.step()
        synchronize()
        seconds.append(time.perf_counter() - start)
        cpu_seconds.append(time.process_time() - cpu_start)
    report({"mode": "step", "estimator": estimator, "lattice": lattice, "batch": batch,
            "step_ms_min": 1e3 * min(seconds), "step_ms_median": 1e3 * statistics.median(seconds),
            "cpu_ms_min": 1e3 * min(cpu_seconds), "repeat": args.repeat, "warmup_s": warm,
            "peak_MiB": peak_mib(before),
            "parameters": sum(p.numel() for p in trainer.flow.parameters())})


def train(lattice, batch, estimator):
    trainer = Trainer(lattice, batch, estimator)
    start_state = {k: v.clone() for k, v in trainer.flow.state_dict().items()}
    for _ in range(args.warmup):  # compilation is not training time: warm up, then start again
        trainer.step()
    trainer.flow.load_state_dict(start_state)
    for state in trainer.adam.state.values():
        for value in state.values():
            value.zero_()
    synchronize()
    curve, steps, start, shown = [], 0, time.perf_counter(), -math.inf
    while True:
        s = trainer.step()
        steps += 1
        synchronize()
        now = time.perf_counter() - start
        last = (args.steps and steps >= args.steps) or (args.seconds and now >= args.seconds)
        if last or now - shown >= args.every:
            shown = now
            curve.append((now, steps, float(s.mean()), ess(s)))
            print("%9.2f s  step %7d  loss %12.5f  ESS %.4f" % curve[-1], flush=True)
        if last:
            break
    s = torch.cat([trainer.sample() for _ in range(math.ceil(args.samples / batch))])
    report({"mode": "train", "estimator": estimator, "lattice": lattice, "batch": batch, "m2": args.m2,
            "lambda": args.lam, "lr": args.lr, "seconds": curve[-1][0], "steps": steps,
            "loss": float(s.mean()), "loss_error": float(s.std() / len(s) ** 0.5), "ess": ess(s),
            "samples": len(s)})
    if args.curve:
        import numpy
        numpy.save(args.curve, numpy.array(curve))


def parity():
    with open(args.reference) as file:
        reference = json.load(file)
    lattice = reference["lattice"][0]
    flow = Flow(lattice, reference["layers"], reference["hidden"])
    count = sum(p.numel() for p in flow.parameters())
    weights = 0.15 * torch.sin(0.7 * torch.arange(count) + 0.3)
    nn.utils.vector_to_parameters(weights, flow.parameters())
    want = torch.tensor(reference["x"])
    sites = torch.arange(lattice**2)
    z = torch.sin(1.3 * sites + 0.4 * torch.arange(len(want))[:, None] + 0.1).view(-1, lattice, lattice)
    with torch.no_grad():
        x, log_q = flow(z)
        back = flow.log_prob(x)
        # textbook field = sqrt(2) times ours, g = 6 lambda
        s = action(x / math.sqrt(2), reference["textbook_m2"], reference["textbook_g"] / 6)

    def error(a, b):
        b = torch.as_tensor(b)
        return float(((a - b).abs() / b.abs().clamp(min=1)).max())

    errors = {"x": error(x.flatten(1), want),
              "log_q_minus_log_r": error(log_q - log_prior(z), reference["log_q_minus_log_r"]),
              "log_q by inverse": error(back, log_q), "action": error(s, reference["action"]),
              "parameters": abs(count - reference["parameters"])}
    report({"mode": "parity", "errors": errors, "agrees": max(errors.values()) < 1e-10})
    sys.exit(not max(errors.values()) < 1e-10)


def main():
    if args.mode == "parity":
        args.dtype = "float64"
    torch.set_default_dtype(getattr(torch, args.dtype))
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)
    if args.mode == "parity":
        parity()
    cases = [(l, b, e) for l in args.lattice for b in args.batch for e in args.estimator]
    if len(cases) == 1:
        {"step": step, "train": train}[args.mode](*cases[0])
        return
    for l, b, e in cases:  # a process a case: the peak of one is not the start of the next
        one = ["--lattice", str(l), "--batch", str(b), "--estimator", e]
        subprocess.run([sys.executable, *sys.argv, *one], check=True)


if __name__ == "__main__":
    main()
