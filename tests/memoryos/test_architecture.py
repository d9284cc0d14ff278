"""The rooms of the house and the doors between them, read off the sources of both packages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from importlib.util import find_spec
from pathlib import Path

import pytest

PACKAGES = ("memoryos", "memoryos_mcp")
LONGEST_MODULE = 300

BOTTOM = {"errors", "models", "months", "plans", "state", "words"}
"""Values, plans, errors, words and months: every room of the engine may use them."""

ARROWS: dict[str, set[str]] = {
    # The bottom
    "errors": set(),
    "models": set(),
    "months": set(),
    "plans": set(),
    "state": set(),
    "words": set(),
    "arguments": set(),
    "dates": set(),
    "dialect": set(),
    "fencing": set(),
    "heat": set(),
    "layout": {"config"},
    "model_text": set(),
    "talk": set(),
    "timestamps": set(),
    "config": set(),
    # Rooms behind an interface: others see the Protocol in *.base, and assembly picks what is behind it
    "store.base": {"columns"},
    "columns": set(),
    "store": {"columns", "talk"},
    "embedding.base": set(),
    "embedding": {"embedding.base", "config", "dialect", "openai_client"},
    "analyst.base": set(),
    "analyst": {"analyst.base", "fencing", "llm", "model_text"},
    # The tiers
    "short_term": {"store.base"},
    "mid_term": {"heat", "store.base"},
    "long_term": {"store.base"},
    # Reading
    "index": {"store.base"},
    "outline_cache": {"columns", "store.base"},
    "heap": set(),
    "query": {"columns", "store.base"},
    "scoring": {"columns", "dates", "outline_cache", "query"},
    "finding": {"dates", "query", "scoring", "store.base"},
    "retriever": {"columns", "embedding.base", "finding", "index", "outline_cache", "query", "scoring", "store.base"},
    "two_stage": {"finding", "mid_term", "query", "retriever", "store.base"},
    # The language model
    "openai_client": set(),
    "chat_endpoint": {"config", "openai_client"},
    "llm": {"chat_endpoint", "config", "dialect", "model_text", "store"},
    "generator": {"fencing", "llm"},
    # Background work
    "patience": set(),
    "meaning": {"analyst.base", "embedding.base", "store.base"},
    "thinking": {"analyst.base", "store.base"},
    "updater": {
        "analyst.base",
        "embedding.base",
        "long_term",
        "meaning",
        "mid_term",
        "patience",
        "short_term",
        "store.base",
        "thinking",
    },
    "worker": set(),
    # The one place that builds concrete parts, the facade, and the package's front door
    "assembly": {
        "analyst",
        "config",
        "embedding",
        "finding",
        "heap",
        "heat",
        "index",
        "layout",
        "llm",
        "long_term",
        "mid_term",
        "outline_cache",
        "query",
        "retriever",
        "short_term",
        "store",
        "timestamps",
        "two_stage",
        "updater",
        "worker",
    },
    "recalling": {"assembly", "finding", "query", "retriever"},
    "memoryos": {"arguments", "assembly", "config", "generator", "recalling", "timestamps"},
    "reanalysis": {"assembly", "config", "updater"},
    "transfer": {"arguments", "config", "layout", "store", "timestamps"},
    "": {"config", "memoryos"},
}
"""Which rooms of the engine each room uses besides the bottom; a room is a module or a folder of `memoryos`."""

SURFACE: dict[str, set[str]] = {
    "": set(),
    "schemas": set(),
    "stdio": set(),
    "json_rpc": set(),
    "stdio_transport": {"json_rpc"},
    "refusals": {"config", "stdio_transport"},
    "json_files": {"config"},
    "conversations": {"arguments", "config", "json_files", "timestamps"},
    "trimming": set(),
    "fitting": {"schemas", "trimming"},
    "wording": set(),
    "consent": set(),
    "replies": {"fitting", "schemas", "wording"},
    "status": {"schemas"},
    "session": set(),
    "server": {
        "arguments",
        "fitting",
        "generator",
        "refusals",
        "replies",
        "schemas",
        "session",
        "status",
        "timestamps",
    },
    "over_http": set(),
    "serving": {"embedding", "over_http", "server", "session", "stdio"},
    "recovery": {"config", "store", "wording"},
    "reanalyse": {"consent", "reanalysis", "wording"},
    "forget": {"arguments", "consent", "layout", "store", "wording"},
    "transfer_lines": {"config", "conversations", "json_files", "transfer"},
    "transfer": {"config", "layout", "store", "timestamps", "transfer", "transfer_lines", "wording"},
    "demo_play": {"conversations", "schemas"},
    "demo_progress": {"schemas"},
    "demo_report": {"config", "conversations", "demo_play", "schemas", "wording"},
    "demo": {"conversations", "demo_play", "demo_progress", "demo_report"},
    "cli": {"config", "demo", "embedding", "forget", "reanalyse", "recovery", "serving", "stdio", "transfer"},
    "__main__": {"cli", "stdio"},
}
"""The same for the modules of `memoryos_mcp`, each of which may also use what `memoryos` itself exports."""

LIBRARIES: dict[str, set[str]] = {
    "sqlite3": {"memoryos.store"},
    "faiss": {"memoryos.index"},
    "onnxruntime": {"memoryos.embedding"},
    "tokenizers": {"memoryos.embedding"},
    "sentence_transformers": {"memoryos.embedding"},
    "openai": {"memoryos.openai_client", "memoryos.embedding", "memoryos.chat_endpoint"},
    "pydantic": {"memoryos.config", "memoryos.analyst", "memoryos_mcp"},
    "mcp": {"memoryos_mcp"},
    "starlette": {"memoryos_mcp"},
    "uvicorn": {"memoryos_mcp"},
    "rich": {"memoryos_mcp"},
}
"""Libraries that belong to one part of the house; pydantic stands at its three borders."""


@dataclass(frozen=True, slots=True)
class Module:
    """One source file."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def room(self) -> str:
        """What `ARROWS` or `SURFACE` calls it."""
        inside = self.name.split(".")[1:]
        if not inside or inside[0].startswith("config"):
            return inside[0][:6] if inside else ""
        return ".".join(inside) if inside[1:] == ["base"] else inside[0]


