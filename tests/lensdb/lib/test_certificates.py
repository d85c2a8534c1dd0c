"""The certificates that a machine makes for its own Dask roles."""

import stat

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature

from lensdb.lib import certificates


def test_each_role_has_its_own_signed_by_an_authority_that_can_sign_nothing_more(tmp_path):
    folder = certificates.own_dask_certificates(tmp_path / "data")
    assert folder == tmp_path / "data" / "keys" / "dask"
    ca = x509.load_pem_x509_certificate((folder / "dask-ca.pem").read_bytes())
    keys = {role: certificates.loaded(folder, role) for role in certificates.DASK_ROLES}
    for pair in keys.values():
        pair.certificate.verify_directly_issued_by(ca)
    assert len({pair.key_pem for pair in keys.values()}) == len(keys)
    assert not (folder / "dask-ca.key").exists()


def test_nobody_but_their_owner_can_read_them(tmp_path):
    folder = certificates.own_dask_certificates(tmp_path / "data")
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert [stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.parents[:2])] == [0o700] * 3


def test_they_are_made_once(tmp_path):
    first = certificates.own_dask_certificates(tmp_path)
    before = {path.name: path.read_bytes() for path in first.iterdir()}
    again = certificates.own_dask_certificates(tmp_path)
    assert {path.name: path.read_bytes() for path in again.iterdir()} == before
    assert [path.name for path in first.parent.iterdir()] == ["dask"]


def test_an_authority_of_the_same_name_is_another_one(tmp_path):
    ours, theirs = certificates.authority("dask-ca"), certificates.authority("dask-ca")
    made = certificates.signed(theirs, names=["worker"], usage=certificates.CLIENT)
    with pytest.raises(InvalidSignature):
        made.certificate.verify_directly_issued_by(ours.certificate)
