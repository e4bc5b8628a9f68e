# SPDX-License-Identifier: BSD-3-Clause
"""The flow of composition.hpp as a PyTorch module. Where python3 has no torch, importing this is
a ModuleNotFoundError, and numpy_flow.py stands for it.

A buffer that is not a parameter of the library (here the mask) is not persistent, or it would be
part of the state_dict. Shapes: fields [n][8][8], ln q [n].
"""
import torch
from torch import nn

from numpy_flow import EXTENT, HIDDEN, LAYERS, active_sites, np


def convolution(into, out):
    return nn.Conv2d(into, out, 3, padding=1, padding_mode="circular")


class Coupling(nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.register_buffer("active", torch.from_numpy(active_sites(layer)), persistent=False)
        self.network = nn.Sequential(convolution(1, HIDDEN), nn.Tanh(), convolution(HIDDEN, 2))

    def scale_and_shift(self, x):
        output = self.network((x * (1 - self.active)).unsqueeze(1)) * self.active
        return output.unbind(1)

    def forward(self, x):
        s, t = self.scale_and_shift(x)
        return x * s.exp() + t, s.sum((1, 2))

    def inverse(self, x):
        s, t = self.scale_and_shift(x)
        return (x - t) * (-s).exp(), -s.sum((1, 2))


class Flow:
    """The same calls as numpy_flow.Flow, arrays in and out."""
    name = "torch"

    def __init__(self, seed):
        torch.manual_seed(seed)
        self.model = nn.Sequential(*[Coupling(layer) for layer in range(LAYERS)]).double()
        self.prior = torch.distributions.Normal(0.0, 1.0)

    def state_dict(self):
        return {name: tensor.numpy() for name, tensor in self.model.state_dict().items()}

    def load_state_dict(self, state):
        self.model.load_state_dict({name: torch.tensor(array) for name, array in state.items()})

    @torch.no_grad()
    def sample(self, count):
        x = torch.randn(count, EXTENT, EXTENT, dtype=torch.double)
        log_q = self.prior.log_prob(x).sum((1, 2))
        for coupling in self.model:
            x, log_det = coupling(x)
            log_q -= log_det
        return x.numpy(), log_q.numpy()

    @torch.no_grad()
    def log_density(self, x):
        x, log_det = torch.tensor(x), 0.0
        for coupling in reversed(self.model):
            x, change = coupling.inverse(x)
            log_det += change
        return (self.prior.log_prob(x).sum((1, 2)) + log_det).numpy()