def read_modules() -> dict[str, Module]:
    found = {}
    for package in PACKAGES:
        spec = find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        folder = Path(spec.origin).parent
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder.parent).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found[name] = Module(name, path, ast.parse(path.read_text(encoding="utf-8")))
    return found


MODULES = read_modules()


def imported_names(tree: ast.AST) -> Iterator[str]:
    """What is imported anywhere in a tree, as full dotted names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def module_of(name: str) -> str | None:
    """The module of ours that an imported name is, or lies in."""
    while name and name not in MODULES:
        name = name.rpartition(".")[0]
    return name or None


def for_types_only(tree: ast.Module) -> list[ast.If]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    ]


def room_arrows(package: str) -> set[tuple[str, str, str]]:
    """(room, package, room) for each import between rooms of a package, or from it into the other one."""
    found = set()
    for module in MODULES.values():
        if module.name.split(".")[0] != package:
            continue
        for target in filter(None, map(module_of, imported_names(module.tree))):
            other = MODULES[target]
            if (target.split(".")[0], other.room) != (package, module.room):
                found.add((module.room, target.split(".")[0], other.room))
    return found


def test_every_arrow_between_rooms_of_the_engine_is_in_the_table() -> None:
    arrows = room_arrows("memoryos")

    assert {package for _, package, _ in arrows} == {"memoryos"}, "the engine knows nothing of its surfaces"
    unexpected = {
        (room, other) for room, _, other in arrows if other not in BOTTOM and other not in ARROWS.get(room, set())
    }
    assert unexpected == set(), "an arrow that the design wants belongs into ARROWS"


def test_every_arrow_from_the_surfaces_is_in_the_table() -> None:
    unexpected = {
        (room, f"{package}.{other}")
        for room, package, other in room_arrows("memoryos_mcp")
        if other and other not in SURFACE.get(room, set()) and not (package == "memoryos" and other in BOTTOM)
    }

    assert unexpected == set(), "an arrow that the design wants belongs into SURFACE"


def test_the_table_holds_no_arrow_and_no_room_that_is_gone() -> None:
    real = {
        *((room, other) for room, _, other in room_arrows("memoryos")),
        *((room, other) for room, _, other in room_arrows("memoryos_mcp")),
    }
    listed = {(room, other) for table in (ARROWS, SURFACE) for room, others in table.items() for other in others}
    rooms = {package: {m.room for m in MODULES.values() if m.name.split(".")[0] == package} for package in PACKAGES}

    assert listed - real == set()
    assert set(ARROWS) == rooms["memoryos"]
    assert set(SURFACE) == rooms["memoryos_mcp"]


def test_no_module_leads_back_to_itself() -> None:
    graph: dict[str, set[str]] = {}
    for module in MODULES.values():
        types_only = {id(node) for block in for_types_only(module.tree) for node in ast.walk(block)}
        at_run_time = [node for node in ast.walk(module.tree) if id(node) not in types_only]
        names = [
            name
            for node in at_run_time
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in imported_names(node)
        ]
        graph[module.name] = {target for target in map(module_of, names) if target and target != module.name}
    del graph["memoryos"]  # whose front door imports the facade, when it is first asked for it

    try:
        order = [*TopologicalSorter(graph).static_order()]
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))
    assert order


def test_each_library_is_used_in_its_own_part_only() -> None:
    misplaced = {
        (module.name, library)
        for module in MODULES.values()
        for library in {name.split(".")[0] for name in imported_names(module.tree)} & set(LIBRARIES)
        if not any(re.match(rf"{part}\b|{part}_", module.name) for part in LIBRARIES[library])
    }

    assert misplaced == set()


def test_nobody_imports_the_second_copy_that_an_editable_install_makes() -> None:
    assert [m.name for m in MODULES.values() if "core" in {name.split(".")[0] for name in imported_names(m.tree)}] == []


def test_nothing_is_printed() -> None:
    """stdout belongs to the protocol."""
    printing = [
        f"{module.name}:{node.lineno}"
        for module in MODULES.values()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]

    assert printing == []


def test_the_engine_has_one_colour() -> None:
    asynchronous = [
        f"{module.name}:{node.lineno}"
        for module in MODULES.values()
        for node in ast.walk(module.tree)
        if module.name.split(".")[0] == "memoryos"
        and isinstance(node, ast.AsyncFunctionDef | ast.AsyncFor | ast.AsyncWith | ast.Await)
    ]

    assert asynchronous == []


SQL = re.compile(
    r"\b(SELECT\b.+\bFROM|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+(TABLE|INDEX|VIRTUAL)"
    r"|ALTER\s+TABLE|DROP\s+TABLE|PRAGMA\s+\w+|BEGIN\s+IMMEDIATE)\b",
    re.DOTALL,
)


def test_sql_lives_under_the_store_only() -> None:
    elsewhere = [
        f"{module.name}:{node.lineno}"
        for module in MODULES.values()
        for node in ast.walk(module.tree)
        if not module.name.startswith("memoryos.store.")
        and isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and SQL.search(node.value)
    ]

    assert elsewhere == []


def test_no_module_is_too_long_to_read() -> None:
    lengths = {name: len(module.path.read_text(encoding="utf-8").splitlines()) for name, module in MODULES.items()}

    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}
