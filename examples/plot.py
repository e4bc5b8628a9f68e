#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Pictures of what examples/phi4, u1, ising or scaling wrote:  python3 examples/plot.py [FOLDER]

FOLDER/history.npy    ->  FOLDER/history.png     free energy, ESS and acceptance against the step
FOLDER/two_point.npy  ->  FOLDER/two_point.png   C(t) of the flow and of HMC, and their difference
FOLDER/charge.npy     ->  FOLDER/charge.png      Q of three chains against the update
FOLDER/scaling.csv    ->  FOLDER/scaling.png     cost of training and of a configuration against L
FOLDER/pictures.npy   ->  FOLDER/pictures.png    spins at three temperatures, a row each
"""
import sys
from pathlib import Path

try:
    import numpy as np
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    from matplotlib.ticker import FuncFormatter, MaxNLocator
except ImportError as error:
    print(f"No pictures: python3 has no {error.name} (Debian: python3-numpy, python3-matplotlib).")
    sys.exit(0)

FLOW, HMC, HEAT_BATH, PALE = "#1f6f8b", "#c8553d", "#7a8b3c", "#a9c7d1"


def style():
    plt.rcParams.update({
        "figure.dpi": 150, "font.size": 10, "axes.spines.top": False, "axes.spines.right": False,
        "axes.grid": True, "grid.color": "#e4e4e4", "grid.linewidth": 0.6, "legend.frameon": False,
    })


def running_mean(values, width):
    """Means over `width` neighbours, shorter at the ends."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    at = np.arange(len(values))
    low, high = np.maximum(at - width // 2, 0), np.minimum(at + width // 2 + 1, len(values))
    return (sums[high] - sums[low]) / (high - low)


def plot_history(source, target):
    step, loss, _, ess, acceptance, _, _ = np.load(source).T
    width = max(1, len(step) // 50)
    figure, axes = plt.subplots(3, 1, figsize=(7, 7), sharex=True, constrained_layout=True)
    panels = (
        (loss, r"$F_q = \langle S + \ln q \rangle$"),
        (ess, "effective sample size"),
        (acceptance, "acceptance"),
    )
    for axis, (values, label) in zip(axes, panels):
        axis.plot(step + 1, values, color=PALE, linewidth=0.6, label="each batch")
        axis.plot(step + 1, running_mean(values, width), color=FLOW, linewidth=1.5,
                  label=f"mean of {width} steps")
        axis.set_ylabel(label)
    late = loss[len(loss) // 20:]  # the first steps are off the scale
    margin = 0.05 * (late.max() - late.min()) + 1e-12
    axes[0].set_ylim(late.min() - margin, late.max() + margin)
    for axis in axes[1:]:
        axis.set_ylim(0, 1)
    axes[0].legend(loc="upper right")
    axes[0].set_title("Training")
    axes[-1].set_xlabel("step")
    axes[-1].set_xlim(0, step[-1] + 1)
    figure.savefig(target)
    plt.close(figure)


def plot_two_point(source, target):
    t, flow, flow_error, hmc, hmc_error = np.load(source).T
    figure, (above, below) = plt.subplots(
        2, 1, figsize=(7, 5.5), sharex=True, constrained_layout=True,
        gridspec_kw={"height_ratios": (3, 1)})
    apart = 0.05  # so that neither hides the other
    points = dict(linestyle="none", capsize=4, markersize=4, markerfacecolor="white")
    above.errorbar(t - apart, flow, flow_error, fmt="o", color=FLOW, label="flow + Metropolis",
                   **points)
    above.errorbar(t + apart, hmc, hmc_error, fmt="s", color=HMC, label="HMC", **points)
    above.set_yscale("log")
    plain = FuncFormatter(lambda value, _: f"{value:g}")
    above.yaxis.set_major_formatter(plain)
    above.yaxis.set_minor_formatter(plain)
    above.set_ylabel("$C(t)$")
    above.set_title("Two-point function at zero momentum")
    above.legend()
    error = np.hypot(flow_error, hmc_error)
    below.axhline(0, color="#666666", linewidth=0.8)
    below.errorbar(t, (flow - hmc) / error, 1.0, fmt="o", color=FLOW, **points)
    below.set_ylabel("difference\n[comb. errors]", fontsize=9)
    furthest = max(3.5, 1.2 + np.nanmax(np.abs(flow - hmc) / error))
    below.set_ylim(-furthest, furthest)
    below.set_xlabel("$t$ [lattice units]")
    below.set_xticks(t)
    below.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    figure.savefig(target)
    plt.close(figure)


def plot_charge(source, target):
    update, *charges = np.load(source).T
    names = ("flow + Metropolis", "HMC", "heat bath")
    figure, axes = plt.subplots(3, 1, figsize=(7, 5.5), sharex=True, sharey=True,
                                constrained_layout=True)
    for axis, charge, name, color in zip(axes, charges, names, (FLOW, HMC, HEAT_BATH)):
        axis.step(update, charge, where="post", color=color, linewidth=0.8)
        axis.set_ylabel("$Q$")
        axis.set_title(name, loc="left", fontsize=10)
        axis.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes[-1].set_xlabel("update of the chain")
    axes[-1].set_xlim(0, update[-1])
    figure.savefig(target)
    plt.close(figure)


def growth(extents, costs):
    """Exponent p of costs ~ L^p by least squares, and its error from the scatter (nan of two points)."""
    x, y = np.log(extents), np.log(costs)
    x = x - x.mean()
    exponent = (x * y).sum() / (x * x).sum()
    rest = y - y.mean() - exponent * x
    error = np.sqrt((rest ** 2).sum() / (len(x) - 2) / (x * x).sum()) if len(x) > 2 else np.nan
    return exponent, error


def exponent_text(rows, column):
    """value(error) of the growth of a cost where it was reached."""
    there = np.isfinite(rows[column])
    if there.sum() < 2:
        return "?"
    exponent, error = growth(rows["L"][there], rows[column][there])
    return f"{exponent:.1f}({error:.1f})" if np.isfinite(error) else f"{exponent:.1f}"


def plot_scaling(source, target):
    """nan in the table is a cost that was not reached: a hollow mark at the seconds that were spent."""
    rows = np.genfromtxt(source, delimiter=",", names=True, dtype=None, encoding="utf-8")
    rows = np.atleast_1d(rows)
    latest = {(row["model"], row["L"]): row for row in rows}  # of a repeated training the last
    models = list(dict.fromkeys(rows["model"]))
    figure, axes = plt.subplots(1, 3, figsize=(13, 4.2), constrained_layout=True)
    left, middle, right = axes
    print("L: processor seconds of training to 70 % acceptance, or the acceptance that was reached")
    for number, (model, marker) in enumerate(zip(models, "osD^vP")):
        color = f"C{number}"
        of = np.array(sorted((row for key, row in latest.items() if key[0] == model),
                             key=lambda row: row["L"]), dtype=rows.dtype)
        there = np.isfinite(of["seconds_70"])
        label = model
        if there.sum() > 1:
            label += f", $L^{{{exponent_text(of, 'seconds_70')}}}$"
        print(f"  {model:<11}", ", ".join(
            f"{row['L']}: {row['seconds_70']:.3g}" if reached else f"{row['L']}: {row['acceptance']:.2g} after {row['seconds']:.0f}"
            for row, reached in zip(of, there)))
        print(" " * 13, "~ L^" + exponent_text(of, "seconds_70"), "to 70 %, ~ L^" + exponent_text(of, "seconds_50"), "to 50 %")
        if there.any():
            left.plot(of["L"][there], of["seconds_70"][there], marker, color=color, linestyle="-", label=label)
        else:
            left.plot([], [], marker, color=color, markerfacecolor="white", label=f"{model}, not reached")
        left.plot(of["L"][~there], of["seconds"][~there], marker, color=color, markerfacecolor="white", linestyle="none")
        middle.plot(of["L"], of["acceptance"], marker, color=color, linestyle="-", label=model)
        right.plot(of["L"], of["cost_flow"], marker, color=color, linestyle="-", label=model)
    hmc = np.sort(rows, order="L")
    right.plot(hmc["L"], hmc["cost_hmc"], "x", linestyle="none", color=HMC, label="HMC")
    left.set_ylabel("[processor seconds]")
    left.set_title("training to 70 % acceptance; hollow: not reached", fontsize=10)
    middle.axhline(0.7, color="#666666", linewidth=0.8)
    middle.set_ylim(0, 1)
    middle.set_title("acceptance at the end of the training", fontsize=10)
    right.set_ylabel("[processor seconds]")
    right.set_title("an independent configuration of $\\chi$", fontsize=10)
    extents = sorted(set(int(extent) for extent in rows["L"]))
    left.set_yscale("log")
    right.set_yscale("log")
    for axis in axes:
        axis.set_xscale("log", base=2)
        axis.set_xlabel("$L$")
        axis.set_xticks(extents, [str(extent) for extent in extents], minor=False)
        axis.minorticks_off()
        axis.legend(fontsize=8)
    figure.savefig(target)
    plt.close(figure)


def plot_pictures(source, target):
    rows = np.load(source)
    figure, axes = plt.subplots(*rows.shape[:2], figsize=(7, 5.5), constrained_layout=True)
    for line, spins, name in zip(axes, rows, (r"0.8 $\beta$", r"$\beta$", r"1.2 $\beta$")):
        for axis, picture in zip(line, spins):
            axis.imshow(picture, cmap="gray", vmin=-1.3, vmax=1.3, interpolation="nearest")
            axis.set_xticks([])
            axis.set_yticks([])
        line[0].set_ylabel(name)
    figure.savefig(target)
    plt.close(figure)


def main():
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "results")
    style()
    drawn = []
    for name, plot in (("history", plot_history), ("two_point", plot_two_point),
                       ("charge", plot_charge), ("pictures", plot_pictures)):
        source, target = folder / f"{name}.npy", folder / f"{name}.png"
        if source.exists():
            plot(source, target)
            drawn.append(str(target))
    source, target = folder / "scaling.csv", folder / "scaling.png"
    if source.exists():
        plot_scaling(source, target)
        drawn.append(str(target))
    print("Drawn:", ", ".join(drawn) if drawn else f"nothing, there is no .npy file in {folder}")


if __name__ == "__main__":
    main()
