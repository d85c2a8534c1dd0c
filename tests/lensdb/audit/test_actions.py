"""The audit log holds ids and codes, and is only added to."""

import pytest
from django.db import DatabaseError, transaction

from lensdb.audit.actions import record
from lensdb.audit.models import Event
from lensdb.audit.queries import actor_names, events_about, events_by
from tests.factories.accounts import UserFactory
from tests.factories.submissions import SeriesFactory

pytestmark = pytest.mark.django_db


def test_an_event_names_actor_and_target_by_id() -> None:
    user, series = UserFactory(), SeriesFactory()
    record(kind="series.accept", actor=user, target=series, before={"standing": "waiting"}, reason="other")
    event = Event.objects.get()
    assert (event.actor, event.target_type, event.target_id) == (
        f"user:{user.pk}",
        "submissions.series",
        str(series.pk),
    )
    assert event.target_public_id == series.public_id
    assert list(events_about(series)) == list(events_by(user)) == [event]


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "someone@example.org"},
        {"actor": "rule:two\nlines"},
        {"before": {"email": "someone@example.org"}},
        {"after": {"note": ["a line\nbreak"]}},
        {"after": {"<b>": 1}},
        {"reason": "x@y"},
    ],
)
def test_text_that_could_name_somebody_or_break_a_line_is_refused(change: dict[str, object]) -> None:
    fields = {"kind": "series.accept", "actor": "command:test", "target": SeriesFactory()} | change
    with pytest.raises(ValueError, match=r"neither a user|codes and ids only"):
        record(**fields)
    assert not Event.objects.exists()


def test_nobody_changes_or_deletes_an_event() -> None:
    event = record(kind="user.trust", actor="command:test", target=UserFactory())
    for change in (lambda: Event.objects.update(kind="x"), event.delete, lambda: Event.objects.all().delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    assert Event.objects.get().kind == "user.trust"


def test_names_are_those_of_today() -> None:
    user = UserFactory(display_name="Ada")
    codes = [f"user:{user.pk}", "user:999999", "command:sweep"]
    assert actor_names(codes) == {codes[0]: "Ada", codes[1]: "erased account 999999"}
