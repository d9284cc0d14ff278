"""What the commands `export` and `import` say and do, run as a user runs them."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from engine import build_engine
from mcp import Client, StdioServerParameters
from mcp.client.stdio import get_default_environment, stdio_client
from tool_calls import called, idle, read

from memoryos import load_config
from memoryos.models import NewPage
from memoryos.storage.paths import file_of
from memoryos.storage.sqlite.database import Database
from memoryos.storage.tables.contents import Contents
from memoryos.storage.transfer import BATCH_PAGES
from memoryos_mcp.importers.page_objects import EXPECTED as PAGES_EXPECTED

PATIENCE_SECONDS = 60
CONFIG_ERROR = 2
DERIVE = (
    "They are found by their words from now on; a server, also one that is running, derives vectors, topics and facts "
    "from them in the background.\n"
)


def configured(folder: Path, name: str, **settings: object) -> Path:
    """A configuration file of a memory of its own."""
    file = folder / f"{name}.json"
    file.write_text(json.dumps({"user_id": name, "data_storage_path": "data", **settings}), encoding="utf-8")
    return file


def memory_of(config: Path) -> Path:
    return file_of(load_config(config, environ={}))


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The settings of a memory of seven pages, which was thought about; its model and embedder are not there."""
    nowhere = "http://127.0.0.1:9/v1"
    config = configured(tmp_path, "tom", openai_base_url=nowhere, embedding_base_url=nowhere, timezone="Asia/Tokyo")
    engine = build_engine(memory_of(config))
    engine.add("soup: likes leek", "skis: waxed them", agent_response="knows Davos")
    for text, given, meta_data in (
        ("soup: 喜欢狮子 🦁\u2028\x00", "2026-03-01T13:00:00.5+01:00", {"n": [1.5, None], "a": "é"}),
        ("skis: lost one", None, None),
        ("skis: lost one", None, None),
        ("soup: likes leek", "2012-01-01 00:00:00", None),
    ):
        engine.clock.advance(1_000.000001)
        page = NewPage(text, "", engine.clock(), given, meta_data, "helper")
        engine.store.add_page(page, timestamp=given or "2026-03-01 21:00:00", now=engine.clock())
    engine.add("soup: the last page")
    engine.finish()
    engine.store.close()
    return config


