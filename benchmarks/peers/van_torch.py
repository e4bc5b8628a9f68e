# SPDX-License-Identifier: BSD-3-Clause
"""A variational autoregressive network in plain PyTorch: the peer of MaskedDense.

    q(s) = prod_i q(s_i | s_<i), masked dense layers V -> width V -> .. -> V with PReLU, sigmoid at the end
    (MADE; Wu, Wang, Zhang 1809.10606). Drawing evaluates the whole network once per spin, as published.

Prints one JSON line: seconds of a batch of draws with ln q, the least of --repeat; torch.no_grad, float32.
"""

import argparse
import json
import time

import torch


class MaskedLinear(torch.nn.Linear):
    """Output unit of position j sees inputs of positions < j (own: <= j)."""

    def __init__(self, positions, per_in, per_out, own):
        super().__init__(positions * per_in, positions * per_out)
        i = torch.arange(positions * per_in) // per_in
        o = torch.arange(positions * per_out) // per_out
        mask = i[None, :] <= o[:, None] if own else i[None, :] < o[:, None]
        with torch.no_grad():
            self.weight *= mask  # once: nothing is trained here


def network(positions, depth, width):
    layers = []
    for k in range(depth):
        layers.append(MaskedLinear(positions, 1 if k == 0 else width, 1 if k == depth - 1 else width, k > 0))
        if k < depth - 1:
            layers.append(torch.nn.PReLU(positions * width, init=0.5))
    return torch.nn.Sequential(*layers, torch.nn.Sigmoid())


def draw(net, batch, positions):
    s = torch.zeros(batch, positions)
    for i in range(positions):
        s[:, i] = torch.bernoulli(net(s)[:, i]) * 2 - 1
    p = net(s)
    return s, torch.log(torch.where(s > 0, p, 1 - p)).sum(1)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--lattice", type=int, default=16)
    p.add_argument("--depth", type=int, default=2)
    p.add_argument("--width", type=int, default=4)
    p.add_argument("--batch", type=int, default=1000)
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--repeat", type=int, default=3)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(7)
    volume = a.lattice**2
    net = network(volume, a.depth, a.width)
    seconds = []
    with torch.no_grad():
        for _ in range(a.repeat):
            start = time.perf_counter()
            draw(net, a.batch, volume)
            seconds.append(time.perf_counter() - start)
    print(json.dumps({"peer": f"PyTorch {torch.__version__}", "model": "VAN", "lattice": a.lattice, "batch": a.batch,
                      "threads": a.threads, "seconds": min(seconds)}))


if __name__ == "__main__":
    main()
