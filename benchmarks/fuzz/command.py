"""Feed a server, its configurations, its importers and its hooks what nobody would send.

    python benchmarks/fuzz.py FOLDER --cases 100000 [--targets tools,lines] [--minutes 15]

Cases are made by hypothesis from a seed, a batch at a time, each target in a process of its own, and counted in the
folder: a run goes on where it ended. What is found is shown in its smallest form, with the seed that finds it again.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import hypothesis

from benchmarks.fuzz import inside, server
from benchmarks.fuzz.target import Fed, Target

TARGETS: Final[Mapping[str, Target]] = MappingProxyType(
    {
        "tools": server.tools,
        "lines": server.lines,
        "configs": inside.configs,
        "imports": inside.imports,
        "hooks": inside.hooks,
    }
)
_BATCH: Final = 250
_BATCHES_OF_A_PROCESS: Final = 40
_SHOWN: Final = 6_000
_EVER: Final = float("inf")
_MB: Final = 1_000_000


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 where nothing was found."""
    given = _parser().parse_args(arguments)
    given.folder.mkdir(parents=True, exist_ok=True)
    if given.batches:
        _feed(given.targets[0], given.folder, given.seed, given.batches, given.batch)
        return 0
    kept = given.folder / "fuzz.json"
    tally: dict[str, Any] = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    until = time.monotonic() + given.minutes * 60
    share = -(-given.cases // len(given.targets))
    for target in given.targets:
        mine = tally.setdefault(target, {"cases": 0, "seed": given.seed, "found": [], "resident": []})
        ends = time.monotonic() + (until - time.monotonic()) / (len(given.targets) - given.targets.index(target))
        while mine["cases"] < share and time.monotonic() < ends:
            _run(target, mine, given, min(ends, until), share)
            kept.write_text(json.dumps(tally, indent=1), "utf-8")
    sys.stdout.write(_table(tally))
    return 1 if any(mine["found"] for mine in tally.values()) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python benchmarks/fuzz.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="where the counts and the findings lie; kept")
    parser.add_argument("--cases", type=int, default=10_000, help="how many in all (default 10000)")
    parser.add_argument("--targets", type=_targets, default=list(TARGETS), help=f"default: {','.join(TARGETS)}")
    parser.add_argument("--minutes", type=float, default=_EVER, help="end after so long, whatever the number")
    parser.add_argument("--seed", type=int, default=1, help="of the first batch; each next one's is one more")
    parser.add_argument("--batch", type=int, default=_BATCH, help=f"cases of one seed (default {_BATCH})")
    parser.add_argument("--batches", type=int, default=0, help="feed so many from the seed on, and count nothing")
    return parser


def _targets(text: str) -> list[str]:
    names = text.split(",")
    if strange := [name for name in names if name not in TARGETS]:
        raise argparse.ArgumentTypeError(f"{strange[0]}: no target; accepted: {', '.join(TARGETS)}")
    return names


def _run(target: str, mine: dict[str, Any], given: argparse.Namespace, ends: float, share: int) -> None:
    """One process that feeds a target, until it has fed its share, the time is over or it finds something."""
    batches = min(_BATCHES_OF_A_PROCESS, -(-(share - mine["cases"]) // given.batch))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, tempfile.TemporaryFile() as errors:
        command = [
            sys.executable,
            "-W",
            "ignore",
            sys.argv[0],
            folder,
            "--targets",
            target,
            "--seed",
            str(mine["seed"]),
        ]
        command += ["--batch", str(given.batch), "--batches", str(batches)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
        assert process.stdout is not None
        for line in process.stdout:
            told = json.loads(line)
            mine["cases"] += told["cases"]
            mine["seed"] += 1
            mine["resident"] += [told["resident"]] if told["resident"] else []
            sys.stderr.write(f"{target}: {mine['cases']:,} cases, {len(mine['found'])} found\n")
            if time.monotonic() > ends:
                process.terminate()
                break
        else:
            if process.wait():
                errors.seek(0)
                said = errors.read().decode("utf-8", "replace")[-_SHOWN:]
                mine["found"].append({"seed": mine["seed"], "said": said})
                mine["seed"] += 1
                sys.stderr.write(f"{target}: found with seed {mine['seed'] - 1}\n")
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=60)


def _feed(target: str, folder: Path, seed: int, batches: int, batch: int) -> None:
    """Feed batches, and tell of each; whatever is wrong is raised."""
    with TARGETS[target](folder) as fed:
        for number in range(seed, seed + batches):
            _batch(fed, number, batch)
            sys.stdout.write(json.dumps({"cases": batch, "resident": fed.resident_bytes()}) + "\n")
            sys.stdout.flush()


def _batch(fed: Fed, seed: int, batch: int) -> None:
    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=batch,
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        print_blob=False,
    )
    @hypothesis.given(fed.cases)
    def checked(case: Any) -> None:
        fed.check(case)

    checked()


def _table(tally: Mapping[str, Mapping[str, Any]]) -> str:
    rows = []
    for target, mine in tally.items():
        memory = [resident / _MB for resident in mine["resident"]]
        held = f"{memory[0]:,.0f} to {memory[-1]:,.0f}, at most {max(memory):,.0f}" if memory else ""
        rows.append(f"| {target} | {mine['cases']:,} | {len(mine['found'])} | {held} |")
    found = [
        f"## {target}, seed {finding['seed']}\n\n{finding['said']}"
        for target, mine in tally.items()
        for finding in mine["found"]
    ]
    head = ("# Cases", "", "| target | cases | found | the server's memory, MB |", "|---|---:|---:|---|")
    return "\n".join((*head, *rows, "", *found))
