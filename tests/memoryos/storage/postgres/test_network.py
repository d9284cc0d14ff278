"""A network that is cut between a server and PostgreSQL: packets vanish, and nobody is told."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

pytest.importorskip("psycopg_pool")

import postgres_server
from psycopg import conninfo
from store_work import NOON, TIMESTAMP, add

from memoryos.errors import StoreError
from memoryos.models import NewPage
from memoryos.storage.postgres.store import PostgresStore

FORWARDER: Final = Path(__file__).resolve().parents[3] / "support" / "forwarder.py"
HERE, THERE, PORT = "10.213.47.1", "10.213.47.2", 5432
QUICKLY: Final = {
    "connect_timeout": "2",
    "keepalives_idle": "1",
    "keepalives_interval": "1",
    "keepalives_count": "1",
    "tcp_user_timeout": "1000",
}
"""What takes half a minute by default."""

PATIENCE_SECONDS: Final = 120


def ip(*words: str) -> bool:
    return subprocess.run(["ip", *words], capture_output=True, check=False).returncode == 0


def has_namespaces() -> bool:
    if not sys.platform.startswith("linux") or os.geteuid() or shutil.which("ip") is None:
        return False
    made = ip("netns", "add", "memoryos-try")
    ip("netns", "del", "memoryos-try")
    return made


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(postgres_server.MISSING is not None, reason=str(postgres_server.MISSING)),
    pytest.mark.skipif(not has_namespaces(), reason="it takes Linux, root, and namespaces of networks"),
    pytest.mark.skipif("MEMORYOS_TEST_DATABASE_URL" in os.environ, reason="reaches a server by its socket"),
]


@dataclass(frozen=True, slots=True)
class Network:
    """A network with PostgreSQL at its other end, and its address there."""

    name: str
    url: str

    def cut(self) -> None:
        """Let nothing come back from the other end."""
        assert ip("-n", self.name, "route", "add", "blackhole", HERE)

    def mend(self) -> None:
        assert ip("-n", self.name, "route", "del", "blackhole", HERE)


@pytest.fixture
def network() -> Iterator[Network]:
    url = postgres_server.app_url()
    given = conninfo.conninfo_to_dict(url)
    own_socket = f"{given['host']}/.s.PGSQL.{given.get('port', PORT)}"
    name = f"memoryos-{os.getpid()}"
    here, there = f"mosh{os.getpid()}", f"most{os.getpid()}"
    assert ip("netns", "add", name)
    try:
        assert ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", name)
        assert ip("address", "add", f"{HERE}/24", "dev", here)
        assert ip("link", "set", here, "up")
        assert ip("-n", name, "address", "add", f"{THERE}/24", "dev", there)
        assert ip("-n", name, "link", "set", there, "up")
        forwarding = ["ip", "netns", "exec", name, sys.executable, str(FORWARDER), THERE, str(PORT), own_socket]
        with subprocess.Popen(forwarding, stdout=subprocess.PIPE, text=True) as forwarder:
            assert forwarder.stdout is not None
            assert forwarder.stdout.readline() == "ready\n"
            yield Network(name, postgres_server.as_url(url, host=THERE, port=str(PORT), **QUICKLY))
            forwarder.kill()
    finally:
        ip("netns", "del", name)
        ip("link", "del", here)


def test_a_network_that_is_cut_is_named_loses_nothing_and_is_used_again(network: Network) -> None:
    acknowledged: list[str] = []
    refused: list[StoreError] = []
    enough, cut_off = threading.Event(), threading.Event()

    def add_until_cut_off(store: PostgresStore) -> None:
        for number in range(100_000):
            page = NewPage(f"page {number}", "", NOON + timedelta(seconds=number))
            try:
                acknowledged.append(store.add_page(page, timestamp=TIMESTAMP, now=page.happened_at).page.id)
            except StoreError as error:
                refused.append(error)
                break
            if number == 5:
                enough.set()
        cut_off.set()

    with closing(PostgresStore(network.url, f"cut {os.getpid()}")) as store:
        adding = threading.Thread(target=add_until_cut_off, args=(store,))
        adding.start()
        assert enough.wait(PATIENCE_SECONDS)
        network.cut()
        assert cut_off.wait(PATIENCE_SECONDS)
        adding.join(PATIENCE_SECONDS)
        with pytest.raises(StoreError, match=r"cannot be reached") as still_cut:
            store.newest_pages(1)
        network.mend()
        (after,) = add(store, "after")
        stored = {page.id for page in store.newest_pages(100_000)}

    assert [type(error) for error in (*refused, still_cut.value)] == [StoreError, StoreError]
    assert "cannot be reached" in str(refused[0])
    assert stored >= {*acknowledged, after.id}
    assert len(stored) <= len(acknowledged) + 2  # what was being added may be there, and nothing else
