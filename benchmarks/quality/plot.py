#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""One picture of the curves that quality wrote:  python3 benchmarks/quality/plot.py [FOLDER]

FOLDER/ess_<case>_<estimator>.npy  [points][seconds, steps, ESS, loss, acceptance, processor seconds]  ->  FOLDER/quality.png

ESS of 16384 fresh samples (dashed: acceptance of Metropolis with them) against seconds of training, a panel for each case that was found. The squares: the
same model in PyTorch on two cores, its ESS after so many seconds.
"""
import sys
from pathlib import Path

try:
    import numpy as np
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
except ImportError as error:
    print(f"No picture: python3 has no {error.name} (Debian: python3-numpy, python3-matplotlib).")
    sys.exit(0)

CASES = {  # title; PyTorch: seconds, ESS, estimator
    "free": (r"free field, $L = 8$, $m^2 = 1.25$", (285, 0.61, "reinforce")),
    "l6": (r"$\phi^4$, $L = 6$, $\lambda = 6.975$", (480, 0.43, "reparameterization")),
    "l8": (r"$\phi^4$, $L = 8$, $\lambda = 6.008$", (480, 0.07, "reparameterization")),
    "reference": ("Schwinger model, published flow", None),
    "hierarchy_alone": ("Schwinger model, hierarchy alone", None),
    "hierarchy": ("with 16 couplings behind it", None),
    "hierarchy_double_alone": ("hierarchy alone, Double", None),
    "hierarchy_double": ("with couplings, Double", None),
}
ESTIMATORS = {
    "path": ("path gradient", "#1f6f8b"),
    "reparameterization": ("reparameterization", "#e0a030"),
    "reinforce": ("REINFORCE", "#c8553d"),
}


def main(folder):
    plt.rcParams.update({
        "figure.dpi": 150, "font.size": 10, "axes.spines.top": False, "axes.spines.right": False,
        "axes.grid": True, "grid.color": "#e4e4e4", "grid.linewidth": 0.6, "legend.frameon": False,
    })
    cases = [case for case in CASES if any(folder.glob(f"ess_{case}_[pr]*.npy"))]
    if not cases:
        sys.exit(f"no ess_<case>_<estimator>.npy in {folder}")
    figure, axes = plt.subplots(1, len(cases), figsize=(4 * len(cases), 4), sharey=True, squeeze=False,
                                constrained_layout=True)
    axes = axes[0]
    curves = 0
    for axis, case in zip(axes, cases):
        title, peer = CASES[case]
        for estimator, (label, color) in ESTIMATORS.items():
            source = folder / f"ess_{case}_{estimator}.npy"
            if not source.exists():
                continue
            points = np.load(source)
            axis.plot(points[:, 0], points[:, 2], "o-", color=color, markersize=3, label=label)
            if points.shape[1] > 4:
                axis.plot(points[:, 0], points[:, 4], "--", color=color, linewidth=1)
            curves += 1
        if peer:
            seconds, ess, of = peer
            label, color = ESTIMATORS[of]
            axis.plot(seconds, ess, "s", color=color, markeredgecolor="black", label=f"PyTorch, {label}")
        axis.set_xscale("log")
        axis.xaxis.set_major_locator(LogLocator(subs=(1, 2, 3, 5, 7)))
        axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axis.xaxis.set_minor_formatter(NullFormatter())
        axis.tick_params(axis="x", labelsize=8)
        axis.set_ylim(0, 1)
        axis.set_title(title)
        axis.set_xlabel("seconds of training")
        axis.legend(loc="upper left", fontsize=8)
    axes[0].set_ylabel("effective sample size (dashed: acceptance)")
    figure.savefig(folder / "quality.png")
    print(f"written: {folder / 'quality.png'} ({curves} curves)")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "results/quality"))