def run(*arguments: object, cwd: Path, **env: str) -> subprocess.CompletedProcess[bytes]:
    """A command that has run to its end, with no terminal."""
    return subprocess.run(
        [sys.executable, "-m", "memoryos_mcp", *map(str, arguments)],
        cwd=cwd,
        env={**get_default_environment(), **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def export(config: Path) -> bytes:
    done = run("export", "--config", config, cwd=config.parent)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout


def page_lines(exported: bytes) -> list[bytes]:
    return [line for line in exported.splitlines() if line.startswith(b'{"kind":"page",')]


def imported(source: Path, config: Path) -> str:
    done = run("import", source.name, "--config", config, cwd=source.parent)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode().replace(os.linesep, "\n")


def refusal(done: subprocess.CompletedProcess[bytes]) -> str:
    """The one line with which a command refuses."""
    assert (done.returncode, done.stdout) == (CONFIG_ERROR, b"")
    (line,) = done.stderr.decode().splitlines()
    return line


def test_a_memory_moves_into_another_one_and_out_of_it_as_it_was(tmp_path: Path, config: Path) -> None:
    exported, other = export(config), configured(tmp_path, "anna")
    source = tmp_path / "tom.jsonl"
    source.write_bytes(exported)

    said = imported(source, other)

    assert said == f"Imported 7 pages into {memory_of(other)}.\n{DERIVE}"
    assert len(page_lines(exported)) == 7
    assert export(other).splitlines() == page_lines(exported)
    kinds = [json.loads(line)["kind"] for line in exported.splitlines()]
    assert list(dict.fromkeys(kinds)) == ["page", "fact", "segment", "chain"]


def test_importing_again_adds_nothing(tmp_path: Path, config: Path) -> None:
    source, before = tmp_path / "tom.jsonl", export(config)
    source.write_bytes(before)

    said = imported(source, config)

    assert said == f"Imported 0 pages (7 were there already) into {memory_of(config)}.\n"
    assert export(config) == before


def test_pages_without_their_ids_are_known_by_what_they_say(tmp_path: Path, config: Path) -> None:
    source, pages = tmp_path / "talk.json", [json.loads(line) for line in page_lines(export(config))]
    keys = ("user_input", "agent_response", "timestamp", "meta_data")
    exchanges = [{key: page[key] for key in keys if key in page} for page in pages]
    exchanges.append({"user_input": "soup: one more", "agent_response": ""})
    source.write_text(json.dumps(exchanges), encoding="utf-8")

    first, second = imported(source, config), imported(source, config)

    assert first == f"Imported 1 page (7 were there already) into {memory_of(config)}.\n{DERIVE}"
    assert second == f"Imported 0 pages (8 were there already) into {memory_of(config)}.\n"


def test_a_bad_line_is_named_and_nothing_is_imported(tmp_path: Path) -> None:
    config, source = configured(tmp_path, "anna"), tmp_path / "talk.jsonl"
    good = json.dumps({"user_input": "Hello.", "agent_response": ""})
    source.write_text(f"{good}\n" * (2 * BATCH_PAGES) + '{"kind": "page", "id": "7"}\n', encoding="utf-8")

    line = refusal(run("import", source.name, "--config", config, cwd=tmp_path))

    place = f"{source}: line {2 * BATCH_PAGES + 1}: user_input"
    assert line.startswith(f"memoryos: {place}: Field required; expected: lines of an export, or ")
    assert not memory_of(config).exists()


@pytest.mark.parametrize(("name", "problem"), [("none.jsonl", "no such file"), ("/dev/null", "is not a plain file")])
def test_a_file_that_cannot_be_read_is_named_with_its_full_path(tmp_path: Path, name: str, problem: str) -> None:
    line = refusal(run("import", name, cwd=tmp_path, MEMORYOS_DATA_STORAGE_PATH=str(tmp_path / "data")))

    advice = "name a file that export wrote, or one of conversations"
    assert line == f"memoryos: {tmp_path / name}: {problem}; {advice}"


IMPORTING = """
import sys
from pathlib import Path

from memoryos import load_config
from memoryos.storage.transfer import add_pages
from memoryos_mcp.importers import import_pages

config, source = sys.argv[1:]

def stop(_):
    sys.stdout.write("a part is in\\n")
    sys.stdout.flush()
    sys.stdin.readline()

given = import_pages(Path(source), None, "helper")
list(add_pages(load_config(Path(config), environ={}), given, stop, clock=lambda: 0.0))
"""


def test_an_import_that_was_killed_is_completed_by_the_next_one(tmp_path: Path) -> None:
    config, source = configured(tmp_path, "anna"), tmp_path / "talk.jsonl"
    texts = [f"Day {number // 2}." for number in range(2 * BATCH_PAGES + 10)]
    source.write_text(
        "".join(f'{{"user_input": "{text}", "agent_response": ""}}\n' for text in texts), encoding="utf-8"
    )
    with subprocess.Popen(
        [sys.executable, "-c", IMPORTING, str(config), str(source)],
        env=get_default_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == f"a part is in{os.linesep}".encode()
        killed.kill()

    said = imported(source, config)

    assert said.startswith(f"Imported {BATCH_PAGES + 10} pages ({BATCH_PAGES} were there already) into ")
    with closing(Database(memory_of(config))) as database:
        assert [page.user_input for page in Contents(database).pages()] == texts


@pytest.mark.slow
async def test_a_server_goes_on_and_finds_what_is_imported_while_it_runs(tmp_path: Path) -> None:
    config, source = configured(tmp_path, "anna", consolidation_idle_seconds=0), tmp_path / "talk.jsonl"
    source.write_text('{"user_input": "我的狮子叫 Oolong", "agent_response": "Nice."}\n', encoding="utf-8")
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "memoryos_mcp", "--config", str(config)], cwd=tmp_path
    )
    with (tmp_path / "stderr.txt").open("w") as errors:
        async with Client(stdio_client(server, errlog=errors)) as client:
            await called(client, "add_memory", user_input="I moved to Lyon.", agent_response="How is it?")
            said = await asyncio.to_thread(imported, source, config)
            recall = await called(client, "retrieve_memory", query="oolong")
            exported = await asyncio.to_thread(export, config)
            status = await idle(client, pause=0.01)
            await called(client, "add_memory", user_input="And to Nice.", agent_response="Sunny.")
            after = await read(client, "memoryos://status")

    assert said.startswith("Imported 1 page into ")
    assert recall["retrieved_pages"][0]["user_input"] == "我的狮子叫 Oolong"
    assert [json.loads(line)["user_input"] for line in page_lines(exported)] == [
        "I moved to Lyon.",
        "我的狮子叫 Oolong",
    ]
    assert (status["counts"]["pages"], after["counts"]["pages"]) == (2, 3)


# Exporting


def test_a_memory_that_is_not_there_is_named_and_not_made(tmp_path: Path) -> None:
    config = configured(tmp_path, "anna")

    line = refusal(run("export", "--config", config, "--output", "out.jsonl", cwd=tmp_path))

    assert line.startswith(f"memoryos: {memory_of(config)}: no such file; set user_id and data_storage_path ")
    assert [path.name for path in tmp_path.iterdir()] == ["anna.json"]


def test_an_export_to_a_file_is_what_standard_output_would_get(tmp_path: Path, config: Path) -> None:
    done = run("--config", config, "export", "--output", "out.jsonl", cwd=tmp_path)

    target = tmp_path / "out.jsonl"
    said = f"Exported 7 pages, and what was derived from them, to {target}.{os.linesep}"
    assert (done.returncode, done.stderr, done.stdout) == (0, b"", said.encode())
    assert target.read_bytes() == export(config)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "out.jsonl", "tom.json"]
    if os.name == "posix":
        assert target.stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_there_is_not_overwritten(tmp_path: Path, config: Path) -> None:
    (tmp_path / "out.jsonl").write_text("mine", encoding="utf-8")

    line = refusal(run("export", "--config", config, "--output", "out.jsonl", cwd=tmp_path))

    target = tmp_path / "out.jsonl"
    assert line == f"memoryos: --output: {target} exists and is left as it is; name a new file"
    assert target.read_text(encoding="utf-8") == "mine"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, config: Path) -> None:
    target = tmp_path / "none" / "out.jsonl"

    line = refusal(run("export", "--config", config, "--output", target, cwd=tmp_path))

    assert line.startswith(f"memoryos: --output: {target}: ")
    assert line.endswith("; name a new file in a folder that can be written and has room")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_an_export_is_utf_8_whatever_the_system_writes(config: Path, encoding: str) -> None:
    done = run("export", "--config", config, cwd=config.parent, PYTHONIOENCODING=encoding)

    assert (done.returncode, done.stderr, done.stdout) == (0, b"", export(config))
    assert "喜欢狮子 🦁".encode() in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full disk to lend")
