"""The tables of clients in the documents, held against the registry."""

from __future__ import annotations

from pathlib import Path

from memoryos_mcp.clients.machine import Machine, System
from memoryos_mcp.clients.registry import CLIENTS, Client

ROOT = Path(__file__).parents[3]
HOME = Path("/home/you")


def shown(client: Client, system: System) -> str:
    """A client's file as a person of that system writes it."""
    file = client.file(Machine(system, HOME, {})).as_posix()
    if system != "win32":
        return file.replace(f"{HOME.as_posix()}/", "~/")
    roaming = (HOME / "AppData" / "Roaming").as_posix()
    return file.replace(roaming, "%APPDATA%").replace(HOME.as_posix(), "%USERPROFILE%").replace("/", "\\")


def test_the_document_of_clients_names_every_file() -> None:
    text = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")
    systems: tuple[System, ...] = ("linux", "darwin", "win32")
    rows = [
        f"| `{client.name}` | " + " | ".join(f"`{shown(client, system)}`" for system in systems) + " |"
        for client in CLIENTS
    ]
    assert [line for line in text.splitlines() if line.startswith("| `")] == rows


def test_the_readme_names_every_client() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [client.title for client in CLIENTS if f"| {client.title} | `{client.name}` |" not in text] == []
