"""`make fuzz-api`: schemathesis sends what the API's schema allows, and what it forbids, to a running site.

The site is gunicorn over a PostgreSQL in a temporary folder. Anonymous, an owner and a moderator ask in turn. It fails
on every 5xx, every status, content type or body that the schema does not document, and every method wrongly refused.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import httpx

ROOT: Final = Path(__file__).resolve().parents[2]
SCHEMATHESIS: Final = "schemathesis==4.32.5"
CHECKS: Final = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
)
START_SECONDS: Final = 60.0
LATEST_SECONDS: Final = 900.0


def main() -> int:
    """Ask as each of the three; the number of those whose answers were wrong."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--examples", type=int, default=40, help="requests made up for each operation, at most")
    asked.add_argument("--seed", type=int, default=1)
    options = asked.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the site ends with us
    with tempfile.TemporaryDirectory(prefix="lensdb-fuzz-") as folder:
        tokens, names = prepared(Path(folder))
        log = Path(folder) / "web.log"
        with served(Path(folder), log) as address:
            failed = [
                who
                for who, token in tokens.items()
                if fuzz(
                    address, folder, who=who, token=token, names=names, examples=options.examples, seed=options.seed
                )
            ]
        broken = [line for line in log.read_text().splitlines() if re.search(r'" 5\d\d ', line)]
    print(*broken[:20], sep="\n")
    print(f"{len(tokens) - len(failed)} of {len(tokens)} held; {len(broken)} answers with 5xx in the site's own log.")
    return len(failed) or bool(broken)


def prepared(folder: Path) -> tuple[dict[str, str | None], dict[str, list[Any]]]:
    """A site with a little of everything: a token for each who asks, and the names of what exists."""
    os.environ |= {"LENSDB_MODE": "test", "LENSDB_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "lensdb.settings"}
    os.environ.pop("DATABASE_URL", None)
    from lensdb.lib import embedded_postgres  # noqa: PLC0415 - after the environment is set

    embedded_postgres.join(folder / "postgres", ephemeral=True)
    import django  # noqa: PLC0415 - likewise

    django.setup()
    from tests.fuzz import people  # noqa: PLC0415 - likewise

    return people.made()


@contextlib.contextmanager
def served(folder: Path, log: Path) -> Iterator[str]:
    """The site's address on loopback, for the time of the context."""
    from lensdb.demo.roles import free_port  # noqa: PLC0415 - after the environment is set

    port = free_port(18100)
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn_conf.py", "lensdb.wsgi"]
    environment = os.environ | {"LENSDB_PORT": str(port), "LENSDB_DATA": str(folder)}
    with log.open("wb") as out, subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out) as web:
        try:
            _wait_for(address, log)
            yield address
        finally:
            web.terminate()


def fuzz(
    address: str, folder: str, *, who: str, token: str | None, names: Mapping[str, list[Any]], examples: int, seed: int
) -> bool:
    """Whether anything was wrong with what `who` was answered; schemathesis keeps its files in `folder`."""
    print(f"\nAs {who}:", flush=True)
    command = ["uv", "tool", "run", "--quiet", "--from", SCHEMATHESIS, "schemathesis", "run", f"{address}/api/schema/"]
    command += ["--checks", ",".join(CHECKS), "--max-examples", str(examples), "--seed", str(seed)]
    command += ["--generation-database", "none", "--continue-on-failure", "--warnings", "off", "--no-color"]
    if token is not None:
        command += ["--header", f"Authorization:Bearer {token}"]
    environment = os.environ | {
        "LENSDB_FUZZ_NAMES": json.dumps(names),
        "SCHEMATHESIS_HOOKS": "tests.fuzz.hooks",
        "PYTHONPATH": str(ROOT),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    return bool(subprocess.run(command, cwd=folder, env=environment, timeout=LATEST_SECONDS, check=False).returncode)


def _wait_for(address: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{address}/readyz", timeout=5).is_success:
                return
        time.sleep(0.2)
    raise TimeoutError(f"the site did not answer within {START_SECONDS:.0f} s:\n{log.read_text()}")


if __name__ == "__main__":
    sys.exit(main())
