"""What the documents say, held against the code."""

from __future__ import annotations

import json
import re
import runpy
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from memoryos import Config
from memoryos.config.settings import describe
from memoryos_mcp.auth.sign_in import sign_in
from memoryos_mcp.commands.cli import main
from memoryos_mcp.server import build_server
from memoryos_mcp.session import MemorySession
from memoryos_mcp.settings import load_server_config

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
USERS = (ROOT / "docs" / "users.md").read_text(encoding="utf-8")
BENCHMARKS = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
DOCUMENTS = {
    path: path.read_text(encoding="utf-8")
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
}

COMMAND = re.compile(r"python -m memoryos_mcp([^`\n|#]*)")
SUBCOMMAND = re.compile(r"^    ([a-z][a-z-]*)  ", re.MULTILINE)
SCRIPT = re.compile(r"python (benchmarks/\w+\.py)((?:[^`\n|#\\]|\\\n)*)")
LINK = re.compile(r"\[[^]]*\]\(([^)#\s]*)(?:#([^)\s]*))?\)")

# Written so that they do not find themselves here.
FOREIGN_PATHS = re.compile(
    r"file:/{3}|(?<![\w.~$}])/(?:[w]ork|[r]oot|[m]nt|[U]sers/(?!you\b)\w+|[h]ome/(?!you\b)\w+)/|[A-Z]:\\{1,2}[U]sers"
)


def section(document: str, heading: str) -> str:
    """A document from this heading to the next of its level."""
    _, _, rest = document.partition(f"\n## {heading}\n")
    assert rest, f"the document has no section {heading!r}"
    return rest.partition("\n## ")[0]


def table(text: str) -> str:
    """The first Markdown table of a text."""
    rows = [line for line in text.splitlines() if line.startswith("|")]
    return "\n".join(rows)


def config_table() -> str:
    """The table of settings as it has to be."""
    rows = [f"| `{s.key}` | {s.type} | `{s.default}` | {s.description} |" for s in describe()]
    return "\n".join(["| Key | Accepts | Default | What it does |", "|---|---|---|---|", *rows])


def help_of(capsys: pytest.CaptureFixture[str], *command: str) -> str:
    """What a command prints for --help."""
    with pytest.raises(SystemExit) as ended:
        main([*command, "--help"])
    assert ended.value.code == 0
    return capsys.readouterr().out


def test_the_readme_stays_short() -> None:
    """A newcomer reads it to the end; what is looked up lies in docs/."""
    assert len(README.encode()) <= 12_000


def test_the_documents_list_every_setting_as_it_is() -> None:
    expected = config_table()
    assert table(CONFIGURATION) == expected, f"paste this into docs/configuration.md:\n\n{expected}\n"


def test_the_variable_that_names_the_configuration_is_described() -> None:
    """It was passed over without a word."""
    assert "`MEMORYOS_CONFIG`" in CONFIGURATION


def cells(row: str) -> list[str]:
    """What stands in a row of a Markdown table, without emphasis."""
    return [cell.strip(" *") for cell in row.strip("|").split("|")]


def measured(file: str, names: int) -> dict[tuple[str, ...], dict[str, str]]:
    """The first table of a benchmark's results: each row by what its first columns name, then by column."""
    text = (ROOT / "benchmarks" / "results" / file).read_text(encoding="utf-8").split("\n\n")[1]
    columns, _, *rows = map(cells, table(text).splitlines())
    return {tuple(row[:names]): dict(zip(columns[names:], row[names:], strict=True)) for row in rows}


def test_the_answers_in_the_documents_scored_as_they_say() -> None:
    found = measured("locomo_qa/locomo_qa.md", names=1)
    answers = section(BENCHMARKS, "How well a small model answers from it")
    rows = [cells(row)[1:] for row in table(answers).splitlines()[2:]]
    assert rows == [
        [scores["F1"], scores["BLEU-1"], f"{int(scores['prompt tokens']):,}"]
        for scores in (found[(method,)] for method in ("full", "bm25", "memory"))
    ]


async def test_the_readme_lists_every_tool(make_config: Callable[..., Config]) -> None:
    server = build_server(MemorySession(make_config(tools="all")))
    tools = [tool.name for tool in await server.list_tools()]
    rows = table(section(README, "Use it")).splitlines()[2:]
    assert [row.split("|")[1].strip() for row in rows] == [f"`{tool}`" for tool in tools]


