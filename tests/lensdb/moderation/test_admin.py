"""The moderator's pages: decide, in the list and on the page; look at everything else."""

from typing import Any

import pytest
from django.test import Client

from analysis.flags import Quality
from lensdb.audit.models import Event
from lensdb.moderation.enums import Reason
from lensdb.moderation.models import Decision
from lensdb.submissions.enums import Standing
from lensdb.submissions.models import Photo, Series
from tests.factories.accounts import ModeratorFactory, UserFactory
from tests.factories.measurements import SeriesMeasurementFactory, series_result
from tests.factories.submissions import LensCopyFactory, SeriesFactory, SubmittedSeriesFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/submissions/series/"


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(ModeratorFactory())
    return client


def page_of(series: Series) -> str:
    return f"{LIST}{series.pk}/change/"


def no_inlines(**fields: str) -> dict[str, str]:
    """What the page's form sends beside the decision."""
    counts = {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0"}
    return fields | {f"{name}-{key}": value for name in ("photos", "decisions") for key, value in counts.items()}


def test_a_moderator_accepts_holds_and_rejects_on_the_page(desk: Client) -> None:
    series = SeriesMeasurementFactory().series
    for fields, standing in (
        ({"verdict": "accept"}, Standing.PUBLISHED),
        ({"verdict": "hold", "reason": Reason.IMPLAUSIBLE, "note": "f/2 looks odd"}, Standing.HELD),
        ({"verdict": "reject", "reason": Reason.DUPLICATE}, Standing.REJECTED),
    ):
        assert desk.post(page_of(series), no_inlines(**fields)).status_code == 302
        assert Series.objects.get().standing == standing
    assert Decision.objects.count() == Event.objects.count() == 3
    assert Decision.objects.get(verdict="hold").note == "f/2 looks odd"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"verdict": "reject"}, "holding and rejecting need a reason"),
        ({}, "This field is required"),
        ({"verdict": "accept"}, "has not been measured"),
    ],
)
def test_a_decision_that_cannot_be_is_told_on_the_page(desk: Client, fields: dict[str, str], told: str) -> None:
    answer = desk.post(page_of(SubmittedSeriesFactory()), no_inlines(**fields))
    assert answer.status_code == 200
    assert told in answer.content.decode()
    assert not Decision.objects.exists()


def test_the_page_shows_the_evidence_and_no_serial(desk: Client) -> None:
    measurement = SeriesMeasurementFactory(result=series_result(flags=Quality.TILT))
    series = measurement.series
    Photo.objects.update(facts={"model": "Canon EOS 6D", "lens": "EF50mm f/1.2L USM", "focal_length_mm": 50.0})
    other = SubmittedSeriesFactory(f_numbers=[])
    Photo.objects.create(series=other, position=0, file_name="X.JPG", size_bytes=1, sha256=series.photos.first().sha256)
    page = desk.get(page_of(series)).content.decode()
    for evidence in ("+19.00", "TILT", "Canon EOS 6D · EF50mm f/1.2L USM · 50 mm", f"X.JPG in {other.public_id}"):
        assert evidence in page
    assert "serial" not in page.lower()


def test_several_are_decided_in_the_list(desk: Client) -> None:
    measured = [SeriesMeasurementFactory().series for _ in range(2)]
    unmeasured = SubmittedSeriesFactory()
    chosen = [str(series.pk) for series in (*measured, unmeasured)]
    told = desk.post(LIST, {"action": "accept_selected", "_selected_action": chosen}, follow=True).content.decode()
    assert "2 series: accept." in told
    assert f"{unmeasured.public_id}: This series has not been measured" in told
    rejected = {"action": "reject_selected", "_selected_action": chosen, "reason": Reason.OTHER, "note": "test shots"}
    desk.post(LIST, rejected)
    assert set(Series.objects.values_list("standing", flat=True)) == {Standing.REJECTED}
    assert set(Decision.objects.filter(verdict="reject").values_list("note", flat=True)) == {"test shots"}


def test_drafts_are_not_on_the_desk(desk: Client) -> None:
    draft = SeriesFactory()
    assert draft.public_id not in desk.get(LIST).content.decode()
    assert desk.get(page_of(draft)).status_code == 302


@pytest.mark.parametrize("n_series", [1, 3])
def test_the_list_costs_the_same_however_long(desk: Client, n_series: int, django_assert_num_queries: Any) -> None:
    for _ in range(n_series):
        SeriesMeasurementFactory()
    with django_assert_num_queries(7):
        assert desk.get(LIST).content.decode().count("/change/") == n_series


def test_everything_else_is_to_be_looked_at_only(desk: Client) -> None:
    measurement = SeriesMeasurementFactory()
    desk.post(page_of(measurement.series), no_inlines(verdict="accept"))
    copy, decision = LensCopyFactory(), Decision.objects.get()
    for path in (
        f"measurements/seriesmeasurement/{measurement.pk}/",
        f"submissions/lenscopy/{copy.pk}/",
        f"moderation/decision/{decision.pk}/",
        f"audit/event/{Event.objects.get().pk}/",
    ):
        assert desk.get(f"/admin/{path}change/").status_code == 200, path
        assert desk.post(f"/admin/{path}change/", {}).status_code == 403, path
        assert desk.post(f"/admin/{path}delete/", {"post": "yes"}).status_code == 403, path
    assert desk.post(f"{LIST}{measurement.series_id}/delete/", {"post": "yes"}).status_code == 403
    assert desk.post("/admin/catalog/maker/add/", {"name": "Nobody"}).status_code == 403


def test_moderators_say_who_is_trusted(desk: Client) -> None:
    user = UserFactory()
    for action, trusted in (("trust_selected", True), ("distrust_selected", False)):
        desk.post("/admin/accounts/user/", {"action": action, "_selected_action": [user.pk]})
        user.refresh_from_db()
        assert user.trusted is trusted
    assert Event.objects.filter(kind="user.trust").count() == 2


def test_an_administrators_pages_open(client: Client) -> None:
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    SeriesMeasurementFactory()
    for path in (
        "", "accounts/user/", "accounts/user/add/", "accounts/apitoken/", "catalog/lensmodel/",
        "catalog/lensmodel/add/", "catalog/camerabody/", "catalog/maker/", "catalog/mount/", "submissions/lenscopy/",
        "submissions/series/", "measurements/seriesmeasurement/", "measurements/shownversion/", "moderation/decision/",
        "audit/event/",
    ):  # fmt: skip
        assert client.get(f"/admin/{path}").status_code == 200, path


def test_signing_in_to_the_admin_goes_through_the_sites_own_page(client: Client) -> None:
    assert client.get("/admin/login/").headers["Location"].startswith("/accounts/login/")
    client.force_login(UserFactory())
    assert client.get("/admin/login/").status_code == 403
