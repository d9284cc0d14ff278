"""A program that listens at an address and hands on what comes to a socket of this machine, and what that answers.

    python forwarder.py HOST PORT SOCKET

It says "ready" on standard output once it listens.
"""

from __future__ import annotations

import socket
import sys
import threading
from contextlib import suppress


def main() -> None:
    host, port, target = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    with socket.create_server((host, port)) as listening:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            near, _ = listening.accept()
            near.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)  # as the server does, whose peer this is
            for option in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT):
                near.setsockopt(socket.IPPROTO_TCP, option, 1)
            far = socket.socket(socket.AF_UNIX)
            far.connect(target)
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=_hand_on, args=(source, sink), daemon=True).start()


def _hand_on(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65_536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:  # one of the two is gone, and so is what was between them
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


if __name__ == "__main__":
    main()