async def test_the_readme_names_every_resource_and_prompt(make_config: Callable[..., Config]) -> None:
    server = build_server(MemorySession(make_config()))
    offered = [str(resource.uri) for resource in await server.list_resources()]
    offered += [prompt.name for prompt in await server.list_prompts()]
    named = re.findall(r"`(memoryos://\w+|[a-z_]+)`", section(README, "Use it").rpartition("|")[2])
    assert named == offered


def test_every_command_in_the_documents_exists(capsys: pytest.CaptureFixture[str]) -> None:
    general = help_of(capsys)
    subcommands = SUBCOMMAND.findall(general)
    helps = {"": general} | {name: help_of(capsys, name) for name in subcommands}
    shown = [shlex.split(arguments) for text in DOCUMENTS.values() for arguments in COMMAND.findall(text)]
    assert shown
    for arguments in shown:
        subcommand = arguments[0] if arguments and not arguments[0].startswith("-") else ""
        assert subcommand in helps, f"no such subcommand: {arguments}"
        options = [argument for argument in arguments if argument.startswith("--")]
        assert [option for option in options if option not in helps[subcommand]] == [], arguments


@pytest.mark.parametrize("text", re.findall(r"```json\n(.*?)```", USERS, re.DOTALL))
def test_every_configuration_for_users_can_be_served(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.json"
    path.write_text(text, encoding="utf-8")
    config = load_server_config(path, environ={})
    server = build_server(MemorySession(config), sign_in=sign_in(config))
    assert (config.model_fields_set, server.refuses_user) == (json.loads(text).keys(), config.serves_many)


def test_the_script_in_the_readme_finds_what_it_added(tmp_path: Path) -> None:
    (script,) = re.findall(r"```python\n(.*?)```", section(README, "Connect your client"), re.DOTALL)
    (tmp_path / "config.json").write_text(json.dumps({"data_storage_path": "data"}), encoding="utf-8")
    printed = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "I moved to Lyon." in printed.stdout


def test_every_benchmark_in_the_documents_exists(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = [(script, shlex.split(rest)) for text in DOCUMENTS.values() for script, rest in SCRIPT.findall(text)]
    assert {script for script, _ in shown} == {
        path.relative_to(ROOT).as_posix() for path in (ROOT / "benchmarks").glob("*.py") if path.stem != "__init__"
    }
    for script, arguments in shown:
        monkeypatch.setattr(sys, "argv", [script, "--help"])
        monkeypatch.setattr(sys, "path", [str(ROOT / "benchmarks"), *sys.path])
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(str(ROOT / script), run_name="__main__")
        assert ended.value.code == 0
        help_text = capsys.readouterr().out
        options = [argument for argument in arguments if argument.startswith("--")]
        assert [option for option in options if option not in help_text] == [], (script, arguments)


def test_every_file_that_the_documents_name_exists() -> None:
    named = {file or folder for text in DOCUMENTS.values() for file, folder in FILE.findall(text)} - THEIR_FILES
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


FILE = re.compile(r"`((?:\.?[\w-]+/)*[\w.-]+\.(?:py|json|jsonl|md|txt|toml|yml|sql))`|`((?:[\w-]+/)+)`")
THEIR_FILES = {"claude_desktop_config.json", "cline_mcp_settings.json", ".cursor/mcp.json", ".vscode/mcp.json"}


def test_every_link_in_the_documents_leads_somewhere() -> None:
    broken = [
        f"{path.relative_to(ROOT)}: {file}#{heading}"
        for path, text in DOCUMENTS.items()
        for file, heading in LINK.findall(text)
        if "://" not in file and not leads_somewhere(path.parent / file if file else path, heading)
    ]
    assert broken == []


def leads_somewhere(target: Path, heading: str) -> bool:
    """Whether a file exists, and has the heading by the anchor that a forge makes of it."""
    if not heading:
        return target.exists()
    titles = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
    return heading in {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}


def test_the_shipped_entry_starts_the_module() -> None:
    assert json.loads((ROOT / "mcp.json").read_text(encoding="utf-8")) == {
        "mcpServers": {"memoryos": {"command": "python", "args": ["-m", "memoryos_mcp"]}}
    }


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in shipped_files()
        for match in FOREIGN_PATHS.finditer(path.read_text(encoding="utf-8", errors="ignore"))
    ]
    assert found == []


def shipped_files() -> list[Path]:
    """The files under version control."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("this is no checkout")
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]
