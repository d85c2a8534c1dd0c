"""A lens that was at a workshop is another one afterwards."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from lensdb.submissions.actions import ImplausibleError, NotOwnerError
from lensdb.submissions.models import ServiceEvent, StaleCopy
from lensdb.submissions.queries import photographed_on, services_of
from lensdb.submissions.services import record_service, remove_service
from tests.factories.accounts import UserFactory
from tests.factories.submissions import LensCopyFactory, PhotoFactory, SeriesFactory, SubmittedSeriesFactory

pytestmark = pytest.mark.django_db
SPRING = date(2026, 4, 2)


def test_a_service_is_told_once_and_marks_the_specimen():
    copy = LensCopyFactory()
    event = record_service(by=copy.owner, lens_copy=copy, serviced_on=SPRING, note=" element centred ")
    assert record_service(by=copy.owner, lens_copy=copy, serviced_on=SPRING) == event
    assert event.note == "element centred"
    assert [mark.specimen for mark in StaleCopy.objects.all()] == [copy.specimen]


def test_it_can_be_taken_back():
    copy = LensCopyFactory()
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
    first = LensCopyFactory()
    second = LensCopyFactory(lens_model=first.lens_model, specimen=first.specimen)
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