def test_a_full_disk_behind_standard_output_is_told_in_one_line(config: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "memoryos_mcp", "export", "--config", str(config)],
            env=get_default_environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    assert ended.returncode == 1
    (line,) = ended.stderr.decode().splitlines()
    assert line.startswith("memoryos: standard output: ")
    assert line.endswith("; the export is not complete")


@pytest.mark.parametrize("command", [("export",), ("import", "talk.jsonl")])
def test_neither_loads_a_model_nor_an_index(tmp_path: Path, config: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "talk.jsonl").write_text('{"user_input": "Hello.", "agent_response": ""}\n', encoding="utf-8")
    heavy = ["faiss", "onnxruntime", "tokenizers", "openai", "sentence_transformers"]
    (tmp_path / "sitecustomize.py").write_text(f"import sys\nfor name in {heavy}: sys.modules[name] = None\n")

    done = run(*command, "--config", config, cwd=tmp_path, PYTHONPATH=str(tmp_path))

    assert (done.returncode, done.stderr) == (0, b"")


def test_a_page_whose_id_is_there_with_other_content_is_named_and_left_as_it_is(tmp_path: Path, config: Path) -> None:
    """It was counted as there already."""
    exported = tmp_path / "out.jsonl"
    assert run("export", "--config", config, "--output", exported, cwd=tmp_path).returncode == 0
    lines = exported.read_text(encoding="utf-8").splitlines(keepends=True)
    first = json.loads(lines[0])
    exported.write_text(
        json.dumps({**first, "user_input": "something else"}) + "\n" + "".join(lines[1:]), encoding="utf-8"
    )
    before = memory_of(config).read_bytes()

    done = run("import", "--config", config, exported, cwd=tmp_path)

    assert done.stdout.decode().splitlines()[1] == (
        f"1 page came with the id of one that is there with other content, which was left as it is: {first['id']}"
    )
    assert memory_of(config).read_bytes() == before


