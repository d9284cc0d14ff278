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
LIBRARIES: dict[str, set[str]] = {
    "sqlite3": {"memoryos.storage.sqlite"},
    "faiss": {"memoryos.retrieval.vector_index"},
    "onnxruntime": {"memoryos.embedding"},
    "tokenizers": {"memoryos.embedding"},
    "sentence_transformers": {"memoryos.embedding"},
    "openai": {"memoryos.llm", "memoryos.embedding"},
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
        if not module.name.startswith("memoryos.storage.sqlite.")
        and isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and SQL.search(node.value)
    ]

    assert elsewhere == []
