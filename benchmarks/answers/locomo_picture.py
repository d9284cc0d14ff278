"""F1 by category as a picture, where matplotlib is installed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def draw(results: Sequence[Mapping[str, Any]], file: Path) -> None:
    """Write a diagram of bars, a group a category and a bar a method; the file's suffix names the format."""
    # Here and not at the top: the benchmark runs without it.
    from matplotlib.figure import Figure  # type: ignore[import-not-found, unused-ignore]

    methods = list(dict.fromkeys(str(row["method"]) for row in results))
    answered = [row for row in results if row["category"] != "adversarial"]
    categories = list(dict.fromkeys(str(row["category"]) for row in answered))
    f1 = {(row["method"], row["category"]): float(row["f1"]) for row in answered}
    figure = Figure(figsize=(8, 3.6), layout="constrained")
    axes = figure.add_subplot()
    width = 0.8 / max(1, len(methods))
    for number, method in enumerate(methods):
        places = [position + width * (number - (len(methods) - 1) / 2) for position in range(len(categories))]
        axes.bar(places, [f1.get((method, category), 0.0) for category in categories], width, label=method)
    axes.set_xticks(range(len(categories)), categories)
    axes.set_ylabel("F1, %")
    axes.grid(axis="y", alpha=0.3)
    axes.legend()
    figure.savefig(file)
