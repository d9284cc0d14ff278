"""Links that let one browser into a running server, once: a file for each, which holds no link."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from memoryos.errors import StoreError
from memoryos.storage.paths import make_folders, named_refusals

LINK_LASTS: Final = timedelta(minutes=10)

_SECRET_BYTES: Final = 32
_FILE: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class OneTimeTokens:
    """The one-time tokens of a data folder: made by a command, used up by the server, whichever processes these are.

    Whoever may write there may read the memory anyway. A file is named by the hash of its token and says until when
    that is good. All methods may raise `StoreError`.
    """

    data_storage_path: Path
    clock: Callable[[], datetime]

    def create(self) -> str:
        """A token that is good for `LINK_LASTS`, once; those that have expired go."""
        token = secrets.token_urlsafe(_SECRET_BYTES)
        with named_refusals(self._folder):
            make_folders(self._folder)
            self._remove_expired()
            descriptor = os.open(self._file(token), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write((self.clock() + LINK_LASTS).isoformat())
        return token

    def use(self, token: str) -> bool:
        """Whether it is one that was good until now; of all who bring it, one is told so."""
        file = self._file(token)
        try:
            until = _until(file)
            file.unlink()  # one of two at the same time finds nothing to take away
        except FileNotFoundError:
            return False
        except OSError as error:
            raise StoreError(f"{file}: {error.strerror}; give the server's user access to this folder") from error
        return until is not None and self.clock() < until

    def _remove_expired(self) -> None:
        for file in self._folder.iterdir():
            until = _until(file) if _FILE.fullmatch(file.name) else None
            if until is not None and until <= self.clock():
                file.unlink(missing_ok=True)

    @property
    def _folder(self) -> Path:
        return self.data_storage_path / "links"

    def _file(self, token: str) -> Path:
        return self._folder / hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def _until(file: Path) -> datetime | None:
    try:
        return datetime.fromisoformat(file.read_text(encoding="ascii"))
    except ValueError:
        return None
