"""How fast an export of ChatGPT is imported, and whether all of it is found with the right dates at once.

The export is made: conversations of ten exchanges, 20 words of the user and 120 of the assistant each. It is imported
as the command does it, in a process of its own. `python benchmarks/importing.py --exchanges 10000`. With `--beside`
another memory of this process adds exchanges meanwhile, one every 20 ms, and how long each took is printed, too.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime, timezone
from pathlib import Path
from statistics import quantiles
from typing import Final

from memoryos import Config, Memoryos, load_config
from memoryos.storage.transfer import opened_contents

_FIRST_SECOND: Final = 1_700_000_000
_STEP_SECONDS: Final = 60
_EXCHANGES_EACH: Final = 10
_BETWEEN_SECONDS: Final = 0.02
_WORDS: Final = (
    "cat house garden water plan train ticket budget recipe london paris python error function server database holiday "
    "meeting doctor music concert running shoes coffee email invoice contract school teacher project window kitchen"
).split()


def main(arguments: list[str] | None = None) -> int:
    """The exit code: 0 where every exchange is there with its date and is found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--exchanges", type=int, default=10_000)
    parser.add_argument("--beside", action="store_true")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        source, config = Path(folder) / "conversations.json", Path(folder) / "config.json"
        source.write_text(json.dumps(export(options.exchanges)), encoding="utf-8")
        config.write_text(json.dumps({"data_storage_path": "data", "timezone": "UTC"}), encoding="utf-8")
        command = [sys.executable, "-m", "memoryos_mcp", "import", str(source), "--config", str(config)]
        beside: list[float] = []
        with _adding(load_config(config, environ={}), beside) if options.beside else nullcontext():
            started = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            seconds = time.perf_counter() - started
        right, found = _checked(load_config(config, environ={}), options.exchanges)
    rate = options.exchanges / seconds
    sys.stdout.write(
        f"{options.exchanges:,} exchanges in {seconds:.2f} s with the start of the process: {rate:,.0f} a second; "
        f"{right:,} with the right date; {found} of 20 found at once\n"
    )
    if beside:
        p50, p95 = (1_000 * quantiles(beside, n=100)[percent - 1] for percent in (50, 95))
        sys.stdout.write(f"{len(beside)} adds beside it: p50 {p50:.1f} ms, p95 {p95:.1f} ms\n")
    return 0 if (right, found) == (options.exchanges, 20) else 1


@contextmanager
def _adding(config: Config, seconds: list[float]) -> Iterator[None]:
    """Within it exchanges are added; how long each took."""
    done = threading.Event()

    def add() -> None:
        with Memoryos.open(config) as memory:
            number = 0
            while not done.wait(_BETWEEN_SECONDS):
                number += 1
                started = time.perf_counter()
                memory.add_memory(f"Beside it I say number {number}.", "Noted.")
                seconds.append(time.perf_counter() - started)

    adder = threading.Thread(target=add)
    adder.start()
    try:
        yield
    finally:
        done.set()
        adder.join()


def export(exchanges: int) -> list[dict[str, object]]:
    """The conversations, newest first; exchange n has the word "mark<n>" and began n minutes after the first."""
    words = random.Random(7)
    talks = []
    for first in range(0, exchanges, _EXCHANGES_EACH):
        parent = "root"
        mapping: dict[str, object] = {"root": {"id": "root", "message": None, "parent": None, "children": []}}
        for number in range(first, min(first + _EXCHANGES_EACH, exchanges)):
            for role, length in (("user", 20), ("assistant", 120)):
                text = f"mark{number} " * (role == "user") + " ".join(words.choices(_WORDS, k=length))
                id_ = f"{role}-{number}"
                message = {
                    "id": id_,
                    "author": {"role": role, "name": None, "metadata": {}},
                    "create_time": _FIRST_SECOND + number * _STEP_SECONDS + 5 * (role == "assistant"),
                    "content": {"content_type": "text", "parts": [text]},
                    "recipient": "all",
                    "metadata": {},
                }
                mapping[id_] = {"id": id_, "message": message, "parent": parent, "children": []}
                parent = id_
        begun = _FIRST_SECOND + first * _STEP_SECONDS
        talk = {"title": f"Talk {first}", "create_time": begun, "mapping": mapping, "current_node": parent}
        talks.append({**talk, "conversation_id": f"talk-{first}"})
    return talks[::-1]


def _checked(config: Config, exchanges: int) -> tuple[int, int]:
    """How many pages have the right date, and how many of 20 are the first that is found by their word."""
    with opened_contents(config) as contents:
        times = {page.user_input.split()[0]: page.happened_at for page in contents.pages()}
    right = sum(
        times.get(f"mark{number}") == datetime.fromtimestamp(_FIRST_SECOND + number * _STEP_SECONDS, timezone.utc)
        for number in range(exchanges)
    )
    asked = [index * exchanges // 20 for index in range(20)]
    with Memoryos.open(config) as memory:
        found = sum(
            any(hit.page.user_input.startswith(f"mark{number} ") for hit in memory.retrieve(f"mark{number}", 1).pages)
            for number in asked
        )
    return right, found


if __name__ == "__main__":
    raise SystemExit(main())
