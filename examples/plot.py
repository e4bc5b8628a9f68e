#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Pictures of what is in a folder:  python3 plot.py [FOLDER]     (default: results)

history*.npy       loss, ESS and acceptance of a training (save_history), with the evaluations of
                   evaluations*.npy beside it (save_evaluations)
*.jsonl            the same of its log (JsonLog)
*.safetensors      the same of its checkpoint, where there is neither
two_point.npy      C(t) of the flow and of HMC, and their difference
correlator*.npy    the same, or of one ensemble: [t][t, C, error]
charge.npy         Q of three chains against the update
pictures.npy       spins at three temperatures, a row each
scaling.csv        cost of training and of a configuration against L
other .npy         of three or more dimensions: configurations [n][L0][L1].. or [n][c][L0][L1]..
                   (save_configurations): four of them, and their means

FOLDER/NAME.png is the picture of FOLDER/NAME.npy. What cannot be drawn is said in a sentence.
"""
import json
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


def read_history(source):
    table = np.load(source)
    if table.ndim != 2 or table.shape[1] != 7:
        raise ValueError(f"it is {list(table.shape)} and no history [steps][7]")
    columns = dict(zip(("step", "loss", "loss_error", "ess", "acceptance"), table.T))
    beside = source.with_name(source.name.replace("history", "evaluations"))
    if beside.exists():
        columns["evaluations"] = np.load(beside).reshape(-1, 3).T
    return columns


def read_log(source):
    text = source.read_text()
    records = [json.loads(line) for line in text[:text.rfind("\n") + 1].splitlines()]
    if not all("step" in record for record in records):
        raise ValueError("it is no log of a training: there are lines without a step")
    number = lambda record, name: np.nan if record.get(name) is None else record[name]
    columns = {name: np.array([number(record, name) for record in records], dtype=float)
               for name in ("step", "loss", "ess", "acceptance", "seconds")}
    columns["evaluations"] = np.array(
        [(r["step"] + 1, number(r, "evaluation_ess"), number(r, "evaluation_ess_error"))
         for r in records if "evaluation_ess" in r]).reshape(-1, 3).T
    return columns


def read_checkpoint(source):
    with open(source, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    if "history.loss" not in header:
        raise ValueError("it is no checkpoint of a training")

    def column(name):
        begin, end = header["history." + name]["data_offsets"]
        return np.frombuffer(data[begin:end], dtype="<f8")

    columns = {name: column(name) for name in ("loss", "ess", "acceptance")}
    columns["step"] = np.arange(len(columns["loss"]))
    columns["evaluations"] = np.array([column("evaluation_step"), column("evaluation_ess"),
                                       column("evaluation_ess_error")])
    return columns


def plot_training(columns, target):
    step, loss = columns["step"], columns["loss"]
    if len(step) == 0:
        raise ValueError("there is no step in it")
    width = max(1, len(step) // 50)
    panels = [("loss", "loss"), ("ess", "effective sample size"), ("acceptance", "acceptance")]
    panels = [(name, label) for name, label in panels  # a batch of given configurations has none
              if name == "loss" or np.isfinite(columns[name]).any()]
    figure, axes = plt.subplots(len(panels), 1, figsize=(7, 1 + 2 * len(panels)), sharex=True,
                                constrained_layout=True, squeeze=False)
    axes = axes[:, 0]
    for axis, (name, label) in zip(axes, panels):
        axis.plot(step + 1, columns[name], color=PALE, linewidth=0.6, label="each batch")
        axis.plot(step + 1, running_mean(columns[name], width), color=FLOW, linewidth=1.5,
                  label=f"mean of {width} steps")
        axis.set_ylabel(label)
        if name != "loss":
            axis.set_ylim(0, 1)
        evaluations = columns.get("evaluations")
        if name == "ess" and evaluations is not None and evaluations.size:
            at, ess, error = evaluations
            points = axis.errorbar(at, ess, np.where(np.isfinite(error), error, 0), fmt="o",
                                   markersize=3, color=HMC, label="fresh draws")
            axis.legend(handles=[points])
    late = loss[len(loss) // 20:]  # the first steps are off the scale
    late = late[np.isfinite(late)]
    if len(late):
        margin = 0.05 * (late.max() - late.min()) + 1e-12
        axes[0].set_ylim(late.min() - margin, late.max() + margin)
    axes[0].legend(loc="upper right")
    seconds = columns.get("seconds")
    axes[0].set_title("Training" if seconds is None else f"Training, {seconds[-1]:.0f} s")
    axes[-1].set_xlabel("step")
    axes[-1].set_xlim(step[0], step[-1] + 1)
    figure.savefig(target)
    plt.close(figure)


def plot_history(source, target):
    plot_training(read_history(source), target)


def plot_log(source, target):
    plot_training(read_log(source), target)


def plot_checkpoint(source, target):
    plot_training(read_checkpoint(source), target)


def plot_correlator(source, target):
    table = np.load(source)
    if table.ndim == 2 and table.shape[1] == 5:
        return plot_two_point(source, target)
    if table.ndim != 2 or table.shape[1] != 3:
        raise ValueError(f"it is {list(table.shape)} and no table [t][t, C, error]")
    t, value, error = table.T
    figure, axis = plt.subplots(figsize=(7, 4), constrained_layout=True)
    axis.errorbar(t, value, error, fmt="o", color=FLOW, capsize=4, markersize=4,
                  markerfacecolor="white")
    if (value > 0).all():
        axis.set_yscale("log")
    axis.set_ylabel("$C(t)$")
    axis.set_xlabel("$t$ [lattice units]")
    figure.savefig(target)
    plt.close(figure)


def plot_configurations(source, target):
    """Four configurations, of more than two dimensions the first plane, and the mean of each."""
    fields = np.load(source, mmap_mode="r")
    if fields.ndim < 3 or not fields.size:
        raise ValueError(f"{list(fields.shape)} is of no kind that is known")
    every = max(1, len(fields) // 5000)  # of a large file a part
    means = np.array([field.mean(dtype=float) for field in fields[::every]])
    figure = plt.figure(figsize=(7, 4.5), constrained_layout=True)
    grid = figure.add_gridspec(2, 4, height_ratios=(1.2, 1))
    planes = [fields[i].reshape(-1, *fields.shape[-2:])[0]
              for i in np.linspace(0, len(fields) - 1, 4).astype(int)]
    largest = max(np.abs(plane).max() for plane in planes)
    for number, plane in enumerate(planes):
        axis = figure.add_subplot(grid[0, number])
        axis.imshow(plane, cmap="RdBu_r", vmin=-largest, vmax=largest, interpolation="nearest")
        axis.set_xticks([])
        axis.set_yticks([])
    axis = figure.add_subplot(grid[1, :])
    axis.plot(np.arange(len(means)) * every, means, ".", color=FLOW, markersize=2)
    axis.set_ylabel("mean")
    axis.set_xlabel("configuration")
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


KNOWN = (  # the first pattern that fits a file decides
    ("history*.npy", plot_history),
    ("evaluations*.npy", None),  # in the picture of the history
    ("*.jsonl", plot_log),
    ("two_point.npy", plot_correlator),
    ("correlator*.npy", plot_correlator),
    ("charge.npy", plot_charge),
    ("pictures.npy", plot_pictures),
    ("scaling.csv", plot_scaling),
    ("*.npy", plot_configurations),
    ("*.safetensors", plot_checkpoint),
)


def drawings(folder):
    """(file, what draws it) of the files of a folder that may be drawn."""
    found = []
    for path in sorted(folder.iterdir()):
        plot = next((plot for pattern, plot in KNOWN if path.match(pattern)), None)
        if plot and path.is_file():
            found.append((path, plot))
    if any(plot in (plot_history, plot_log) for _, plot in found):
        found = [(path, plot) for path, plot in found if plot is not plot_checkpoint]
    return found


def main():
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "results")
    if not folder.is_dir():
        print(f"No pictures: there is no folder {folder}.")
        return
    style()
    drawn, taken = [], set()
    for source, plot in drawings(folder):
        target = source.with_suffix(".png")
        if target in taken:  # run.jsonl beside run.npy
            target = source.with_name(source.name + ".png")
        taken.add(target)
        try:
            plot(source, target)
            drawn.append(str(target))
        except Exception as error:  # whatever is in a file, the others are drawn
            plt.close("all")
            print(f"No picture of {source}: {error or type(error).__name__}")
    if drawn:
        print("Drawn:", ", ".join(drawn))
    else:
        print(f"No pictures: {folder} holds nothing that can be drawn, such as",
              ", ".join(pattern for pattern, plot in KNOWN if plot))


if __name__ == "__main__":
    main()
