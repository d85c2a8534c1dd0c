"""Run on a host: what can it reach? ``probe.py NAME:PORT…`` prints one line per target, ``open`` or ``closed``.

Needs the standard library only.
"""

from __future__ import annotations

import socket
import sys

PATIENCE_SECONDS = 2.0


def is_open(target: str) -> bool:
    """Whether somebody accepts a connection there."""
    host, port = target.rsplit(":", 1)
    try:
        socket.create_connection((host, int(port)), PATIENCE_SECONDS).close()
    except OSError:
        return False
    return True


if __name__ == "__main__":
    for target in sys.argv[1:]:
        print(target, "open" if is_open(target) else "closed")  # noqa: T201 - its output
