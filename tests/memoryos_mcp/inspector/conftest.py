"""A memory behind the door of an inspector, without a socket."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hostile_talk import TALK
from inspector_window import NOW, ORIGIN, PORT, Window
from starlette.testclient import TestClient

from memoryos import Config, Memoryos, load_config
from memoryos_mcp.importers.json_lines import export_line
from memoryos_mcp.inspector.application import always, application
from memoryos_mcp.inspector.door import LinkDoor
from memoryos_mcp.inspector.views import House, Line


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    given = {
        "data_storage_path": str(tmp_path_factory.mktemp("data")),
        "user_id": "tom <b>&",
        "timezone": "UTC",
        "consolidation_idle_seconds": 0,
        "short_term_capacity": 2,
    }
    return load_config(None, environ={}, arguments={**given, "count_visits": False})


@pytest.fixture(scope="module")
def memory(config: Config) -> Iterator[Memoryos]:
    """A talk with all that could run, mislead or spread in a page."""
    with Memoryos.open(config) as memory:
        for number, (user_input, agent_response) in enumerate(TALK):
            memory.add_memory(user_input, agent_response, f"2026-03-{number + 1:02d} 09:30:00")
        memory.wait_until_idle(120)
        yield memory


@pytest.fixture
def door() -> LinkDoor:
    return LinkDoor(PORT, lambda: NOW)


@pytest.fixture
def outside(memory: Memoryos, door: LinkDoor) -> TestClient:
    """A browser before the door."""
    lines = [Line("ok", "<script>", "all <b>fits</b>"), Line("bad", "rights", "others may read it", "mend them")]
    house = House(memory.for_person(), ("https://models.example",), lambda: lines, export_line)
    return TestClient(application(always(house), door), base_url=ORIGIN, follow_redirects=False)


@pytest.fixture
def window(outside: TestClient, door: LinkDoor, memory: Memoryos) -> Window:
    """One that came in."""
    token = door.link().partition("token=")[2]
    outside.post(f"{door.prefix}/enter", data={"token": token}, headers={"origin": ORIGIN})
    return Window(outside, door, memory)
