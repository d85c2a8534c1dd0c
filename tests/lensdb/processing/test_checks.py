import pytest
from django.core import checks

from lensdb.processing.checks import sandbox
from lensdb.processing.sandbox import landlock, seals, seccomp


@pytest.fixture
def without_seals(monkeypatch):
    monkeypatch.setattr(landlock, "version", lambda: 0)
    monkeypatch.setattr(seccomp, "is_supported", lambda: False)


def found():
    return {message.id: message.level for message in checks.run_checks() if message.id.startswith("processing.")}


def test_nothing_to_say_where_the_kernel_can_seal():
    assert sandbox(None) == []


@pytest.mark.usefixtures("without_seals")
@pytest.mark.parametrize(("mode", "said"), [("production", ""), ("production", "required"), ("test", "required")])
def test_each_missing_seal_is_an_error_where_it_is_required(monkeypatch, mode, said):
    monkeypatch.setenv("LENSDB_MODE", mode)
    monkeypatch.setenv("LENSDB_SANDBOX", said)
    assert found() == {"processing.E001": checks.ERROR, "processing.E002": checks.ERROR}


@pytest.mark.usefixtures("without_seals")
@pytest.mark.parametrize(("mode", "said"), [("production", "optional"), ("demo", ""), ("test", "")])
def test_each_missing_seal_is_a_warning_where_it_is_optional(monkeypatch, mode, said):
    monkeypatch.setenv("LENSDB_MODE", mode)
    monkeypatch.setenv("LENSDB_SANDBOX", said)
    assert found() == {"processing.W001": checks.WARNING, "processing.W002": checks.WARNING}


def test_a_third_word_is_an_error_and_does_not_mean_optional(monkeypatch):
    monkeypatch.setenv("LENSDB_SANDBOX", "off")
    assert found() == {"processing.E003": checks.ERROR}
    assert seals.is_required({"LENSDB_SANDBOX": "off"})
