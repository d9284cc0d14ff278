"""The targets within this process: configurations, files to import, events of clients' hooks."""

from __future__ import annotations

import contextlib
import io
import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from hypothesis import strategies as st

from benchmarks.fuzz.inputs import damaged, nearly, numbers, texts, values, written
from benchmarks.fuzz.target import Fed
from memoryos import Config, ConfigError
from memoryos_mcp.hooks.command import hook
from memoryos_mcp.hooks.events import READERS
from memoryos_mcp.importers import IMPORTERS, import_pages, importer_of
from memoryos_mcp.settings import load_server_config

_SECONDS_TO_ASK: Final = 0.2
"""How long a hook may ask a server, of which there is none."""
_SECRET: Final = "sk-fuzzfuzzfuzzfuzzfuzzfuzz0123456789"


@contextmanager
def configs(folder: Path) -> Iterator[Fed]:
    """Configuration files and variables: they are read, or refused by name, and no key is repeated."""
    keys = st.sampled_from(sorted(Config.model_fields))
    some = st.one_of(values, st.sampled_from(("none", "jwt", "sqlite:", "127.0.0.1", "all", "${HOME}", "~", _SECRET)))
    files = damaged(st.dictionaries(st.one_of(keys, keys, keys, texts), some, max_size=5).map(written))
    variables = st.dictionaries(
        keys.map(lambda key: f"MEMORYOS_{key.upper()}"), texts.filter(_is_a_variable), max_size=2
    )
    path = folder / "config.json"

    def check(case: tuple[bytes, Mapping[str, str]]) -> None:
        content, environ = case
        path.write_bytes(content)
        try:
            load_server_config(path, environ=environ)
        except ConfigError as error:
            said = str(error)
            assert said.strip(), said
            assert "\n" not in said, said
            assert _SECRET not in said, said

    yield Fed(st.tuples(files, variables), check)


def _is_a_variable(text: str) -> bool:
    return "\x00" not in text


_CHATGPT: Final = [
    {
        "id": texts,
        "title": texts,
        "create_time": numbers,
        "current_node": st.sampled_from(("a", "b", "c")),
        "mapping": {
            node: {
                "parent": st.sampled_from(("a", "b", "c", None)),
                "message": {
                    "id": texts,
                    "author": {"role": st.sampled_from(("user", "assistant", "tool"))},
                    "create_time": numbers,
                    "content": {"content_type": "text", "parts": [texts]},
                },
            }
            for node in ("a", "b", "c")
        },
    }
]
_CLAUDE: Final = [
    {
        "uuid": texts,
        "name": texts,
        "created_at": st.one_of(st.datetimes().map(lambda moment: f"{moment.isoformat()}Z"), texts),
        "chat_messages": [
            {
                "uuid": st.sampled_from(("a", "b", "c")),
                "sender": st.sampled_from(("human", "assistant")),
                "text": texts,
                "created_at": st.datetimes().map(lambda moment: f"{moment.isoformat()}Z"),
                "parent_message_uuid": st.sampled_from(("a", "b", "c")),
            }
        ],
    }
]
_PAGE: Final = {
    "kind": st.sampled_from(("page", "fact", None)),
    "id": texts,
    "user_input": texts,
    "agent_response": texts,
    "timestamp": texts,
    "happened_at": texts,
    "meta_data": {"a": values},
    "project": texts,
}
_ENTITY: Final = {
    "type": st.sampled_from(("entity", "relation")),
    "name": texts,
    "observations": [texts],
    "from": texts,
    "to": texts,
    "relationType": texts,
}
_FILES: Final = (
    ("conversations.json", nearly(_CHATGPT).map(written)),
    ("conversations.json", nearly(_CLAUDE).map(written)),
    ("pages.json", nearly([_PAGE]).map(written)),
    ("pages.jsonl", st.lists(nearly(_PAGE).map(written), max_size=4).map(b"\n".join)),
    ("memory.json", st.lists(nearly(_ENTITY).map(written), max_size=4).map(b"\n".join)),
    ("conversations.zip", st.binary(max_size=200)),
)


@contextmanager
def imports(folder: Path) -> Iterator[Fed]:
    """Files to import: their pages are read, or the file is refused in one line."""
    cases = st.one_of(
        *(st.tuples(st.just(name), damaged(content), st.just("")) for name, content in _FILES),
        st.tuples(
            st.just("any.json"), damaged(nearly(_CHATGPT).map(written)), st.sampled_from(sorted(IMPORTERS.brought))
        ),
    )

    def check(case: tuple[str, bytes, str]) -> None:
        name, content, format_name = case
        path = folder / name
        path.write_bytes(content)
        try:
            importer_of(path, format_name)
            for _ in import_pages(path, None, "fuzz", format_name):
                pass
        except ConfigError as error:
            said = str(error)
            assert said.strip(), said
            assert "\n" not in said, said

    yield Fed(cases, check)


@contextmanager
def hooks(folder: Path) -> Iterator[Fed]:
    """Events of clients' hooks: they are taken in, or passed over, and what is printed is JSON."""
    environ = {"MEMORYOS_DATA_STORAGE_PATH": str(folder / "data"), "HOME": str(folder)}
    events = [(client, name) for client, reader in READERS.items() for name in reader.kinds]
    told = nearly(
        {
            "session_id": texts,
            "conversation_id": texts,
            "turn_id": texts,
            "generation_id": texts,
            "timestamp": texts,
            "prompt": texts,
            "prompt_response": texts,
            "text": texts,
            "last_assistant_message": texts,
            "cwd": st.one_of(st.just(str(folder)), texts),
            "transcript_path": st.one_of(st.just(str(folder / "transcript.jsonl")), texts),
            "workspace_roots": [texts],
            "stop_hook_active": st.booleans(),
        }
    )
    (folder / "transcript.jsonl").write_text(
        '{"type": "user", "message": {"role": "user", "content": "hi"}}\n{"ty', "utf-8"
    )

    def check(case: tuple[tuple[str, str], bytes]) -> None:
        (client, name), content = case
        with contextlib.redirect_stderr(io.StringIO()) as named:
            printed = hook(name, client, None, content, environ, time.monotonic() + _SECONDS_TO_ASK)
        assert re.fullmatch(rf"(memoryos: hook {name}: \w+\n)?", named.getvalue()), named.getvalue()
        if printed:
            printed.encode()
            json.loads(printed)

    yield Fed(st.tuples(st.sampled_from(events), damaged(told.map(written))), check)
