"""Limits are exact, however many ask at once, and say when to come back."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from lensdb.limits.actions import LimitError, give_back, take
from lensdb.limits.models import Counter, Level
from lensdb.limits.queries import quota_of


def taken(n: int, **options: float) -> int:
    """How many of `n` tries get through."""
    passed = 0
    for _ in range(n):
        try:
            take("sign_in", "203.0.113.7", limit=10, **({"seconds": 60} | options))  # type: ignore[arg-type]
            passed += 1
        except LimitError:
            pass
    return passed


@pytest.mark.django_db
def test_a_window_lets_so_many_through_and_no_more() -> None:
    assert taken(12) == 10
    with pytest.raises(LimitError) as refused:
        take("sign_in", "203.0.113.7", limit=10, seconds=60)
    assert 0 < refused.value.retry_after_s <= 60
    take("sign_in", "203.0.113.8", limit=10, seconds=60)
    take("sign_up", "203.0.113.7", limit=10, seconds=60)


@pytest.mark.django_db
def test_a_new_window_begins_when_the_old_one_has_ended() -> None:
    assert taken(10) == 10
    Counter.objects.update(until="2000-01-01T00:00Z")
    assert taken(12) == 10


@pytest.mark.django_db
def test_what_is_given_back_can_be_taken_again() -> None:
    assert taken(10) == 10
    give_back("sign_in", "203.0.113.7")
    assert taken(2) == 1


@pytest.mark.django_db
def test_an_amount_that_does_not_fit_takes_nothing() -> None:
    take("bytes", "1", limit=100, seconds=60, amount=60)
    with pytest.raises(LimitError):
        take("bytes", "1", limit=100, seconds=60, amount=50)
    with pytest.raises(LimitError):
        take("bytes", "2", limit=100, seconds=60, amount=101)
    take("bytes", "1", limit=100, seconds=60, amount=40)


@pytest.mark.django_db
def test_no_address_stands_in_the_table() -> None:
    take("sign_in", "203.0.113.7", limit=1, seconds=60)
    take("sign_in", "\ud800\0", limit=1, seconds=60)  # whatever was typed
    keys = list(Counter.objects.values_list("key", flat=True))
    assert [len(key) for key in keys] == [64, 64]
    assert not any("." in key for key in keys)


@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_moment_overshoot_by_nothing() -> None:
    passed: list[int] = []

    def some(work: Callable[[], int]) -> None:
        try:
            passed.append(work())
        finally:
            connection.close()

    threads = [threading.Thread(target=some, args=(lambda: taken(25),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(passed) == 10


@pytest.mark.django_db
def test_every_level_has_a_quota() -> None:
    drafts = [quota_of(level).drafts for level in Level]
    assert len(drafts) == 3
    assert drafts[0] < drafts[1]
