"""Certificates of our own: authorities, and what they sign. For `deploy/make-secrets`, the demo and the tests."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DASK_AUTHORITY: Final = "dask-ca"
DASK_ROLES: Final = ("scheduler", "worker", "dispatch")
AUTHORITY_LIFE: Final = timedelta(days=3650)
CERTIFICATE_LIFE: Final = timedelta(days=397)
SERVER: Final = (ExtendedKeyUsageOID.SERVER_AUTH,)
CLIENT: Final = (ExtendedKeyUsageOID.CLIENT_AUTH,)


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its private key."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    @property
    def certificate_pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)


def loaded(folder: Path, name: str) -> Pair:
    """The pair in ``NAME.pem`` and ``NAME.key``."""
    key = serialization.load_pem_private_key((folder / f"{name}.key").read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{name}.key is not of the kind made here")
    return Pair(key, x509.load_pem_x509_certificate((folder / f"{name}.pem").read_bytes()))


def authority(name: str) -> Pair:
    """A new authority, which signs certificates but no further authorities."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _called(f"LensDB {name}")
    certificate = (
        _builder(subject, subject, key.public_key(), AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Pair(key, certificate)


def signed(
    by: Pair, *, names: Sequence[str], usage: Sequence[x509.ObjectIdentifier], life: timedelta = CERTIFICATE_LIFE
) -> Pair:
    """A new certificate for these host names, signed by an authority; `usage` is `SERVER`, `CLIENT` or both."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _builder(_called(names[0]), by.certificate.subject, key.public_key(), life)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(usage), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in names]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.key.public_key()), critical=False)
        .sign(by.key, hashes.SHA256())
    )
    return Pair(key, certificate)


def own_dask_certificates(data_dir: Path) -> Path:
    """The folder of certificates for Dask's roles on this machine, made on first use and readable by their owner only.

    The authority's key is never written, so it signs nothing else. Processes that start together get the same folder.
    """
    folder = data_dir / "keys" / "dask"
    if not folder.exists():
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.parent.mkdir(mode=0o700, exist_ok=True)
        draft = folder.with_name(f".dask.{os.getpid()}")
        draft.mkdir(mode=0o700)
        ours = authority(DASK_AUTHORITY)
        _write(draft / f"{DASK_AUTHORITY}.pem", ours.certificate_pem)
        for role in DASK_ROLES:
            pair = signed(ours, names=[role], usage=SERVER + CLIENT, life=AUTHORITY_LIFE)
            _write(draft / f"{role}.pem", pair.certificate_pem)
            _write(draft / f"{role}.key", pair.key_pem)
        with contextlib.suppress(OSError):  # another process was first
            draft.rename(folder)
        shutil.rmtree(draft, ignore_errors=True)
    return folder


def _write(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)


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
