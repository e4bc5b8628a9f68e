#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""A Python analysis on a C++ sampler, the module of module.cpp:

    exchange train FOLDER;  PYTHONPATH=build/examples/python python3 use.py FOLDER

Measures the two-point function of an exact ensemble and the free energy from draws with their
ln q, and holds both to the exact answers of the free field.
"""
import sys
from pathlib import Path

from door import check, jackknife, load_file, np

try:
    import lanes_example
except ModuleNotFoundError as error:
    print(f"skipped: {error} (built where there are pybind11 and Python's headers, Debian: "
          "pybind11-dev, python3-dev, and no sanitizer; PYTHONPATH says where it is)")
    sys.exit(77)

L, M2 = 8, 1.0
HAT2 = (2 * np.sin(np.pi * np.arange(L) / L)) ** 2  # khat^2 of one direction


def action(phi):
    """S = sum_x [-sum_mu phi(x) phi(x + mu) + (2 + m2 / 2) phi^2] of phi [..][8][8]."""
    hops = phi * (np.roll(phi, -1, axis=-2) + np.roll(phi, -1, axis=-1))
    return ((2 + M2 / 2) * phi ** 2 - hops).sum(axis=(-2, -1))


def correlator(phi):
    """C(t) at zero momentum, t = 0 .. 4, of each configuration: [..][5]."""
    slices = phi.sum(axis=-1)
    return np.stack([(slices * np.roll(slices, -t, axis=-1)).sum(axis=-1) / L ** 2
                     for t in range(L // 2 + 1)], axis=-1)


def exact_correlator():
    t = np.arange(L // 2 + 1)
    return (np.cos(2 * np.pi * np.outer(t, np.arange(L)) / L) / (HAT2 + M2)).sum(axis=1) / L


def exact_free_energy():
    return 0.5 * np.log((HAT2[:, None] + HAT2 + M2) / (2 * np.pi)).sum()


def measure_two_point(sampler):
    ensemble = sampler.sample_exact(40_000, chains=8)
    phi = ensemble["fields"]
    print(f"exact ensemble {phi.shape}, acceptance {ensemble['acceptance']:.2f}")
    check(np.abs(action(phi) - ensemble["action"]).max() < 1e-10, "numpy's action is the library's")
    value, error = jackknife(correlator(phi), lambda means: means, bin_length=250)
    exact = exact_correlator()
    for t, row in enumerate(zip(value, error, exact)):
        print("C({}) = {:.4f} +- {:.4f}, exact {:.4f}".format(t, *row))
    check((error < 0.05 * exact[0]).all(), "the errors are below 5 % of C(0)")
    check((np.abs(value - exact) < 4.5 * error).all(), "C(t) is the exact one")


def measure_free_energy(sampler):
    phi, log_q = sampler.draw(40_000, first=1_000_000)
    weights = np.exp(-action(phi) - log_q + exact_free_energy())[None, :, None]  # of mean 1
    shift, error = jackknife(weights, lambda means: -np.log(means[0]), bin_length=400)
    exact = exact_free_energy()
    print(f"free energy {exact + shift:.4f} +- {error:.4f}, exact {exact:.4f}")
    check(error < 0.02, "its error is below 0.02")
    check(abs(shift) < 4.5 * error, "it is the exact one")


def check_module(parameters):
    """Arrays without a copy, and errors that name what was wrong."""
    sampler = lanes_example.Sampler(seed=1)
    sampler.load(parameters)
    phi, log_q = sampler.draw(16)
    for array in (phi, log_q):
        check(not array.flags.owndata and type(array.base).__name__ == "PyCapsule",
              f"{array.shape} is a view of memory that C++ allocated")
    sampler.set_parameters(load_file(parameters)["parameters"])  # the same
    rest = sampler.draw(8, first=8)[0]
    try:
        sampler.set_parameters(np.zeros(5))
    except ValueError as error:
        check("parameters is 5 (allowed: 1356)" in str(error), f"it is refused: {error}")
    else:
        check(False, "a vector of the wrong size is refused")
    del sampler
    check((phi[8:] == rest).all(), "draws are numbered, and outlive the sampler")


if __name__ == "__main__":
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "results/python")
    file = str(folder / "parameters.safetensors")
    check_module(file)
    trained = lanes_example.Sampler(seed=11)
    trained.load(file)
    measure_two_point(trained)
    measure_free_energy(trained)
