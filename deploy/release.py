"""What a release needs beside the wheel: the bundle for desktop clients, and the entry for the MCP registry.

`python deploy/release.py bundle` writes a `.mcpb` (manifest 0.4, type "uv": its host installs the dependencies) out of
this checkout; the same sources give the same bytes. `python deploy/release.py server-json --name NAMESPACE/NAME` prints
a `server.json` by the registry's schema of 2025-12-11. Neither publishes anything.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import tomlkit

ROOT: Final = Path(__file__).resolve().parents[1]
BUNDLE: Final = ROOT / "plugins" / "bundle"

SCHEMA: Final = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"
_NAME: Final = re.compile(r"[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+")
_MOST_IN_NAME: Final = 200
_ADDRESS: Final = re.compile(r"https://[^\s/]+/\S+")

_PACKAGES: Final = ("core/memoryos", "memoryos_mcp")
_BESIDE: Final = ("pyproject.toml", "README.md", "LICENSE")
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
"""The time of each file in a bundle: an archive knows none before."""


def main(arguments: list[str] | None = None) -> int:
    """The exit code; 2 where an argument is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    bundling = commands.add_parser("bundle", help="write the bundle")
    bundling.add_argument("--output", type=Path, default=ROOT / "dist", help="its folder (default: dist)")
    printing = commands.add_parser("server-json", help="print the entry for the MCP registry")
    printing.add_argument("--name", type=_name, required=True, help="such as io.github.OWNER/memoryos")
    printing.add_argument("--repository", type=_address, help="the https address of the sources")
    printing.add_argument("--bundle", type=_file, help="the .mcpb that the release has")
    printing.add_argument("--bundle-url", type=_address, help="where it can be had; needs --bundle")
    options = parser.parse_args(arguments)
    if options.command == "bundle":
        sys.stdout.write(f"{write_bundle(options.output)}\n")
        return 0
    if (options.bundle is None) != (options.bundle_url is None):
        printing.error("--bundle and --bundle-url belong together")
    entry = server_json(options.name, options.repository, options.bundle, options.bundle_url)
    sys.stdout.write(f"{json.dumps(entry, indent=2)}\n")
    return 0


def write_bundle(folder: Path) -> Path:
    """The bundle of this checkout, in a folder that is made where there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    project = _project()
    path = folder / f"{project['name']}-{project['version']}.mcpb"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in sorted(_files()):
            member = zipfile.ZipInfo(name, _EARLIEST)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            archive.writestr(member, file.read_bytes())
    return path


def server_json(name: str, repository: str | None, bundle: Path | None, bundle_url: str | None) -> dict[str, object]:
    """The entry for the MCP registry, with the bundle as its package where one is named."""
    project = _project()
    packages: list[dict[str, object]] = []
    if bundle is not None and bundle_url is not None:
        digest = hashlib.sha256(bundle.read_bytes()).hexdigest()
        packages.append(
            {
                "registryType": "mcpb",
                "identifier": bundle_url,
                "version": project["version"],
                "fileSha256": digest,
                "transport": {"type": "stdio"},
            }
        )
    entry: dict[str, object] = {
        "$schema": SCHEMA,
        "name": name,
        "title": "MemoryOS",
        "description": project["description"],
        "version": project["version"],
    }
    if repository is not None:
        source = "github" if repository.startswith("https://github.com/") else "git"
        entry["repository"] = {"url": repository, "source": source}
    if packages:
        entry["packages"] = packages
    return entry


def _project() -> dict[str, str]:
    """Name, version and description of the package."""
    read = tomlkit.parse((ROOT / "pyproject.toml").read_text(encoding="utf-8")).unwrap()["project"]
    return {key: str(read[key]) for key in ("name", "version", "description")}


def _files() -> Iterator[tuple[str, Path]]:
    """What is in the bundle: each file's name there, and where it is here."""
    for name in _BESIDE:
        yield name, ROOT / name
    for file in BUNDLE.rglob("*"):
        if _is_source(file):
            yield file.relative_to(BUNDLE).as_posix(), file
    for package in _PACKAGES:
        for file in (ROOT / package).rglob("*"):
            if _is_source(file):
                yield file.relative_to(ROOT).as_posix(), file


def _is_source(file: Path) -> bool:
    return file.is_file() and "__pycache__" not in file.parts and not file.name.startswith(".")


def _name(text: str) -> str:
    if len(text) > _MOST_IN_NAME or not _NAME.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r}; expected: a reversed domain, one slash and a name")
    return text


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r}; expected: an https address")
    return text


def _file(text: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"{text}: no such file")
    return path


if __name__ == "__main__":
    raise SystemExit(main())
