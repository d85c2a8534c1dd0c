"""Run on the photographers' host: sends folders of photos with the photographer's own command, over TLS.

``photographer.py SERVER PASSWORD_FILE EMAIL FOLDER…``; ``SSL_CERT_FILE`` names the authority to believe.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from lensdb.tool.cli import main as lensdb


def send(server: str, email: str, password: str, folders: list[str]) -> None:
    """Sign in and submit each folder as one series."""
    lensdb(["login", "--server", server, "--email", email, "--password", password], standalone_mode=False)
    for folder in folders:
        words = ["submit", folder, "--distance-m", "0.55", "--copy", Path(folder).parent.name]
        code = lensdb(words, standalone_mode=False)
        if code:
            sys.exit(f"{folder} was not taken: {code}")


if __name__ == "__main__":
    logging.getLogger("httpx").setLevel(logging.WARNING)
    address, password_file, person, *photos = sys.argv[1:]
    send(address, person, Path(password_file).read_text(), photos)
