"""How a hook asks a running server: over a local socket, on Windows a named pipe, one question each time it connects.

Both messages are of `MAX_BYTES` at most, and none leaves the user: the socket and its folder admit nobody else, and at
a pipe both sides show that they can read the key that lies beside the memory.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Final

from memoryos_mcp.hooks.doors import SUFFIX, doors, new_door

MAX_BYTES: Final = 32_768

_PEER_SECONDS: Final = 0.2
"""So long a server waits for a question: who connects has it ready."""

if sys.platform == "win32":
    from multiprocessing import AuthenticationError
    from multiprocessing.connection import Client, Listener

    if TYPE_CHECKING:
        from multiprocessing.connection import Connection, PipeConnection

    _KEY_BYTES: Final = 32
    _PIPES: Final = "\\\\.\\pipe\\"

    class Door:
        """Where this process can be asked about the memory in a folder. Raises `OSError` where there can be none."""

        def __init__(self, memory_folder: str) -> None:
            there = set(os.listdir(_PIPES))  # to look at one of them would be to connect to it
            for path in doors(memory_folder):
                if _pipe(path).removeprefix(_PIPES) not in there:
                    with suppress(OSError):
                        os.unlink(path)
            self.path = new_door(memory_folder)
            self._key = os.urandom(_KEY_BYTES)
            self._is_closed = False
            self._listener = Listener(_pipe(self.path), "AF_PIPE", authkey=self._key)
            with open(self.path, "xb") as file:
                file.write(self._key)

        def serve(self, answer: Callable[[bytes], bytes]) -> None:
            """Answer who asks, one after the other, until the door is closed.

            Who cannot show the key is not heard; as long as such a one stays connected, hooks go without an answer.
            """
            while not self._is_closed:
                with suppress(OSError, EOFError, AuthenticationError), self._listener.accept() as peer:
                    peer.send_bytes(answer(_received(peer, _PEER_SECONDS)))

        def close(self) -> None:
            """Take the door away; what is being answered is answered."""
            self._is_closed = True
            with suppress(OSError):
                # Wakes who waits there. Without the key: to show it would be to wait for what is being answered.
                Client(_pipe(self.path), "AF_PIPE").close()
            with suppress(OSError):
                os.unlink(self.path)
            self._listener.close()

    def ask(door: str, question: bytes, seconds: float) -> bytes:
        """What is answered at a door, within so many seconds once it is open. Raises `OSError` where nothing is."""
        with open(door, "rb") as file:
            key = file.read(_KEY_BYTES)
        try:
            with Client(_pipe(door), "AF_PIPE", authkey=key) as server:
                server.send_bytes(question)
                return _received(server, seconds)
        except (EOFError, AuthenticationError) as error:
            raise ConnectionRefusedError from error

    def _received(peer: Connection | PipeConnection, seconds: float) -> bytes:
        if not peer.poll(seconds):
            raise TimeoutError
        return peer.recv_bytes(MAX_BYTES)

    def _pipe(door: str) -> str:
        return f"{_PIPES}memoryos-{os.path.basename(door).removesuffix(SUFFIX)}"

else:
    import socket

    class Door:
        """Where this process can be asked about the memory in a folder. Raises `OSError` where there can be none."""

        def __init__(self, memory_folder: str) -> None:
            self.path = new_door(memory_folder)
            for path in doors(memory_folder):
                _take_away_if_dead(path)
            self._is_closed = False
            with ExitStack() as unless_open:
                self._listener = unless_open.enter_context(socket.socket(socket.AF_UNIX))
                # It has its name once others are kept out and somebody listens: one where nobody does is taken away.
                hidden = self.path.removesuffix(SUFFIX)
                self._listener.bind(hidden)
                os.chmod(hidden, 0o600)
                self._listener.listen()
                os.rename(hidden, self.path)
                unless_open.pop_all()

        def serve(self, answer: Callable[[bytes], bytes]) -> None:
            """Answer who asks, one after the other, until the door is closed."""
            with self._listener, suppress(OSError):  # where no more can be accepted, hooks go without an answer
                while True:
                    with self._listener.accept()[0] as peer:
                        if self._is_closed:
                            return
                        with suppress(OSError):
                            peer.sendall(answer(_received(peer, _PEER_SECONDS)))

        def close(self) -> None:
            """Take the door away; what is being answered is answered."""
            self._is_closed = True
            with suppress(OSError), _knocking() as waking:
                waking.connect(self.path)
            with suppress(OSError):
                os.unlink(self.path)

    def ask(door: str, question: bytes, seconds: float) -> bytes:
        """What is answered at a door within so many seconds. Raises `OSError` where nothing is."""
        with socket.socket(socket.AF_UNIX) as server:
            server.settimeout(seconds)
            server.connect(door)
            server.sendall(question)
            server.shutdown(socket.SHUT_WR)
            return _received(server, seconds)

    def _received(peer: socket.socket, seconds: float) -> bytes:
        """All that the other side says. Raises `TimeoutError` for one that says it too slowly, or too much."""
        end = time.monotonic() + seconds
        said = b""
        while (left := end - time.monotonic()) > 0 and len(said) <= MAX_BYTES:
            peer.settimeout(left)
            part = peer.recv(MAX_BYTES)
            if not part:
                return said
            said += part
        raise TimeoutError

    def _knocking() -> socket.socket:
        """What connects at once or not at all: before a server that is suspended others may stand in line already."""
        knocking = socket.socket(socket.AF_UNIX)
        knocking.setblocking(False)
        return knocking

    def _take_away_if_dead(path: str) -> None:
        with suppress(OSError), _knocking() as knocking:
            try:
                knocking.connect(path)
            except ConnectionRefusedError:
                os.unlink(path)
