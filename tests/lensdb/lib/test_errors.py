"""Which error is answered how."""

import errno
from http import HTTPStatus

import pytest
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.http import BadHeaderError, UnreadablePostError

from lensdb.lib.errors import answer_for


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OSError(errno.ENOSPC, "full"), 507),
        (OSError(errno.EDQUOT, "quota"), 507),
        (OSError(errno.EROFS, "read-only"), 503),
        (PermissionError(errno.EACCES, "no"), 503),
        (PermissionError(errno.EPERM, "no"), 503),
        (OperationalError("gone"), 503),
        (InterfaceError("closed"), 503),
        (RequestDataTooBig("big"), 413),
        (SuspiciousOperation("odd"), 400),
        (BadHeaderError("two lines"), 400),
        (UnreadablePostError("gone"), 400),
    ],
)
def test_what_is_not_the_codes_fault_has_a_status_and_a_sentence(error: Exception, status: int) -> None:
    answer = answer_for(error)
    assert answer is not None
    assert answer.status == status
    assert answer.detail.endswith(".")
    assert ("Retry-After" in answer.headers) == (status == 503)


@pytest.mark.parametrize("error", [ValueError("a fault"), KeyError("a fault"), FileNotFoundError(2, "a fault"), None])
def test_what_the_code_does_wrong_has_none(error: Exception | None) -> None:
    assert answer_for(error) is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "status", "code"),
    [
        ("SET LOCAL statement_timeout = 20; SELECT pg_sleep(5)", HTTPStatus.SERVICE_UNAVAILABLE, "database_slow"),
        ("SELECT 99999999999999999999::bigint", HTTPStatus.BAD_REQUEST, "out_of_range"),
        ("SELECT '99999-99-99'::date", HTTPStatus.BAD_REQUEST, "out_of_range"),
        ("SET TRANSACTION READ ONLY; DELETE FROM accounts_apitoken", HTTPStatus.SERVICE_UNAVAILABLE, "database_away"),
    ],
)
def test_what_the_database_refuses_is_told_by_its_own_code(statement: str, status: HTTPStatus, code: str) -> None:
    with pytest.raises(DatabaseError) as raised, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    answer = answer_for(raised.value)
    assert answer is not None
    assert (answer.status, answer.code) == (status, code)


@pytest.mark.django_db
def test_a_broken_statement_is_a_fault_of_the_code() -> None:
    with pytest.raises(DatabaseError) as raised, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")
    assert answer_for(raised.value) is None