@pytest.mark.skipif(not hasattr(os, "O_TMPFILE"), reason="there are no nameless files here")
def test_an_export_that_is_killed_leaves_nothing(tmp_path: Path, config: Path) -> None:
    killed = """
import os, sys
from pathlib import Path
from memoryos import load_config
from memoryos_mcp.commands import transfer
transfer.export_line = lambda page: os.kill(os.getpid(), 9)
transfer.export(load_config(Path(sys.argv[1]), environ={}), Path(sys.argv[2]))
"""
    folder = tmp_path / "exports"
    folder.mkdir()

    done = subprocess.run([sys.executable, "-c", killed, config, folder / "out.jsonl"], check=False, timeout=60)

    assert done.returncode == -9
    assert list(folder.iterdir()) == []


CLAUDE = [
    {
        "uuid": "c1",
        "name": "Soup",
        "created_at": "2025-03-01T09:30:00Z",
        "chat_messages": [
            {"uuid": "m1", "sender": "human", "text": "I like leek.", "created_at": "2025-03-01T09:30:01Z"},
            {"uuid": "m2", "sender": "assistant", "text": "Noted.", "created_at": "2025-03-01T09:30:02Z"},
            {"uuid": "m3", "sender": "human", "text": "And\nsalt.", "created_at": "2025-03-02T09:30:01Z"},
        ],
    }
]


def test_a_dry_run_says_what_is_in_a_file_and_makes_no_memory(tmp_path: Path) -> None:
    config, source = configured(tmp_path, "anna", timezone="Asia/Tokyo"), tmp_path / "conversations.json"
    source.write_text(json.dumps(CLAUDE), encoding="utf-8")

    done = run("import", source.name, "--dry-run", "--config", config, cwd=tmp_path)

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().splitlines() == [
        "  2025-03-01 18:30:01  I like leek.",
        "  2025-03-02 18:30:01  And\\u000asalt.",
        f"{source} (claude): 2 pages in 1 conversation, from 2025-03-01 18:30:01 to 2025-03-02 18:30:01. "
        "Nothing was imported.",
    ]
    assert not memory_of(config).exists()


def test_an_export_of_another_product_that_grew_adds_what_is_new(tmp_path: Path) -> None:
    config, source = configured(tmp_path, "anna", timezone="Asia/Tokyo"), tmp_path / "conversations.json"
    source.write_text(json.dumps([{**CLAUDE[0], "chat_messages": CLAUDE[0]["chat_messages"][:2]}]), encoding="utf-8")
    assert imported(source, config) == f"Imported 1 page into {memory_of(config)}.\n{DERIVE}"
    source.write_text(json.dumps(CLAUDE), encoding="utf-8")

    said = imported(source, config)

    assert said == f"Imported 1 page (1 was there already) into {memory_of(config)}.\n{DERIVE}"
    pages = [json.loads(line) for line in page_lines(export(config))]
    assert [(page["user_input"], page["happened_at"]) for page in pages] == [
        ("I like leek.", "2025-03-01T09:30:01+00:00"),
        ("And\nsalt.", "2025-03-02T09:30:01+00:00"),
    ]


def test_an_import_takes_what_is_chosen_and_says_what_it_left_out(tmp_path: Path) -> None:
    tom = configured(tmp_path, "tom", timezone="UTC")
    talk = tmp_path / "talk.jsonl"
    key = "ghp_" + "a1B2c3D4" * 4 + "e5F6"
    said = [("old", "2025-01-01"), (f"my token: {key}", "2026-01-01"), ("<private>diary</private>", "2026-01-02")]
    lines = [json.dumps({"user_input": text, "agent_response": "", "timestamp": at}) for text, at in said]
    talk.write_text("\n".join([*lines[:1], '{"user_input": 5}', *lines[1:]]), encoding="utf-8")

    refused = run("import", "--config", tom, talk, cwd=tmp_path)
    done = run(
        *("import", "--config", tom, talk, "--since", "2026-01-01", "--project", "acme/app", "--skip-broken"),
        cwd=tmp_path,
    )

    assert refusal(refused).startswith(f"memoryos: {talk}: line 2: user_input: Input should be a valid string")
    assert done.stdout.decode() == (
        f"Imported 1 page into {memory_of(tom)}.\n"
        "1 page from before --since left out.\n"
        "1 page marked as <private> left out.\n"
        "1 secret masked (mask_secrets).\n"
        "1 record skipped that cannot be read:\n"
        f"  {talk}: line 2: user_input: Input should be a valid string; expected: {PAGES_EXPECTED}\n"
        f"{DERIVE}"
    )
    stored = [json.loads(line) for line in page_lines(export(tom))]
    assert [(page["user_input"], page["project"]) for page in stored] == [
        ("my token: [masked: GitHub token]", "acme/app")
    ]
