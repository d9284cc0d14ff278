"""What the command `reanalyse` says and does, run as a user runs it."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from command_line import CONFIG_ERROR, run
from engine import NOON, Clock
from hash_embedder import HashEmbedder
from mcp.client.stdio import get_default_environment
from reading_model import ReadingModel
from scripted_llm import HANG, ScriptedLLM
from synthetic_talk import SUBJECTS, synthetic_talk

from memoryos import Runtime, load_config
from memoryos.assembly import assemble
from memoryos.embedding import OnDemandEmbedder
from memoryos.models import NewPage
from memoryos.storage.paths import file_of

PAGES = 40
READ = PAGES - 10
PATIENCE_SECONDS = 60
INTERRUPTED = 130


def subject_of(text: str) -> str:
    return next(subject for subject in SUBJECTS if subject in text)


@pytest.fixture
def server() -> Iterator[ScriptedLLM]:
    with ScriptedLLM() as server:
        yield server


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A memory that was filled and worked through without a model."""
    config = load_config(None, environ={}, arguments={"user_id": "tom", "data_storage_path": str(tmp_path / "data")})
    clock = Clock()
    parts = assemble(config, Runtime(), clock, OnDemandEmbedder(HashEmbedder().id, HashEmbedder))
    for exchange in synthetic_talk(PAGES, seed=3, start=NOON):
        page = NewPage(exchange.user_input, exchange.agent_response, NOON, exchange.timestamp)
        parts.store.add_page(page, timestamp=exchange.timestamp, now=clock())
    updater = parts.updater
    while updater.embed() or updater.consolidate(now_due=True) or updater.analyse(whatever_heat=True):
        pass
    parts.store.close()
    return file_of(config)


@pytest.fixture
def config(tmp_path: Path, database: Path, server: ScriptedLLM) -> Path:
    """The settings with which a model is to read that memory."""
    file = tmp_path / "config.json"
    settings = {
        "user_id": "tom",
        "data_storage_path": "data",
        "openai_base_url": server.base_url,
        "openai_api_key": "sk-again",
        "llm_model": "tiny",
    }
    file.write_text(json.dumps(settings), encoding="utf-8")
    return file


def command(*options: object) -> list[str]:
    return [sys.executable, "-m", "memoryos_mcp", "reanalyse", *map(str, options)]


def dump(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        return list(connection.iterdump())


def check_all_read(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        pages = connection.execute("SELECT seq, segment, analysed FROM pages ORDER BY seq").fetchall()
        segments = dict(connection.execute("SELECT id, pages FROM segments WHERE archived_at IS NULL"))
        kinds = connection.execute(
            "SELECT analysis FROM segments WHERE archived_at IS NULL UNION SELECT analysis FROM chains"
            " UNION SELECT analysis FROM knowledge WHERE archived_at IS NULL AND superseded_by IS NULL"
        ).fetchall()
    assert [seq for seq, _, _ in pages] == list(range(1, PAGES + 1))
    assert [seq for seq, _, analysed in pages if analysed] == list(range(1, READ + 1))
    assert Counter(segment for _, segment, _ in pages if segment) == segments
    assert kinds == [("model",)]


def test_without_a_model_it_names_the_settings_to_set(tmp_path: Path, database: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text('{"user_id": "tom", "data_storage_path": "data"}', encoding="utf-8")

    done = run("reanalyse", "--config", file, "--yes", cwd=tmp_path)

    assert (done.returncode, done.stdout) == (CONFIG_ERROR, "")
    assert done.stderr == (
        "memoryos: reanalyse needs a language model: set openai_base_url (and openai_api_key where it wants one) and "
        "llm_model, or llm_command, in the configuration\n"
    )


def test_without_yes_it_tells_what_it_would_take_and_changes_nothing(
    tmp_path: Path, database: Path, config: Path, server: ScriptedLLM
) -> None:
    before = dump(database)

    done = run("reanalyse", "--config", config, cwd=tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    first, *rest = done.stdout.splitlines()
    assert first.startswith(f"{READ} pages to read again with tiny: about ")
    assert first.endswith(" tokens.")
    assert rest == [
        "The pages stay searchable; topics found without a model are archived when it begins, facts stay.",
        "Nothing was changed; add --yes to begin.",
    ]
    assert dump(database) == before
    assert server.requests == []


@pytest.mark.slow
def test_with_yes_the_model_reads_all_of_it(tmp_path: Path, database: Path, config: Path, server: ScriptedLLM) -> None:
    server.reply(ReadingModel(subject_of), times=None)

    done = run("reanalyse", "--config", config, "--yes", cwd=tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "Done: the model has read all pages it was to read."
    check_all_read(database)
    assert (
        run("reanalyse", "--config", config, cwd=tmp_path).stdout
        == "Nothing is to do: no page was read without a model.\n"
    )


@pytest.mark.slow
def test_a_run_that_is_killed_goes_on_when_it_is_started_again(
    tmp_path: Path, database: Path, config: Path, server: ScriptedLLM
) -> None:
    model = ReadingModel(subject_of)
    server.reply(model, times=2)
    server.reply(HANG, times=None)
    with subprocess.Popen(command("--config", config, "--yes"), cwd=tmp_path, env=get_default_environment()) as killed:
        assert server.hanging.wait(PATIENCE_SECONDS)
        killed.kill()
    server.forget()
    server.release()
    server.reply(model, times=None)

    done = run("reanalyse", "--config", config, "--yes", cwd=tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    check_all_read(database)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there a signal cannot be sent to one process alone")
def test_ctrl_c_ends_it_with_the_way_on(tmp_path: Path, database: Path, config: Path, server: ScriptedLLM) -> None:
    server.reply(HANG, times=None)
    with subprocess.Popen(
        command("--config", config, "--yes"),
        cwd=tmp_path,
        env=get_default_environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as working:
        assert server.hanging.wait(PATIENCE_SECONDS)
        working.send_signal(signal.SIGINT)
        _, said = working.communicate(timeout=PATIENCE_SECONDS)

    assert working.returncode == INTERRUPTED
    assert said == "Interrupted. What was read is kept; run this command again, or a server, to go on.\n"


@pytest.mark.slow
def test_a_budget_that_is_spent_ends_it_with_the_reason_and_the_way_on(
    tmp_path: Path, database: Path, config: Path, server: ScriptedLLM
) -> None:
    config.write_text(config.read_text().replace("}", ', "llm_daily_token_budget": 200}'), encoding="utf-8")
    server.reply(ReadingModel(subject_of), times=None)

    done = run("reanalyse", "--config", config, "--yes", cwd=tmp_path)

    assert done.returncode == 1
    reason, way_on = done.stderr.splitlines()
    assert reason.startswith("memoryos: ")
    assert way_on == "What was read is kept; run this command again, or a server, to go on."
