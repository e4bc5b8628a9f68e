# SPDX-License-Identifier: BSD-3-Clause
"""A hierarchical autoregressive network in plain PyTorch: the peer of Hierarchical.

    Bialas, Korcyl, Stebel 2203.10989: two rows and two columns by a masked network of 4 L - 4 spins, then, level
    by level, the cross inside every square given the spins around it, the same network for all squares of a
    level, then the single spins by heat bath. Two masked dense layers, PReLU, sigmoid. Each network is
    evaluated whole once per spin that it draws, as published, for all squares and configurations at once.

Prints one JSON line: seconds of a batch of draws with ln q, the least of --repeat; torch.no_grad, float32.
"""

import argparse
import json
import time

import torch


class Conditional(torch.nn.Module):
    """Input [n, border + spins]; unit j of either layer sees the border and earlier spins."""

    def __init__(self, border, spins):
        super().__init__()
        n = border + spins
        order = torch.cat([torch.full((border,), -1), torch.arange(spins)])
        self.border, self.spins = border, spins
        self.first, self.second = torch.nn.Linear(n, n), torch.nn.Linear(n, spins)
        self.act = torch.nn.PReLU(n, init=0.5)
        strict = (order[None, :] < order[:, None]) | ((order[None, :] < 0) & (order[:, None] < 0))
        with torch.no_grad():
            self.first.weight *= strict
            self.second.weight *= order[None, :] <= torch.arange(spins)[:, None]

    def forward(self, s):
        return torch.sigmoid(self.second(self.act(self.first(s))))

    def draw(self, border):
        s = torch.cat([border, torch.zeros(border.shape[0], self.spins)], 1)
        for i in range(self.spins):
            s[:, self.border + i] = torch.bernoulli(self(s)[:, i]) * 2 - 1
        p, cross = self(s), s[:, self.border:]
        return cross, torch.log(torch.where(cross > 0, p, 1 - p)).sum(1)


def skeleton(L):
    half = L // 2
    lines = [x for x in range(L) if x not in (0, half)]
    return torch.tensor([r * L + c for r in (0, half) for c in range(L)]
                        + [r * L + c for c in (0, half) for r in lines])


def squares(L, D):
    """Sites [squares, border] and [squares, cross] between lines D apart."""
    border, cross = [], []
    k = range(1, D)
    for x in range(0, L, D):
        for y in range(0, L, D):
            X, Y = (x + D) % L, (y + D) % L
            border.append([x * L + y + i for i in k] + [X * L + y + i for i in k]
                          + [(x + i) * L + y for i in k] + [(x + i) * L + Y for i in k])
            cross.append([(x + D // 2) * L + y + i for i in k]
                         + [(x + i) * L + y + D // 2 for i in k if i != D // 2])
    return torch.tensor(border), torch.tensor(cross)


class Han:
    def __init__(self, L, beta):
        self.L, self.beta, self.top = L, beta, skeleton(L)
        self.first = Conditional(0, 4 * L - 4)
        self.levels = []
        D = L // 2
        while D >= 4:
            border, cross = squares(L, D)
            self.levels.append((border, cross, Conditional(border.shape[1], cross.shape[1])))
            D //= 2

    def draw(self, batch):
        L = self.L
        s = torch.zeros(batch, L * L)
        s[:, self.top], log_q = self.first.draw(torch.zeros(batch, 0))
        for border, cross, net in self.levels:
            drawn, q = net.draw(s[:, border].reshape(batch * len(border), -1))
            s[:, cross.reshape(-1)] = drawn.reshape(batch, -1)
            log_q += q.reshape(batch, -1).sum(1)
        f = s.reshape(batch, L, L)
        around = sum(f.roll(d, m) for d in (1, -1) for m in (1, 2))[:, 1::2, 1::2]
        p = torch.sigmoid(2 * self.beta * around)
        last = torch.bernoulli(p) * 2 - 1
        f[:, 1::2, 1::2] = last
        return f, log_q + torch.log(torch.where(last > 0, p, 1 - p)).sum((1, 2))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--lattice", type=int, default=64)
    p.add_argument("--batch", type=int, default=128)
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--repeat", type=int, default=3)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(7)
    han = Han(a.lattice, 0.44)
    seconds = []
    with torch.no_grad():
        for _ in range(a.repeat):
            start = time.perf_counter()
            s, log_q = han.draw(a.batch)
            seconds.append(time.perf_counter() - start)
    assert bool((s.abs() == 1).all()) and bool(torch.isfinite(log_q).all())
    print(json.dumps({"peer": f"PyTorch {torch.__version__}", "model": "HAN", "lattice": a.lattice, "batch": a.batch,
                      "threads": a.threads, "seconds": min(seconds)}))


if __name__ == "__main__":
    main()
