"""Recall against tokens as a picture, where matplotlib is installed."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from benchmarks.recall.findings import Finding, curve, grouped

_BUDGETS = tuple(range(100, 4_001, 100))
_COLUMNS = 4


def can_draw() -> bool:
    """Whether matplotlib is installed."""
    return find_spec("matplotlib") is not None


def draw(findings: Sequence[Finding], file: Path) -> None:
    """Write one diagram a set, one line a method; the file's suffix names the format."""
    # Here and not at the top: the benchmark runs without it.
    from matplotlib import rc_context  # type: ignore[import-not-found, unused-ignore]
    from matplotlib.figure import Figure  # type: ignore[import-not-found, unused-ignore]

    groups = grouped(findings)
    names = list(dict.fromkeys(set_name for set_name, _ in groups))
    columns = min(_COLUMNS, len(names))
    rows = -(-len(names) // columns)
    figure = Figure(figsize=(4 * columns, 3.4 * rows), layout="constrained")
    for position, name in enumerate(names, start=1):
        axes = figure.add_subplot(rows, columns, position)
        for (set_name, method), group in groups.items():
            if set_name == name:
                axes.plot(_BUDGETS, curve(group, _BUDGETS), label=method)
        axes.set_title(name)
        axes.set_xlabel("tokens read")
        axes.set_ylabel("gold pages found, %")
        axes.set_ylim(0, 100)
        axes.grid(alpha=0.3)
    lines, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(lines, labels, loc="outside lower center", ncols=2 * columns)
    # Letters as text, and nothing of the moment: the same findings give the same small file.
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "recall"}):
        figure.savefig(file, metadata={"Date": None} if file.suffix == ".svg" else None)
