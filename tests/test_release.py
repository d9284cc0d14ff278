"""The bundle for desktop clients and the entry for the MCP registry, as the commands make them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tomlkit

from memoryos import Config
from memoryos_mcp import __version__
from memoryos_mcp.server import build_server
from memoryos_mcp.session import MemorySession

ROOT = Path(__file__).parents[1]
MANIFEST = ROOT / "plugins" / "bundle" / "manifest.json"

TEXT = {"type": "string", "minLength": 1}
ENTRY = {
    "type": "object",
    "required": ["name", "description", "version"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"const": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"},
        "name": {"type": "string", "maxLength": 200, "pattern": r"^[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+$"},
        "title": {**TEXT, "maxLength": 100},
        "description": {**TEXT, "maxLength": 100},
        "version": {"type": "string", "maxLength": 255, "pattern": r"^\d+\.\d+\.\d+([-+].+)?$"},
        "repository": {
            "type": "object",
            "required": ["url", "source"],
            "additionalProperties": False,
            "properties": {"url": {"type": "string", "pattern": "^https://"}, "source": TEXT},
        },
        "packages": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["registryType", "identifier", "transport", "fileSha256"],
                "additionalProperties": False,
                "properties": {
                    "registryType": {"const": "mcpb"},
                    "identifier": {"type": "string", "pattern": r"^https://.*mcp"},
                    "version": {"type": "string", "minLength": 1, "not": {"const": "latest"}},
                    "fileSha256": {"type": "string", "pattern": "^[a-f0-9]{64}$"},
                    "transport": {"type": "object", "properties": {"type": {"const": "stdio"}}, "required": ["type"]},
                },
            },
        },
    },
}
"""What the registry documents of an entry of 2025-12-11, as far as ours has it; of a bundle it wants the digest, and
"mcp" in its address."""


def release(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "deploy" / "release.py"), *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


def check_entry(printed: str, folder: Path) -> dict[str, Any]:
    """The entry that was printed, held against what is documented."""
    schema, entry = folder / "schema.json", folder / "server.json"
    schema.write_text(json.dumps(ENTRY), encoding="utf-8")
    entry.write_text(printed, encoding="utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--schemafile", str(schema), str(entry)]
    checked = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert checked.returncode == 0, checked.stdout
    read: dict[str, Any] = json.loads(printed)
    return read


def bundle(folder: Path) -> Path:
    done = release("bundle", "--output", str(folder))
    assert (done.returncode, done.stderr) == (0, "")
    return Path(done.stdout.removesuffix("\n"))


async def test_the_manifest_says_what_the_package_says(make_config: Callable[..., Config]) -> None:
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    project: Any = tomlkit.parse((ROOT / "pyproject.toml").read_text(encoding="utf-8")).unwrap()["project"]

    assert manifest["manifest_version"] == "0.4"
    assert manifest["server"]["type"] == "uv"
    assert manifest["version"] == __version__
    assert {key: manifest[key] for key in ("name", "description", "license", "keywords")} == {
        key: project[key] for key in ("name", "description", "license", "keywords")
    }
    assert manifest["compatibility"]["runtimes"]["python"] == project["requires-python"]
    offered = [tool.name for tool in await build_server(MemorySession(make_config())).list_tools()]
    assert [tool["name"] for tool in manifest["tools"]] == offered


def test_a_bundle_has_all_that_the_server_needs_and_nothing_else(tmp_path: Path) -> None:
    path = bundle(tmp_path / "dist")
    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(path) as archive:
        archive.extractall(unpacked)

    beside = sorted(file.name for file in unpacked.iterdir())
    assert beside == ["LICENSE", "README.md", "core", "manifest.json", "memoryos_mcp", "pyproject.toml", "server"]
    server = json.loads((unpacked / "manifest.json").read_text(encoding="utf-8"))["server"]
    assert server["mcp_config"]["args"] == ["run", "--directory", "${__dirname}", server["entry_point"]]
    started = subprocess.run(
        [sys.executable, str(unpacked / server["entry_point"]), "add", "I moved to Lyon.", "Nice."],
        env={**os.environ, "PYTHONPATH": f"{unpacked / 'core'}{os.pathsep}{unpacked}", "MEMORYOS_CONFIG": ""}
        | {"MEMORYOS_DATA_STORAGE_PATH": str(tmp_path / "data")},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert started.returncode == 0, started.stderr
    assert list((tmp_path / "data").rglob("memory.db"))


def test_the_same_sources_give_the_same_bundle(tmp_path: Path) -> None:
    first, second = (bundle(tmp_path / name).read_bytes() for name in ("one", "two"))
    assert first == second


def test_the_entry_for_the_registry_has_the_documented_fields(tmp_path: Path) -> None:
    path = bundle(tmp_path)
    address = "https://github.com/someone/memoryos"
    url = f"{address}/releases/download/v{__version__}/{path.name}"
    named = ("--name", "io.github.someone/memoryos", "--repository", address)
    printed = release("server-json", *named, "--bundle", str(path), "--bundle-url", url)

    assert (printed.returncode, printed.stderr) == (0, "")
    entry = check_entry(printed.stdout, tmp_path)
    assert entry["version"] == __version__
    assert entry["repository"] == {"url": address, "source": "github"}
    assert entry["packages"] == [
        {
            "registryType": "mcpb",
            "identifier": url,
            "version": __version__,
            "fileSha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "transport": {"type": "stdio"},
        }
    ]


def test_an_entry_without_a_bundle_names_no_package(tmp_path: Path) -> None:
    entry = check_entry(release("server-json", "--name", "io.github.someone/memoryos").stdout, tmp_path)
    assert "packages" not in entry


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--name", "memoryos"), "'memoryos'; expected: a reversed domain, one slash and a name"),
        (("--name", "a/b", "--bundle-url", "http://a/b.mcpb"), "'http://a/b.mcpb'; expected: an https address"),
        (("--name", "a/b", "--bundle-url", "https://a/b.mcpb"), "--bundle and --bundle-url belong together"),
    ],
)
def test_what_the_registry_would_refuse_is_refused(arguments: tuple[str, ...], problem: str) -> None:
    done = release("server-json", *arguments)
    assert done.returncode == 2
    assert problem in done.stderr


@pytest.mark.slow
def test_the_official_tool_finds_nothing_wrong_with_the_manifest(tmp_path: Path) -> None:
    npx = shutil.which("npx")
    if npx is None:
        pytest.skip("there is no npx here: install Node.js")
    told = subprocess.run(
        [npx, "--yes", "@anthropic-ai/mcpb@2.1.2", "validate", str(MANIFEST)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if told.returncode and "npm error" in told.stderr:
        pytest.skip("npm cannot fetch @anthropic-ai/mcpb here")
    assert told.returncode == 0, told.stdout + told.stderr
