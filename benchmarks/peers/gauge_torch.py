# SPDX-License-Identifier: BSD-3-Clause
"""Gauge-equivariant couplings of U(1) links in PyTorch: what the peers of the gauge theories share.

    P(x) = theta_0(x) + theta_1(x + 0) - theta_0(x + 1) - theta_1(x)
    an active plaquette P -> spline(P; network(frozen loops)) + t, and its link follows (2003.06413, 2101.08176)

Masks "u1" (stripes) or "2x1" (the Schwinger model's, whose networks see 2 x 1 loops as well).
Shapes: links [batch, 2, L0, L1], log q [batch].
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

TWO_PI = 2 * math.pi


def ahead(x, direction, steps=1):
    """x at the site `steps` further along a direction; the last two axes are the lattice."""
    return torch.roll(x, -steps, direction - 2)


def plaquette(links):
    a, b = links[:, 0], links[:, 1]
    return a + ahead(b, 0) - ahead(a, 1) - b


def rectangle(links, a):
    """The 2 x 1 loop that is long in direction a."""
    b = 1 - a
    long, short = links[:, a], links[:, b]
    return (long + ahead(long, a) + ahead(short, a, 2) - ahead(ahead(long, a), b) - ahead(long, b) - short)


def wrap(x):
    return torch.remainder(x, TWO_PI)


def action(links, beta):
    return -beta * torch.cos(plaquette(links)).sum((1, 2))


def masks(kind, extents, layer):
    """Direction of the active links, active and frozen plaquettes."""
    x = torch.meshgrid(*(torch.arange(e) for e in extents), indexing="ij")
    if kind == "u1":
        mu, off = layer % 2, layer // 2 % 4
        k = (x[1 - mu] - off) % 4
        return mu, k == 0, (k == 1) | (k == 2)
    mu, off = layer // 4 % 2, layer % 4
    active = (x[mu] - off - 2 * (x[1 - mu] % 2)) % 4 == 0
    return mu, active, (x[mu] - off - 1) % 2 == 0


def softmax_bins(p, floor):
    """Sizes of the bins of a circle and their edges, [.., bins] and [.., bins + 1]."""
    sizes = TWO_PI * (floor + (1 - p.shape[-1] * floor) * torch.softmax(p, -1))
    return sizes, F.pad(torch.cumsum(sizes, -1), (1, 0))


def circular_spline(x, p, inverse):
    """x [N], p [N, 3 bins + 1]: widths, heights, slopes, shift. Returns y and ln|dy/dx| of either direction."""
    floor = 1e-12 if p.dtype == torch.float64 else 1e-6
    bins = (p.shape[-1] - 1) // 3
    widths, x_edges = softmax_bins(p[:, :bins], floor)
    heights, y_edges = softmax_bins(p[:, bins : 2 * bins], floor)
    slopes = F.softplus(p[:, 2 * bins : 3 * bins]) + floor
    slopes = torch.cat((slopes[:, -1:], slopes), -1)
    if inverse:
        x = wrap(x - p[:, -1])
    edges = (y_edges if inverse else x_edges)[:, 1:-1].contiguous()
    at = torch.searchsorted(edges.detach(), x.detach()[:, None], right=True)
    w, h, x0, y0 = (t.gather(-1, at)[:, 0] for t in (widths, heights, x_edges, y_edges))
    d0, d1 = slopes.gather(-1, at)[:, 0], slopes.gather(-1, at + 1)[:, 0]
    s = h / w
    if inverse:
        u = ((x - y0) / h).clamp(0, 1)
        b = d0 - u * (d0 + d1 - 2 * s)
        root = torch.sqrt(torch.clamp(b * b + 4 * (s - b) * u * s, min=1e-30))
        xi = (2 * u * s / (b + root)).clamp(0, 1)
    else:
        xi = ((x - x0) / w).clamp(0, 1)
    both = xi * (1 - xi)
    d = s + (d0 + d1 - 2 * s) * both
    log_slope = torch.log(s * s * (d1 * xi * xi + 2 * s * both + d0 * (1 - xi) ** 2) / (d * d))
    if inverse:
        return wrap(x0 + xi * w), -log_slope
    return wrap(y0 + h * (s * xi * xi + d0 * both) / d + p[:, -1]), log_slope


class Wrap(nn.Conv2d):
    """A convolution with periodic boundaries."""

    def forward(self, x):
        pad = self.dilation[0] * (self.kernel_size[0] // 2)
        return F.conv2d(F.pad(x, (pad,) * 4, mode="circular"), self.weight, self.bias, dilation=self.dilation)


def network(channels, dilations):
    stack = []
    for a, b, dilation in zip(channels, channels[1:], dilations):
        stack += [Wrap(a, b, 3, dilation=dilation), nn.LeakyReLU(0.01, inplace=True)]
    return nn.Sequential(*stack[:-1])


class GaugeCoupling(nn.Module):
    def __init__(self, kind, extents, layer, hidden, knots, dilations):
        super().__init__()
        self.mu, active, frozen = masks(kind, extents, layer)
        self.loops = kind != "u1"
        self.register_buffer("frozen", frozen.to(torch.get_default_dtype()))
        self.register_buffer("active", active.flatten().nonzero()[:, 0])
        self.network = network([6 if self.loops else 2, *hidden, 3 * (knots - 1) + 1], dilations)

    def shown(self, links):
        p = plaquette(links) * self.frozen
        if not self.loops:
            return torch.stack((torch.cos(p), torch.sin(p)), 1)
        nu = 1 - self.mu
        r = rectangle(links, nu) * self.frozen
        r = [r if a == nu else torch.zeros_like(r) for a in (0, 1)]
        return torch.stack((torch.cos(p), torch.sin(p), *map(torch.cos, r), *map(torch.sin, r)), 1)

    def forward(self, links, inverse=False):
        """Links after the layer (or before it) and ln|det|."""
        p = self.network(self.shown(links)).flatten(2)[:, :, self.active]
        before = wrap(plaquette(links).flatten(1)[:, self.active])
        after, log_slope = circular_spline(before.flatten(), p.transpose(1, 2).flatten(0, 1), inverse)
        move = after.view_as(before) - before
        flat = links.flatten(2)
        link = wrap(flat[:, self.mu, self.active] + (move if self.mu == 0 else -move))
        moved = flat[:, self.mu].index_copy(1, self.active, link)
        planes = (moved, flat[:, 1]) if self.mu == 0 else (flat[:, 0], moved)
        return torch.stack(planes, 1).view_as(links), log_slope.view_as(before).sum(1)


class GaugeFlow(nn.Module):
    def __init__(self, kind, extents, layers, hidden, knots, dilations=None):
        super().__init__()
        dilations = dilations or [1] * (len(hidden) + 1)
        self.extents = tuple(extents)
        self.layers = nn.ModuleList(
            GaugeCoupling(kind, extents, i, hidden, knots, dilations) for i in range(layers))
        self.log_base = -2 * math.prod(extents) * math.log(TWO_PI)

    def prior(self, batch):
        return TWO_PI * torch.rand(batch, 2, *self.extents)

    def forward(self, z):
        """Links x and log q(x), with respect to d theta."""
        x, log_q = z, self.log_base
        for layer in self.layers:
            x, log_det = layer(x)
            log_q = log_q - log_det
        return x, log_q

    def inverse(self, x):
        """Base links and log q(x)."""
        z, log_q = x, self.log_base
        for layer in reversed(self.layers):
            z, log_det = layer(z, inverse=True)
            log_q = log_q + log_det
        return z, log_q

    def log_prob(self, x):
        return self.inverse(x)[1]


class Trainer:
    """Adam on the gradient of RT, RE or PG; args: estimator, batch, layout, lr. action: links to S [batch]."""

    def __init__(self, flow, action, args):
        self.flow, self.action, self.batch = flow, action, args.batch
        for layer in self.flow.layers:  # start near the uniform density
            nn.init.zeros_(layer.network[-1].weight)
            nn.init.zeros_(layer.network[-1].bias)
        layout = torch.channels_last if args.layout == "channels_last" else torch.contiguous_format
        self.flow.to(memory_format=layout)
        self.adam = torch.optim.Adam(self.flow.parameters(), lr=args.lr, fused=True)
        self.gradient = {"RT": self.rt, "RE": self.re, "PG": self.pg}[args.estimator]

    def rt(self):
        x, log_q = self.flow(self.flow.prior(self.batch))
        (log_q + self.action(x)).mean().backward()

    def re(self):
        with torch.no_grad():
            x, log_q = self.flow(self.flow.prior(self.batch))
            s = log_q + self.action(x)
            weight = (s - s.mean()) / (len(s) - 1)  # mean of (s - leave-one-out mean) / B
        (weight * self.flow.log_prob(x)).sum().backward()

    def pg(self):
        z = self.flow.prior(self.batch)
        with torch.no_grad():
            x, _ = self.flow(z)
        self.flow.requires_grad_(False)
        (force,) = torch.autograd.grad(self.flow.log_prob(x.requires_grad_()).sum(), x)
        self.flow.requires_grad_(True)
        x, _ = self.flow(z)
        ((self.action(x).sum() + (force * x).sum()) / len(x)).backward()

    def step(self):
        self.adam.zero_grad(set_to_none=True)
        self.gradient()
        self.adam.step()
