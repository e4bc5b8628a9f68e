# SPDX-License-Identifier: BSD-3-Clause
"""The flow of composition.hpp in plain numpy, with the names and shapes of torch_flow.py's
state_dict: what each number of a lanes parameter vector means.

Shapes: fields [n][8][8], ln q [n]; a Coupling's network is Conv2d(1, 8, 3), Tanh, Conv2d(8, 2, 3),
periodic.
"""
from door import np

EXTENT, LAYERS, HIDDEN = 8, 6, 8
PARITY = np.indices((EXTENT, EXTENT)).sum(axis=0) % 2  # of a site


def active_sites(layer):
    """1 where a layer moves the field: even sites in layers 0, 2, .., odd ones in the others."""
    return (PARITY == layer % 2).astype(float)


def shapes():
    """{name: shape} of the parameters, in the order of a state_dict and of the library."""
    result = {}
    for layer in range(LAYERS):
        for part, (out, into) in ((0, (HIDDEN, 1)), (2, (2, HIDDEN))):
            result[f"{layer}.network.{part}.weight"] = (out, into, 3, 3)
            result[f"{layer}.network.{part}.bias"] = (out,)
    return result


def flatten(state):
    """The library's vector: the tensors of a state_dict, one after another in the model's order."""
    return np.concatenate([np.ravel(state[name]) for name in shapes()])


def unflatten(vector):
    """The state_dict of a vector of the library."""
    ends = np.cumsum([np.prod(shape) for shape in shapes().values()])
    if vector.shape != (ends[-1],):
        raise ValueError(f"unflatten: the vector has shape {vector.shape} (allowed: ({ends[-1]},))")
    parts = np.split(vector, ends[:-1])
    return {name: part.reshape(shape) for (name, shape), part in zip(shapes().items(), parts)}


def convolution(x, weight, bias):
    """Conv2d(in, out, 3, padding=1, padding_mode="circular") of x [n][in][8][8]."""
    y = np.zeros((len(x), len(weight), EXTENT, EXTENT)) + bias[:, None, None]
    for i in range(3):
        for j in range(3):
            neighbour = np.roll(x, (1 - i, 1 - j), axis=(2, 3))
            y += np.einsum("oc,ncxy->noxy", weight[:, :, i, j], neighbour)
    return y


def log_normal(z):
    return -0.5 * (z ** 2).sum(axis=(1, 2)) - 0.5 * EXTENT ** 2 * np.log(2 * np.pi)


class Flow:
    name = "numpy"

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.state = {}
        for name, shape in shapes().items():  # as PyTorch starts a Conv2d
            inputs = 1 if ".0." in name[1:] else HIDDEN
            bound = 1 / np.sqrt(9 * inputs)
            self.state[name] = self.random.uniform(-bound, bound, shape)

    def state_dict(self):
        return dict(self.state)

    def load_state_dict(self, state):
        self.state = dict(state)

    def scale_and_shift(self, layer, x):
        active = active_sites(layer)
        parameters = [self.state[name] for name in self.state if name.startswith(f"{layer}.")]
        hidden = np.tanh(convolution((x * (1 - active))[:, None], *parameters[:2]))
        output = convolution(hidden, *parameters[2:]) * active
        return output[:, 0], output[:, 1]

    def sample(self, count):
        """x = f(z) and ln q(x) = ln r(z) - ln|det df/dz|, z ~ r = N(0, 1)."""
        x = self.random.standard_normal((count, EXTENT, EXTENT))
        log_q = log_normal(x)
        for layer in range(LAYERS):
            s, t = self.scale_and_shift(layer, x)
            x = x * np.exp(s) + t
            log_q -= s.sum(axis=(1, 2))
        return x, log_q

    def log_density(self, x):
        """ln q of given fields, through the inverse."""
        log_det = np.zeros(len(x))
        for layer in reversed(range(LAYERS)):
            s, t = self.scale_and_shift(layer, x)
            x = (x - t) * np.exp(-s)
            log_det -= s.sum(axis=(1, 2))
        return log_normal(x) + log_det
