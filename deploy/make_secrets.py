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
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DATABASE_ROLES: Final = ("owner", "web", "dispatch", "cells", "backup")
DASK_ROLES: Final = ("scheduler", "worker", "dispatch")
AUTHORITY_LIFE: Final = timedelta(days=3650)
CERTIFICATE_LIFE: Final = timedelta(days=397)
_BOTH: Final = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH)


def make(folder: Path, *, hosts: Sequence[str], database_host: str, renew: bool = False) -> None:
    """Write what is missing to `folder`; with `renew` also new certificates for the roles."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _once(folder / "postgres_password", _password())
    for role in DATABASE_ROLES:
        password = _once(folder / f"{role}_password", _password())
        _once(folder / f"{role}_url", f"postgres://lensdb_{role}:{password}@{database_host}/lensdb")
    for name in ("secret_key", "serial_keys", "metrics_token"):
        _once(folder / name, secrets.token_urlsafe(50))
    for authority in ("dask-ca", "site-ca"):
        if not (folder / f"{authority}.pem").exists():
            _write_authority(folder, authority)
    for role in DASK_ROLES:
        _certificate(folder, role, authority="dask-ca", names=[role], usage=_BOTH, renew=renew)
    _certificate(folder, "site", authority="site-ca", names=hosts, usage=_BOTH[:1], renew=renew)
    _certificate(folder, "monitoring", authority="site-ca", names=["monitoring"], usage=_BOTH[1:], renew=renew)


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


def _write_authority(folder: Path, name: str) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _called(f"LensDB {name}")
    certificate = (
        _builder(subject, subject, key.public_key(), AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    _write_pair(folder, name, key, certificate)
    (folder / f"{name}.key").chmod(0o400)


def _certificate(
    folder: Path,
    name: str,
    *,
    authority: str,
    names: Sequence[str],
    usage: Sequence[x509.ObjectIdentifier],
    renew: bool,
) -> None:
    if (folder / f"{name}.pem").exists() and not renew:
        return
    ca = x509.load_pem_x509_certificate((folder / f"{authority}.pem").read_bytes())
    ca_key = serialization.load_pem_private_key((folder / f"{authority}.key").read_bytes(), password=None)
    if not isinstance(ca_key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{authority}.key is not of the kind made here")
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _builder(_called(names[0]), ca.subject, key.public_key(), CERTIFICATE_LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(usage), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in names]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    _write_pair(folder, name, key, certificate)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, life: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))  # clocks differ
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _called(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write_pair(folder: Path, name: str, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> None:
    encoded = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(folder / f"{name}.key", encoded)
    _write(folder / f"{name}.pem", certificate.public_bytes(serialization.Encoding.PEM))


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
