"""What hooks keep where not every event came: the transcript has the rest."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing, nullcontext
from datetime import datetime, timezone
from pathlib import Path

import pytest

from memoryos import Config, Memoryos, Selection
from memoryos.storage.paths import file_of
from memoryos_mcp.hooks import capture
from memoryos_mcp.hooks.capture import Capture, fit
from memoryos_mcp.hooks.events import READERS, Event, Kind
from memoryos_mcp.hooks.fence import fenced, quoted, unfenced
from memoryos_mcp.hooks.place import Place, is_kept_out, place_of
from memoryos_mcp.hooks.spool import Prompt, Spool
from memoryos_mcp.hooks.transcripts import Exchange, of_claude_code
from memoryos_mcp.privacy import Masked, masked

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc).timestamp()
DAY = 86_400.0

MakeConfig = Callable[..., Config]


def codex(payload: dict[str, object]) -> dict[str, object]:
    return {"timestamp": "2026-03-01T12:00:00.000Z", "type": "event_msg", "payload": payload}


def codex_message(answer: str) -> dict[str, object]:
    content = [{"type": "output_text", "text": answer}]
    return {"type": "response_item", "payload": {"type": "message", "role": "assistant", "content": content}}


def codex_turn(turn: str, said: str, *answers: str) -> list[dict[str, object]]:
    """As Codex writes a turn; its last answer is the final one."""
    return [
        codex({"type": "task_started", "turn_id": turn}),
        codex({"type": "user_message", "message": said}),
        codex({"type": "agent_message", "message": "I look."}),
        *map(codex_message, answers),
        codex({"type": "task_complete", "turn_id": turn, "last_agent_message": answers[-1] if answers else None}),
    ]


def codex_items(turn: str, said: str, *answers: str) -> list[dict[str, object]]:
    """As versions write it that tell items."""
    told = [("UserMessage", said), *(("AgentMessage", answer) for answer in answers)]
    return [
        codex({"type": "task_started", "turn_id": turn}),
        *(
            codex({"type": "item_completed", "item": {"type": kind, "content": [{"type": "Text", "text": text}]}})
            for kind, text in told
        ),
    ]


def claude_message(answer: str) -> dict[str, object]:
    return {"type": "assistant", "message": {"role": "assistant", "content": [{"type": "text", "text": answer}]}}


def claude_turn(turn: str, said: str, *answers: str) -> list[dict[str, object]]:
    """As Claude Code writes it."""
    return [
        {"type": "user", "uuid": f"u-{turn}", "promptId": turn, "message": {"role": "user", "content": said}},
        *map(claude_message, answers),
    ]


Turn = Callable[..., list[dict[str, object]]]
CLIENTS = [("codex", codex_turn), ("codex", codex_items), ("claude-code", claude_turn)]


def written(tmp_path: Path, *turns: list[dict[str, object]]) -> str:
    path = tmp_path / "transcript.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for turn in turns for line in turn), encoding="utf-8")
    return str(path)


def take(config: Config, client: str, kind: Kind, seconds: float, session: str = "s1", **told: str) -> None:
    event = Event(kind, session, **told)  # type: ignore[arg-type]  # all are texts
    Capture(READERS[client], Spool(str(file_of(config)), client, session)).take(event, NOON + seconds)


def kept(config: Config) -> list[tuple[str, str]]:
    with closing(Memoryos.open(config)) as memory:
        return [(page.user_input, page.agent_response) for page in memory.browsing.pages(20).pages[::-1]]


@pytest.mark.parametrize(("client", "turn"), CLIENTS)
def test_a_turn_whose_stop_never_came_gets_its_answer_with_the_next_one(
    make_config: MakeConfig, tmp_path: Path, client: str, turn: Turn
) -> None:
    config = make_config()
    first, second = turn("t1", "Which port?", "It is 8000.", "No, 8765."), turn("t2", "And the host?", "localhost.")
    path = written(tmp_path, first, second)

    take(config, client, "prompt", 0, prompt="Which port?", turn="t1", transcript=path)
    take(config, client, "prompt", 60, prompt="And the host?", turn="t2", transcript=path)
    take(config, client, "stop", 90, answer="localhost.", turn="t2", transcript=path)

    assert kept(config) == [("Which port?", "No, 8765."), ("And the host?", "localhost.")]


@pytest.mark.parametrize(("client", "turn"), CLIENTS)
def test_a_session_that_ended_without_a_stop_is_kept_with_its_answer_a_day_later(
    make_config: MakeConfig, tmp_path: Path, client: str, turn: Turn
) -> None:
    config = make_config()
    path = written(tmp_path, turn("t1", "Which port?", "8765."))
    take(config, client, "prompt", 0, prompt="Which port?", turn="t1", transcript=path)
    assert kept(config) == []

    take(config, client, "start", 10 * 365 * DAY, session="s2")

    assert kept(config) == [("Which port?", "8765.")]


@pytest.mark.parametrize(("client", "turn"), CLIENTS)
def test_a_prompt_that_no_hook_was_told_is_found_in_the_transcript(
    make_config: MakeConfig, tmp_path: Path, client: str, turn: Turn
) -> None:
    config = make_config()
    path = written(tmp_path, turn("t1", "Which port?", "8765."))
    take(config, client, "stop", 0, turn="t1", transcript=path)

    assert kept(config) == [("Which port?", "8765.")]


@pytest.mark.parametrize(("client", "turn"), CLIENTS)
def test_a_transcript_that_lags_behind_tells_no_earlier_turn_again(
    make_config: MakeConfig, tmp_path: Path, client: str, turn: Turn
) -> None:
    config = make_config()
    path = written(tmp_path, turn("t1", "Which port?", "8765."))
    take(config, client, "stop", 0, answer="localhost.", turn="t2", transcript=path)

    assert kept(config) == []


def test_the_clients_own_notes_are_no_words_of_the_user(make_config: MakeConfig, tmp_path: Path) -> None:
    config = make_config()
    note = codex_turn("t2", "<environment_context>...</environment_context>")
    path = written(tmp_path, codex_turn("t1", "Notes\n## My request for Codex:\nWhich port?", "8765."), note)
    take(config, "codex", "stop", 0, turn="t1", transcript=path)

    assert kept(config) == [("Which port?", "8765.")]
    assert fit("<task-notification>done</task-notification>") == ""


@pytest.mark.parametrize(
    ("written_as", "environ", "masks"),
    [
        ({}, {}, True),
        ({"mask_secrets": True}, {}, True),
        ({"mask_secrets": False}, {}, False),
        ({"mask_secrets": False}, {"MEMORYOS_MASK_SECRETS": "true"}, True),
        ({}, {"MEMORYOS_MASK_SECRETS": "off"}, False),
    ],
)
def test_secrets_are_masked_unless_the_user_says_otherwise(
    tmp_path: Path, written_as: dict[str, object], environ: dict[str, str], masks: bool
) -> None:
    secret = "ghp_" + "a1B2" * 9
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"data_storage_path": "data", **written_as}), encoding="utf-8")

    place = place_of(str(config), environ)

    assert place is not None
    assert fit(f"Use {secret}", masks=place.masks) == ("Use [masked: GitHub token]" if masks else f"Use {secret}")


def command(answer: str) -> list[dict[str, object]]:
    """As Claude Code writes a command to the memory, and what the agent says then."""
    told = "<command-message>memory</command-message><command-name>/memoryos:memory</command-name>"
    return [{"type": "user", "uuid": "u-c", "message": {"role": "user", "content": told}}, claude_message(answer)]


@pytest.mark.parametrize("prompt", ["<private>What is this lump?</private>", "/memoryos:memory profile"])
@pytest.mark.parametrize("turns", [("t1", "t2"), ("", "")])
def test_the_answer_to_what_is_not_kept_is_no_other_prompts(
    make_config: MakeConfig, prompt: str, turns: tuple[str, str]
) -> None:
    config = make_config()
    take(config, "claude-code", "prompt", 0, prompt="Plan my trip to Rome", turn=turns[0])
    take(config, "claude-code", "prompt", 5, prompt=prompt, turn=turns[1])
    take(config, "claude-code", "stop", 9, answer="Mostly a swollen lymph node.", turn=turns[1])

    assert kept(config) == [("Plan my trip to Rome", "")]


@pytest.mark.parametrize("turns", [("t1", "t2"), ("", "")])
def test_a_command_long_after_a_turn_does_not_tell_that_again(
    make_config: MakeConfig, tmp_path: Path, turns: tuple[str, str]
) -> None:
    config = make_config()
    path = written(tmp_path, claude_turn("t1", "Plan my trip", "Here it is."), command("You live in Bern."))
    told = {"transcript": path}
    take(config, "claude-code", "prompt", 0, prompt="Plan my trip", turn=turns[0], **told)
    take(config, "claude-code", "stop", 5, answer="Here it is.", turn=turns[0], **told)
    take(config, "claude-code", "prompt", 900, prompt="/memoryos:memory profile", turn=turns[1], **told)
    take(config, "claude-code", "stop", 905, answer="You live in Bern.", turn=turns[1], **told)

    assert kept(config) == [("Plan my trip", "Here it is.")]
    assert [exchange.answer for exchange in of_claude_code(path)] == ["Here it is."]


def test_an_answer_is_on_disk_before_the_transcript_is_read(
    make_config: MakeConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def takes_too_long(_: str) -> list[Exchange]:
        raise TimeoutError

    config = make_config()
    monkeypatch.setitem(READERS, "claude-code", READERS["claude-code"]._replace(exchanges=takes_too_long))
    monkeypatch.setattr(capture, "suppress", lambda *_: nullcontext())
    take(config, "claude-code", "prompt", 0, prompt="Plan my trip to Rome", turn="t1", transcript="x")
    take(config, "claude-code", "prompt", 5, prompt="No, to Oslo", turn="t2", transcript="x")
    with pytest.raises(TimeoutError):
        take(config, "claude-code", "stop", 9, answer="By train.", turn="t2", transcript="x")

    assert kept(config) == [("No, to Oslo", "By train.")]


def test_what_is_forgotten_waits_nowhere(make_config: MakeConfig) -> None:
    config = make_config()
    take(config, "claude-code", "prompt", 0, prompt="My walrus is Ada.", turn="t1")
    take(config, "claude-code", "stop", 5, answer="A fine walrus.", turn="t1")
    take(config, "claude-code", "prompt", 9, prompt="And my zebra is Bob.", turn="t2")
    take(config, "claude-code", "prompt", 9, prompt="And my otter is Cleo.", turn="t3")
    inbox = file_of(config).with_name("inbox")

    def on_disk() -> set[str]:
        texts = [path.read_text(encoding="utf-8") for path in inbox.rglob("*") if path.is_file()]
        return {animal for animal in ("walrus", "zebra", "otter") if any(animal in text for text in texts)}

    with closing(Memoryos.open(config)) as memory:
        assert memory.forget_selected(Selection(about="walrus")).pages == 1
        assert on_disk() == {"zebra", "otter"}
        memory.forget_selected(Selection(about="zebra"))
        assert on_disk() == {"otter"}
        memory.forget_selected(Selection(everything=True))
    assert on_disk() == set()
    take(config, "claude-code", "start", 3 * DAY, session="s2")
    assert kept(config) == []


def test_what_is_said_belongs_to_the_project_that_is_configured(make_config: MakeConfig, tmp_path: Path) -> None:
    config = make_config(project="work")
    file = tmp_path / "own.json"
    file.write_text(json.dumps({"data_storage_path": str(config.data_storage_path), "project": "work"}))
    place = place_of(str(file), {})
    assert place is not None
    spool = Spool(str(file_of(config)), "claude-code", "s1", str(tmp_path), place.project)
    for kind, told in (("prompt", {"prompt": "Ship on Monday."}), ("stop", {"answer": "Noted."})):
        event = Event(kind, "s1", "t1", **told)  # type: ignore[arg-type]
        Capture(READERS["claude-code"], spool).take(event, NOON)

    with closing(Memoryos.open(config)) as memory:
        assert [page.project for page in memory.browsing.pages(9).pages] == ["work"]


@pytest.mark.parametrize(
    "text", ["<memoryos-recalled>" * 12_000, "<memoryos-recalled>\n" * 9_000 + "</memoryos-recalled>"]
)
def test_what_was_recalled_is_taken_out_of_any_text(text: str) -> None:
    fence = fenced([quoted("old")])
    assert unfenced(f"Mine\n{fence}\nalso mine") == "Mine\nalso mine"
    assert unfenced(f"Mine\n{fence[:-9]}") == "Mine"
    assert unfenced(text) in (text, "")


@pytest.mark.parametrize("pattern", ["real/secret*", "link/secret*", "**/secret1"])
@pytest.mark.parametrize("entered", ["real/secret1", "link/secret1/deep", "short"])
def test_a_folder_is_kept_out_by_whatever_name_it_is_entered(tmp_path: Path, pattern: str, entered: str) -> None:
    (tmp_path / "real" / "secret1" / "deep").mkdir(parents=True)
    (tmp_path / "real" / "other").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real", target_is_directory=True)
    (tmp_path / "short").symlink_to(tmp_path / "real" / "secret1", target_is_directory=True)
    place = Place("memory.db", (f"{tmp_path}/{pattern}",))
    assert is_kept_out(str(tmp_path / entered), place)
    assert not is_kept_out(str(tmp_path / "link" / "other"), place)


def test_what_is_written_into_a_folder_keeps_it_out(tmp_path: Path) -> None:
    acme = tmp_path / "[work]" / "clients" / "acme"
    acme.mkdir(parents=True)
    assert not is_kept_out(str(acme), Place("memory.db"))
    (tmp_path / "[work]" / ".memoryos-ignore").write_text("clients/*\n", encoding="utf-8-sig")
    assert is_kept_out(str(acme), Place("memory.db"))


def test_the_same_words_again_within_seconds_are_the_prompt_that_is_answered(make_config: MakeConfig) -> None:
    config = make_config()
    secret = "<private>What is this lump?</private>"
    for seconds, prompt in ((0, secret), (5, "Plan my trip to Rome"), (9, secret)):
        take(config, "claude-code", "prompt", seconds, prompt=prompt)
    take(config, "claude-code", "stop", 12, answer="Mostly a swollen lymph node.")
    for seconds, prompt in ((100, "Yes"), (105, "Wait, no"), (109, "Yes")):
        take(config, "claude-code", "prompt", seconds, prompt=prompt)
    take(config, "claude-code", "stop", 112, answer="Done.")

    assert kept(config) == [("Plan my trip to Rome", ""), ("Yes", ""), ("Wait, no", ""), ("Yes", "Done.")]


@pytest.mark.parametrize("kind", ["command-name", "task-notification"])
@pytest.mark.parametrize("turn", ["", "t9"])
def test_a_second_hook_does_not_tell_the_answer_to_a_command_as_an_earlier_ones(
    make_config: MakeConfig, tmp_path: Path, kind: str, turn: str
) -> None:
    config = make_config()
    content = f"<{kind}>/memoryos:memory</{kind}>"
    told: dict[str, object] = {"type": "user", "uuid": "u9", "message": {"role": "user", "content": content}}
    first = [{**line, "promptId": ""} for line in claude_turn("t1", "Plan my trip", "Here it is.")]
    path = written(tmp_path, first, [told, claude_message("You live in Bern.")])
    take(config, "claude-code", "stop", 900, answer="You live in Bern.", turn=turn, transcript=path)

    assert kept(config) == []
    assert of_claude_code(path) == [Exchange("Plan my trip", "Here it is.", "u-t1", "", True)]


def test_what_is_told_within_a_turn_does_not_end_it(tmp_path: Path) -> None:
    note: dict[str, object] = {
        "type": "user",
        "promptId": "t1",
        "message": {"content": "<task-notification>x</task-notification>"},
    }
    path = written(tmp_path, claude_turn("t1", "Plan my trip", "I look."), [note, claude_message("Here it is.")])

    assert of_claude_code(path) == [Exchange("Plan my trip", "Here it is.", "u-t1", "t1")]


def test_secrets_are_looked_for_only_where_a_prompt_may_be_told(
    make_config: MakeConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "ghp_" + "a1B2" * 9
    config = make_config()
    asked = [f"Use {secret} for it", "x" * 300_000]
    turns = [claude_turn("", said, f"answer {number}") for number, said in enumerate(asked)]
    others = [claude_turn("", f"question {number}", "no") for number in range(100)]
    path = written(tmp_path, *turns, *others)
    for number, said in enumerate(asked):
        take(config, "claude-code", "prompt", number, prompt=said, transcript=path)
    looked_through: list[str] = []

    def noting(text: str) -> Masked:
        looked_through.append(text)
        return masked(text)

    monkeypatch.setattr(capture, "masked", noting)
    take(config, "claude-code", "start", 10 * 365 * DAY, session="s2")

    assert sorted(looked_through) == [asked[0], "answer 0", "answer 1"]
    assert kept(config) == [("Use [masked: GitHub token] for it", "answer 0"), ("x" * 200_000, "answer 1")]


def test_a_text_is_looked_through_as_far_as_it_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "ghp_" + "a1B2" * 9
    line = f"Use {secret} now "
    assert len(fit("x " * 10_000_000)) == 199_999
    assert fit(f"{line * 5_000}password") == "Use [masked: GitHub token] now " * (220_000 // len(line)) + "Use"
    monkeypatch.setattr(capture, "_MARGIN", 20)  # the cut goes through the secret
    assert fit(f"{'x ' * 100_000}{secret} {'x ' * 99}") == ("x " * 100_000).strip()


def test_a_prompt_belongs_where_it_was_said_whoever_tidies_up(make_config: MakeConfig, tmp_path: Path) -> None:
    config = make_config(project="*")
    reader = READERS["claude-code"]
    file = str(file_of(config))
    said = Event("prompt", "s1", "t1", "Ship on Monday.")
    Capture(reader, Spool(file, "claude-code", "s1", str(tmp_path), "work")).take(said, NOON)
    Capture(reader, Spool(file, "claude-code", "s2", str(tmp_path), "home")).take(
        Event("start", "s2"), NOON + 10 * 365 * DAY
    )

    with closing(Memoryos.open(config)) as memory:
        assert [page.project for page in memory.browsing.pages(9).pages] == ["work"]


def test_each_prompt_of_a_session_that_ended_is_done_with_by_itself(make_config: MakeConfig) -> None:
    """A hook whose time is over would begin with the first one again, each time."""
    config = make_config()
    for number in range(3):
        take(config, "claude-code", "prompt", number, prompt=f"question {number}", turn=f"t{number}")
    spool = Spool(str(file_of(config)), "claude-code", "s2")
    asked: list[str] = []

    with pytest.raises(RuntimeError, match="killed"):
        spool.tidy(NOON + 10 * 365 * DAY, lambda prompt: killed_at_the_second(prompt, asked))
    assert len(Spool(str(file_of(config)), "claude-code", "s1").waiting()) == 2


def killed_at_the_second(prompt: Prompt, asked: list[str]) -> str:
    asked.append(prompt.text)
    if len(asked) == 2:
        raise RuntimeError("killed")
    return ""


def inbox_texts(config: Config) -> str:
    files = sorted(path for path in file_of(config).with_name("inbox").rglob("*") if path.is_file())
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


SEEN = "See:\nWalrus Ada is purple"
SELECTIONS = [
    (Selection(about="purple walrus"), ["cat", "hare"], ["My cat is Bob."]),
    (Selection(start=datetime.fromtimestamp(NOON + 5, timezone.utc)), ["walrus"], [SEEN]),
    (Selection(end=datetime.fromtimestamp(NOON + 5, timezone.utc)), ["cat", "hare"], ["My cat is Bob."]),
    (Selection(everything=True), [], []),
]


@pytest.mark.parametrize(("selection", "left", "told"), SELECTIONS)
def test_what_waits_is_forgotten_by_whatever_it_is_named(
    make_config: MakeConfig, selection: Selection, left: list[str], told: list[str]
) -> None:
    config = make_config(project="*")
    take(config, "claude-code", "prompt", 0, prompt=SEEN, turn="t1")
    take(config, "claude-code", "prompt", 9, prompt="My cat is Bob.", turn="t2")
    refused = file_of(config).with_name("inbox") / "1.json.refused"
    refused.write_text(json.dumps({"begun_at": NOON + 9, "said": [{"user": "My hare is Cleo."}]}), encoding="utf-8")
    with closing(Memoryos.open(config)) as memory:
        memory.forget_selected(selection)
    on_disk = inbox_texts(config).lower()
    assert [animal for animal in ("walrus", "cat", "hare") if animal in on_disk] == left

    for turn, seconds in (("t1", 12), ("t2", 13)):
        take(config, "claude-code", "stop", seconds, answer="They are fine.", turn=turn)
    assert [said for said, _ in kept(config)] == told


def test_forgetting_reaches_what_waits_in_what_is_seen_only(make_config: MakeConfig) -> None:
    config = make_config(project="work")
    for project, animal in (("work", "walrus"), ("home", "zebra"), ("", "otter")):
        spool = Spool(str(file_of(config)), "claude-code", "s1", "", project)
        Capture(READERS["claude-code"], spool).take(Event("prompt", "s1", animal, animal), NOON)
    with closing(Memoryos.open(config)) as memory:
        memory.forget_selected(Selection(everything=True))
        assert [animal for animal in ("walrus", "zebra", "otter") if f'"text": "{animal}"' in inbox_texts(config)] == [
            "zebra"
        ]
        memory.exclude("project:home")
    assert '"text": "zebra"' not in inbox_texts(config)


def test_what_is_never_to_be_remembered_waits_nowhere(make_config: MakeConfig) -> None:
    config = make_config()
    take(config, "claude-code", "prompt", 0, prompt="My divorce is through.", turn="t1")
    take(config, "claude-code", "prompt", 5, prompt="Plan my trip.", turn="t2")
    with closing(Memoryos.open(config)) as memory:
        memory.exclude("my divorce")
    assert "divorce" not in inbox_texts(config)
    assert "Plan my trip." in inbox_texts(config)
    take(config, "claude-code", "stop", 9, answer="All the best with the papers.", turn="t1")
    assert kept(config) == []


def test_a_text_of_the_agent_is_no_other_turns_answer_and_stays_nowhere(make_config: MakeConfig) -> None:
    config = make_config()
    take(config, "cursor", "prompt", 0, prompt="Which port?")
    take(config, "cursor", "text", 5, answer="8765.")
    take(config, "cursor", "stop", 6)
    take(config, "cursor", "prompt", 20, prompt="And the host?")
    take(config, "cursor", "stop", 26)

    assert kept(config) == [("Which port?", "8765."), ("And the host?", "")]
    assert "8765" not in inbox_texts(config)


@pytest.mark.parametrize("entered", ["work/acme", "work"])
def test_a_folder_is_kept_out_by_the_name_that_the_user_entered(tmp_path: Path, entered: str) -> None:
    (tmp_path / "vault" / "src").mkdir(parents=True)
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "acme").symlink_to(tmp_path / "vault", target_is_directory=True)
    (tmp_path / "work" / ".memoryos-ignore").write_text("ac*\n", encoding="utf-8")
    told = str(tmp_path / "vault" / "src")

    assert not is_kept_out(told, Place("memory.db"))
    assert is_kept_out(told, Place("memory.db"), str(tmp_path / entered)) == (entered == "work/acme")
