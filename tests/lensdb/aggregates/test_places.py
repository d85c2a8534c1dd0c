"""Where one owner's copy lies among the others, and what that must not give away."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from lensdb.aggregates import actions, queries
from lensdb.aggregates.places import copy_places, name_of
from lensdb.audit.models import Event
from lensdb.moderation.actions import withdraw
from lensdb.submissions.actions import add_copy
from lensdb.submissions.models import LensCopy, Series
from tests.factories.accounts import UserFactory
from tests.factories.catalog import CameraBodyFactory, LensModelFactory
from tests.factories.measurements import SeriesMeasurementFactory, series_result
from tests.factories.submissions import LensCopyFactory, PhotoFactory, PublishedSeriesFactory

pytestmark = pytest.mark.django_db


def published(copy, um, **fields):
    series = PublishedSeriesFactory(lens_copy=copy, owner=copy.owner, f_numbers=[], **fields)
    SeriesMeasurementFactory(series=series, result=series_result(shifts_um={1.2: 0.0, 2.8: um}))
    return series


def copies_of(lens, *values_um):
    copies = [LensCopyFactory(lens_model=lens) for _ in values_um]
    for copy, um in zip(copies, values_um, strict=True):
        published(copy, um)
    return copies


def refresh():
    while actions.refresh_next():
        pass


def test_a_copy_is_ranked_among_the_others():
    copies = copies_of(LensModelFactory(), 10.0, 18.0, 20.0, 22.0, 30.0)
    refresh()
    [place] = copy_places(copies[3])
    assert (place.f_number, place.band, place.um, place.n_series, place.n_others) == (2.8, "0.5", 22.0, 1, 4)
    assert place.percentile_low <= place.percentile == 75.0 <= place.percentile_high
    assert place.inside_prediction
    assert not place.odd
    assert "no grade" in place.caution
    assert [point["f_number"] for point in place.points] == [1.2, 2.8]


def test_a_copy_unlike_the_others_is_told_so():
    copies = copies_of(LensModelFactory(), 0.1, 0.2, 0.0, -0.1, 0.15, 40.0)
    refresh()
    [place] = copy_places(copies[-1])
    assert place.odd
    assert not place.inside_prediction
    assert place.percentile == 100.0


def test_beside_one_other_nothing_is_ranked():
    copies = copies_of(LensModelFactory(), 19.0, 20.0)
    refresh()
    [place] = copy_places(copies[0])
    assert place.percentile is place.percentile_high is place.inside_prediction is None
    assert place.caution == "1 other copy was measured here: too few to say where one lies."


def test_a_copy_nobody_measured_has_no_place():
    assert copy_places(LensCopyFactory()) == []
    assert name_of(LensCopyFactory()) is None


def test_nobody_learns_that_somebody_else_has_the_same_lens():
    lens = LensModelFactory()
    first, *_ = copies_of(lens, 19.0, 10.0, 20.0, 30.0)
    refresh()
    before = copy_places(first)
    same = LensCopyFactory(lens_model=lens, specimen=first.specimen)
    published(same, 35.0)
    refresh()
    assert copy_places(first) == before
    assert [place.n_series for place in copy_places(same)] == [1]


def test_the_name_of_a_copy_is_that_of_the_lens_page():
    lens = LensModelFactory()
    copies = copies_of(lens, 19.0, 10.0)
    refresh()
    names = [copy["id"] for copy in queries.lens_plot(lens)["copies"]]
    assert [name_of(copy) for copy in copies] == names == ["copy-1", "copy-2"]


def public_record(client, lens):
    """Everything anybody may read of a lens."""
    refresh()
    addresses = ("/lenses/{}/", "/lenses/{}/series.csv", "/lenses/{}/figures.csv", "/api/v1/lenses/{}/shifts/")
    addresses = [*(address.format(lens.slug) for address in addresses), f"/api/v1/lenses/{lens.slug}/"]
    answers = [client.get(address) for address in (*addresses, "/", "/lenses/", "/api/v1/lenses/")]
    return [(answer.content, answer.headers.get("ETag")) for answer in answers]


def test_a_stranger_with_a_serial_number_changes_nothing_and_learns_nothing(client):
    """The record stays as it is, to the byte, and the stranger is answered alike for known and other numbers."""
    lens, ada = LensModelFactory(), UserFactory()
    mine = add_copy(by=ada, lens_model=lens, serial="SPLIT-777001")
    for taken_at, um in (("2026-01-10 12:00:00", 20.0), ("2026-06-10 12:00:00", 21.0)):
        series = published(mine, um)
        PhotoFactory(series=series, facts={"taken_at": taken_at})
    copies_of(lens, 19.0, 22.0, 18.0)
    before = public_record(client, lens)

    stranger, answers, body = Client(), {}, CameraBodyFactory()
    for serial in ("split777001", "999999"):
        stranger.force_login(UserFactory())
        begun = stranger.post(
            "/api/v1/series/",
            {"lens": lens.slug, "body": body.pk, "new_copy": {"serial": serial}},
            content_type="application/json",
        )
        copy = LensCopy.objects.latest("pk")
        page = f"/copies/{copy.public_id}/"
        stranger.post(f"{page}services/", {"serviced_on": "2026-03-01"})
        shown = [stranger.get(address).content.decode() for address in (page, f"{page}figures.csv", "/me/")]
        own = {
            begun.json()["public_id"]: "series",
            copy.public_id: "copy",
            begun.json()["created_at"]: "then",
            f"/services/{copy.service_events.get().pk}/": "/services/its-own/",
            copy.owner.email: "me",
        }
        answers[serial] = [_without(own, re.sub(r'name="csrfmiddlewaretoken"[^>]*', "", one)) for one in shown]
        answers[serial].append(_without(own, begun.content.decode()))
        series = copy.series.get()
        Series.objects.filter(pk=series.pk).update(submitted_at=timezone.now())
        withdraw(series=series, by=copy.owner)
    assert answers["split777001"] == answers["999999"]
    assert mine.specimen.copies.count() == 2
    assert public_record(client, lens) == before
    [joined] = Event.objects.filter(kind="copy.join")
    assert joined.after == {"counted_with": [mine.public_id]}


def _without(own, text):
    for secret, word in sorted(own.items(), key=lambda item: -len(item[0])):
        text = text.replace(secret, word)
    return text


def test_the_order_of_copies_does_not_tell_which_serial_was_typed_before(client):
    lens = LensModelFactory()
    add_copy(by=UserFactory(), lens_model=lens, serial="1234567")
    first, second = copies_of(lens, 19.0, 10.0)
    late = add_copy(by=UserFactory(), lens_model=lens, serial="1234567")
    published(late, 30.0)
    refresh()
    assert [name_of(copy) for copy in (first, second, late)] == ["copy-1", "copy-2", "copy-3"]
    drawn = [copy["points"][-1]["shift_um"] for copy in queries.lens_plot(lens)["copies"]]
    told = {copy["id"]: copy["um"] for copy in queries.lens_verdict(lens)["copies"]}
    assert drawn == pytest.approx([19.0, 10.0, 30.0])
    assert [told[f"copy-{number}"] for number in (1, 2, 3)] == pytest.approx(drawn, abs=0.1)
