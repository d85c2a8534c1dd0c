"""Make the passwords, keys and certificates of a site, one file each, for compose, Kubernetes and the topology test.

What is there is kept, so a second run adds what is missing only. ``--renew-certificates`` makes the certificates anew
under the same authorities: copy them to the hosts and restart the roles one after the other.

Two authorities sign: ``dask-ca`` for the processes that trust each other entirely, ``site-ca`` for the proxy and for
monitoring. Whoever holds a certificate of the first can run code in that zone, so it signs nothing else. Keep
``*-ca.key`` off the hosts.
"""

from __future__ import annotations

import argparse
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cryptography import x509

from lensdb.lib import certificates
from lensdb.lib.certificates import CLIENT, DASK_AUTHORITY, DASK_ROLES, SERVER

DATABASE_ROLES: Final = ("owner", "web", "dispatch", "cells", "backup")


def make(folder: Path, *, hosts: Sequence[str], database_host: str, renew: bool = False) -> None:
    """Write what is missing to `folder`; with `renew` also new certificates for the roles."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _once(folder / "postgres_password", _password())
    for role in DATABASE_ROLES:
        password = _once(folder / f"{role}_password", _password())
        _once(folder / f"{role}_url", f"postgres://lensdb_{role}:{password}@{database_host}/lensdb")
    for name in ("secret_key", "serial_keys", "metrics_token"):
        _once(folder / name, secrets.token_urlsafe(50))
    for authority in (DASK_AUTHORITY, "site-ca"):
        if not (folder / f"{authority}.pem").exists():
            _write_pair(folder, authority, certificates.authority(authority))
            (folder / f"{authority}.key").chmod(0o400)
    for role in DASK_ROLES:
        _certificate(folder, role, authority=DASK_AUTHORITY, names=[role], usage=SERVER + CLIENT, renew=renew)
    _certificate(folder, "site", authority="site-ca", names=hosts, usage=SERVER, renew=renew)
    _certificate(folder, "monitoring", authority="site-ca", names=["monitoring"], usage=CLIENT, renew=renew)


def _password() -> str:
    return secrets.token_urlsafe(24)


def _once(path: Path, drawn: str) -> str:
    """What the file holds: what was drawn now, unless it was there before."""
    if not path.exists():
        _write(path, drawn.encode())
    return path.read_text()


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all. The folder keeps strangers out; the file is open to the containers' users."""
    draft = path.with_name(f".{path.name}")
    draft.write_bytes(content)
    draft.chmod(0o444)
    draft.replace(path)


def _certificate(
    folder: Path,
    name: str,
    *,
    authority: str,
    names: Sequence[str],
    usage: Sequence[x509.ObjectIdentifier],
    renew: bool,
) -> None:
    if renew or not (folder / f"{name}.pem").exists():
        by = certificates.loaded(folder, authority)
        _write_pair(folder, name, certificates.signed(by, names=names, usage=usage))


def _write_pair(folder: Path, name: str, pair: certificates.Pair) -> None:
    _write(folder / f"{name}.key", pair.key_pem)
    _write(folder / f"{name}.pem", pair.certificate_pem)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="deploy/make-secrets", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--host", action="append", required=True, help="a name of the site; may be repeated")
    parser.add_argument("--database-host", default="postgres", help="default: postgres, as compose calls it")
    parser.add_argument("--renew-certificates", action="store_true")
    asked = parser.parse_args()
    make(asked.folder, hosts=asked.host, database_host=asked.database_host, renew=asked.renew_certificates)


if __name__ == "__main__":
    main()
