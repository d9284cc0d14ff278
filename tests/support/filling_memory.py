"""Adds pages to a shared memory when told to, then looks for everybody's.

python filling_memory.py FOLDER NAME PAGES: says "open"; for a line on stdin adds PAGES pages and says "added"; for the
next one, a list of names in JSON, says how many of all their pages it finds, and ends.
"""

from __future__ import annotations

import json
import sys
from unittest.mock import patch

from hash_embedder import HashEmbedder

from memoryos import Memoryos, assembly
from memoryos.embedding import OnDemandEmbedder


def text(name: str, number: int) -> str:
    return f"parcel {name}{number} went to {name}{number}ville"


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(folder: str, name: str, pages: str) -> None:
    embedder = OnDemandEmbedder("hash/1", HashEmbedder)
    with (
        patch.object(assembly, "configured_embedder", lambda config: embedder),
        Memoryos("tom", data_storage_path=folder, consolidation_idle_seconds=0) as memory,
    ):
        say("open")
        sys.stdin.readline()
        for number in range(int(pages)):
            memory.add_memory(text(name, number), "")
        say("added")
        names = json.loads(sys.stdin.readline())
        memory.wait_until_idle()
        wanted = [text(name, number) for name in names for number in range(int(pages))]
        found = [
            wish in {ranked.page.user_input for ranked in memory.retrieve(wish, max_results=3).pages} for wish in wanted
        ]
        say(str(sum(found)))


if __name__ == "__main__":
    main(*sys.argv[1:])
