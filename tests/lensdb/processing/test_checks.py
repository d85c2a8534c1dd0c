from django.core import checks

from lensdb.processing.checks import sandbox
from lensdb.processing.sandbox import landlock, seccomp


def ids(messages):
    return [message.id for message in messages if message.id.startswith("processing.")]


def test_nothing_to_say_where_the_kernel_can_seal():
    assert sandbox(None) == []


def test_each_missing_seal_is_a_warning_of_manage_check(monkeypatch):
    monkeypatch.setattr(landlock, "version", lambda: 0)
    monkeypatch.setattr(seccomp, "is_supported", lambda: False)
    found = [message for message in checks.run_checks() if message.id in {"processing.W001", "processing.W002"}]
    assert ids(found) == ["processing.W001", "processing.W002"]
    assert all(message.level == checks.WARNING for message in found)
