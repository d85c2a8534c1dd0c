"""A lens that was at a workshop is another one afterwards."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from lensdb.audit.models import Event
from lensdb.moderation.actions import NotAllowedError, accept, withdraw
from lensdb.moderation.services import restore_service, strike_service
from lensdb.submissions.actions import ImplausibleError, NotOwnerError
from lensdb.submissions.models import ServiceEvent, StaleCopy
from lensdb.submissions.queries import photographed_on, services_of
from lensdb.submissions.services import (
    SERVICES_MAX,
    StruckServiceError,
    TooManyServicesError,
    record_service,
    remove_service,
)
from tests.factories.accounts import ModeratorFactory, UserFactory
from tests.factories.measurements import SeriesMeasurementFactory
from tests.factories.submissions import (
    LensCopyFactory,
    PhotoFactory,
    PublishedSeriesFactory,
    SeriesFactory,
    SubmittedSeriesFactory,
)

pytestmark = pytest.mark.django_db
SPRING = date(2026, 4, 2)


def published_copy(**fields):
    copy = LensCopyFactory(**fields)
    PublishedSeriesFactory(owner=copy.owner, lens_copy=copy, f_numbers=[])
    return copy


def test_a_service_is_told_once_and_marks_the_specimen():
    copy = published_copy()
    event = record_service(by=copy.owner, lens_copy=copy, serviced_on=SPRING, note=" element centred ")
    assert record_service(by=copy.owner, lens_copy=copy, serviced_on=SPRING) == event
    assert event.note == "element centred"
    assert [mark.specimen for mark in StaleCopy.objects.all()] == [copy.specimen]


def test_it_can_be_taken_back():
    copy = published_copy()
    event = record_service(by=copy.owner, lens_copy=copy, serviced_on=SPRING)
    remove_service(by=copy.owner, event=event)
    assert not ServiceEvent.objects.exists()
    assert StaleCopy.objects.count() == 2


def test_only_the_owner_tells_and_not_of_the_future():
    copy = LensCopyFactory()
    with pytest.raises(NotOwnerError):
        record_service(by=UserFactory(), lens_copy=copy, serviced_on=SPRING)
    event = record_service(by=copy.owner, lens_copy=copy, serviced_on=SPRING)
    with pytest.raises(NotOwnerError):
        remove_service(by=UserFactory(), event=event)
    with pytest.raises(ImplausibleError, match="still to come"):
        record_service(by=copy.owner, lens_copy=copy, serviced_on=timezone.localdate() + timedelta(days=1))


def test_two_owners_who_tell_of_one_day_tell_of_one_service():
    first = published_copy()
    second = published_copy(lens_model=first.lens_model, specimen=first.specimen)
    for copy, day in ((first, SPRING), (second, SPRING), (second, date(2025, 1, 1))):
        record_service(by=copy.owner, lens_copy=copy, serviced_on=day)
    assert services_of(first.lens_model) == {first.specimen_id: [date(2025, 1, 1), SPRING]}
    assert services_of(first.lens_model, told_of=first) == {first.specimen_id: [SPRING]}
    assert services_of(LensCopyFactory().lens_model) == {}


def test_a_series_is_as_old_as_its_earliest_photo():
    series = SeriesFactory()
    for taken_at in ("2026-03-01 20:00:00", "2026-02-28 23:59:59", None):
        PhotoFactory(series=series, facts={"taken_at": taken_at})
    sent = SubmittedSeriesFactory(f_numbers=[], submitted_at=datetime(2026, 5, 6, 12, tzinfo=UTC))
    PhotoFactory(series=sent, facts={"taken_at": "no clock"})
    assert photographed_on([series.pk, sent.pk]) == {series.pk: date(2026, 2, 28), sent.pk: date(2026, 5, 6)}


def test_a_stranger_who_types_the_serial_number_has_no_say_in_the_record():
    mine = published_copy()
    theirs = LensCopyFactory(lens_model=mine.lens_model, specimen=mine.specimen)
    SubmittedSeriesFactory(owner=theirs.owner, lens_copy=theirs, f_numbers=[])
    record_service(by=theirs.owner, lens_copy=theirs, serviced_on=SPRING)
    assert services_of(mine.lens_model) == {}
    assert not StaleCopy.objects.exists()


def test_a_service_counts_from_the_first_published_series_of_its_copy_on():
    series = SubmittedSeriesFactory(f_numbers=[])
    copy = series.lens_copy
    record_service(by=copy.owner, lens_copy=copy, serviced_on=SPRING)
    assert services_of(copy.lens_model) == {}
    SeriesMeasurementFactory(series=series)
    accept(series=series, by=ModeratorFactory())
    assert services_of(copy.lens_model) == {copy.specimen_id: [SPRING]}
    withdraw(series=series, by=series.owner)
    assert services_of(copy.lens_model) == {}
    assert {mark.specimen for mark in StaleCopy.objects.all()} == {copy.specimen}


def test_recording_and_removing_is_in_the_audit_log():
    copy = LensCopyFactory()
    event = record_service(by=copy.owner, lens_copy=copy, serviced_on=SPRING, note="private words")
    record_service(by=copy.owner, lens_copy=copy, serviced_on=SPRING)
    remove_service(by=copy.owner, event=event)
    logged = list(Event.objects.order_by("id").values_list("kind", "actor", "before", "after"))
    facts = {"copy": copy.public_id, "serviced_on": "2026-04-02"}
    actor = f"user:{copy.owner_id}"
    assert logged == [("service.record", actor, {}, facts), ("service.remove", actor, facts, {})]


def test_a_copy_has_so_many_service_days_and_no_more():
    copy = LensCopyFactory()
    for day in range(1, SERVICES_MAX + 1):
        record_service(by=copy.owner, lens_copy=copy, serviced_on=date(2025, 1, day))
    with pytest.raises(TooManyServicesError, match="at most 20"):
        record_service(by=copy.owner, lens_copy=copy, serviced_on=SPRING)


def test_what_a_moderator_has_struck_does_not_count_and_cannot_be_entered_anew():
    copy, moderator = published_copy(), ModeratorFactory()
    event = record_service(by=copy.owner, lens_copy=copy, serviced_on=SPRING)
    with pytest.raises(NotAllowedError):
        strike_service(event=event, by=copy.owner)
    strike_service(event=event, by=moderator)
    assert services_of(copy.lens_model) == services_of(copy.lens_model, told_of=copy) == {}
    with pytest.raises(StruckServiceError):
        remove_service(by=copy.owner, event=event)
    assert record_service(by=copy.owner, lens_copy=copy, serviced_on=SPRING) == event
    assert services_of(copy.lens_model) == {}
    restore_service(event=event, by=moderator)
    restore_service(event=event, by=moderator)
    assert services_of(copy.lens_model) == {copy.specimen_id: [SPRING]}
    kinds = list(Event.objects.filter(actor=f"user:{moderator.pk}").order_by("id").values_list("kind", flat=True))
    assert kinds == ["service.strike", "service.restore"]
