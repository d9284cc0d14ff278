"""What each room of the house may do, where no linter can say it.

The arrows between the rooms are import-linter's contracts in pyproject.toml; ruff bans `import core`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

PACKAGES = ("memoryos", "memoryos_mcp")
LIBRARIES: dict[str, set[str]] = {
    # A client's hook reads the file itself: it has no time for the store, which brings numpy.
    "sqlite3": {"memoryos.storage.sqlite", "memoryos_mcp.hooks.recall", "memoryos_mcp.hooks.command"},
    "psycopg": {"memoryos.storage.postgres"},
    "psycopg_pool": {"memoryos.storage.postgres"},
    "sqlglot": {"memoryos.storage.postgres"},
    "faiss": {"memoryos.retrieval.vector_index"},
    "onnxruntime": {"memoryos.embedding"},
    "tokenizers": {"memoryos.embedding"},
    "sentence_transformers": {"memoryos.embedding"},
    "openai": {"memoryos.llm", "memoryos.embedding"},
    "pydantic": {"memoryos.config", "memoryos.analyst", "memoryos_mcp"},
    "jwt": {"memoryos_mcp.auth"},
    "mcp": {"memoryos_mcp"},
    "starlette": {"memoryos_mcp"},
    "jinja2": {"memoryos_mcp.inspector"},
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


def test_each_library_is_used_in_its_own_part_only() -> None:
    misplaced = {
        (module.name, library)
        for module in MODULES.values()
        for library in {name.split(".")[0] for name in imported_names(module.tree)} & set(LIBRARIES)
        if not any(re.match(rf"{part}\b|{part}_", module.name) for part in LIBRARIES[library])
    }

    assert misplaced == set()


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


SQL_IS_IN = ("memoryos.storage.sqlite.", "memoryos.storage.postgres.", "memoryos.storage.tables.")


def test_sql_lives_under_the_store_only() -> None:
    elsewhere = [
        f"{module.name}:{node.lineno}"
        for module in MODULES.values()
        for node in ast.walk(module.tree)
        if not module.name.startswith((*SQL_IS_IN, "memoryos_mcp.hooks.recall"))
        and isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and SQL.search(node.value)
    ]

    assert elsewhere == []
