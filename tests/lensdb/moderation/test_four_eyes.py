"""Nobody decides in their own affairs, administrators included."""

import pytest
from django.test import Client

from lensdb.accounts.models import User
from lensdb.audit.models import Event
from lensdb.moderation import actions
from lensdb.moderation.merging import actions as merging
from lensdb.moderation.models import Decision
from lensdb.moderation.roles import moderators
from lensdb.processing import actions as processing
from lensdb.processing.failures import FAILURES
from lensdb.submissions.enums import Standing
from lensdb.submissions.models import Series
from tests.factories.accounts import AdministratorFactory, ModeratorFactory, UserFactory
from tests.factories.measurements import SeriesMeasurementFactory
from tests.factories.processing import JobFactory
from tests.factories.submissions import LensCopyFactory, SubmittedSeriesFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[ModeratorFactory, AdministratorFactory], ids=["moderator", "administrator"])
def person(request) -> User:
    return request.param()


@pytest.fixture
def desk(client: Client, person: User) -> Client:
    client.force_login(person)
    return client


def own_series(person: User) -> Series:
    return SeriesMeasurementFactory(series=SubmittedSeriesFactory(owner=person)).series


def test_nobody_decides_about_their_own_series(person: User) -> None:
    with pytest.raises(actions.OwnAffairError):
        actions.accept(series=own_series(person), by=person)
    assert not Decision.objects.exists()
    assert Series.objects.get().standing == Standing.WAITING


def test_the_page_of_ones_own_series_says_so_and_has_no_form(desk: Client, person: User) -> None:
    address = f"/admin/submissions/series/{own_series(person).pk}/change/"
    page = desk.get(address).content.decode()
    assert "This series is yours, so another moderator decides about it." in page
    assert 'name="verdict"' not in page
    assert 'name="_save"' not in page
    assert desk.post(address, {"verdict": "accept"}).status_code == 403
    assert not Decision.objects.exists()


def test_in_the_list_ones_own_series_is_left_out_and_the_others_are_decided(desk: Client, person: User) -> None:
    own, other = own_series(person), SeriesMeasurementFactory().series
    ticked = {"action": "accept_selected", "_selected_action": [own.pk, other.pk]}
    page = desk.post("/admin/submissions/series/", ticked, follow=True).content.decode()
    assert "This series is yours, so another moderator decides about it." in page
    assert Decision.objects.get().series == other


def test_nobody_trusts_themselves(desk: Client, person: User) -> None:
    with pytest.raises(actions.OwnAffairError):
        actions.trust(user=person, by=person, trusted=True)
    ticked = {"action": "trust_selected", "_selected_action": [person.pk]}
    page = desk.post("/admin/accounts/user/", ticked, follow=True).content.decode()
    assert "Another moderator says whether you are trusted." in page
    assert not User.objects.get(pk=person.pk).trusted


def test_nobody_appoints_themselves_and_only_administrators_appoint() -> None:
    administrator = AdministratorFactory()
    with pytest.raises(actions.OwnAffairError):
        actions.appoint_moderator(user=administrator, by=administrator)
    with pytest.raises(actions.NotAllowedError):
        actions.appoint_moderator(user=UserFactory(), by=ModeratorFactory())
    assert User.objects.filter(groups=moderators()).count() == 1


def test_nobody_merges_or_parts_their_own_copies(desk: Client, person: User) -> None:
    own = LensCopyFactory(owner=person)
    other = LensCopyFactory(lens_model=own.lens_model)
    with pytest.raises(actions.OwnAffairError):
        merging.merge_copies(one=other, other=own, by=person)
    ticked = {"action": "merge_selected", "_selected_action": [own.pk, other.pk], "confirmed": "yes"}
    page = desk.post("/admin/submissions/lenscopy/", ticked, follow=True).content.decode()
    assert "One of these lenses is yours" in page
    merging.merge_copies(one=own, other=other, by=ModeratorFactory())
    with pytest.raises(actions.OwnAffairError):
        merging.part_copy(copy=other, by=person)
    assert Event.objects.filter(kind__startswith="copy.").count() == 1


def test_nobody_merges_what_is_counted_with_their_own_copy(person: User) -> None:
    own = LensCopyFactory(owner=person)
    second, third = (LensCopyFactory(lens_model=own.lens_model) for _ in range(2))
    merging.merge_copies(one=own, other=second, by=ModeratorFactory())
    with pytest.raises(actions.OwnAffairError):
        merging.merge_copies(one=second, other=third, by=person)


def test_nobody_sends_their_own_failed_job_back(client: Client) -> None:
    administrator = AdministratorFactory()
    client.force_login(administrator)
    jobs = [JobFactory(series=SubmittedSeriesFactory(owner=administrator)), JobFactory()]
    for claim in processing.claim(by="host-1", limit=2):
        processing.fail(claim=claim, failure=FAILURES["no_chart"])
    ticked = {"action": "try_again", "_selected_action": [job.pk for job in jobs]}
    page = client.post("/admin/processing/job/", ticked, follow=True).content.decode()
    assert "another administrator sends it back" in page
    assert "1 sent back into the line." in page
    for job in jobs:
        job.refresh_from_db()
    assert [job.state for job in jobs] == ["failed", "queued"]


def user_form(user: User, **changes: object) -> dict[str, object]:
    """What the page of an account sends."""
    return {"email": user.email, "display_name": user.display_name, "is_active": "on"} | changes


def test_nobody_changes_their_own_powers_in_the_admin(client: Client) -> None:
    administrator = AdministratorFactory()
    client.force_login(administrator)
    address = f"/admin/accounts/user/{administrator.pk}/change/"
    page = client.get(address).content.decode()
    assert "This account is yours, so another administrator decides what it may do." in page
    for field in ("is_staff", "is_superuser", "groups", "user_permissions", "is_active"):
        assert f'name="{field}"' not in page
    sent = user_form(administrator, display_name="Renamed", groups=[moderators().pk])
    assert client.post(address, sent).status_code == 302
    administrator.refresh_from_db()
    assert (administrator.display_name, administrator.groups.count()) == ("Renamed", 0)
    assert administrator.is_superuser
    assert not Event.objects.exists()


def test_a_change_of_anothers_powers_is_recorded_in_ids(client: Client) -> None:
    administrator, ada = AdministratorFactory(), UserFactory()
    client.force_login(administrator)
    sent = user_form(ada, is_staff="on", groups=[moderators().pk])
    assert client.post(f"/admin/accounts/user/{ada.pk}/change/", sent).status_code == 302
    event = Event.objects.get()
    assert (event.kind, event.actor, event.target_id) == ("user.powers", f"user:{administrator.pk}", str(ada.pk))
    assert event.before == {"staff": False, "groups": []}
    assert event.after == {"staff": True, "groups": [moderators().pk]}


def test_a_change_of_what_a_group_may_do_is_recorded(client: Client) -> None:
    client.force_login(AdministratorFactory())
    group = moderators()
    before = sorted(group.permissions.values_list("pk", flat=True))
    sent = {"name": group.name, "permissions": before[:1]}
    assert client.post(f"/admin/auth/group/{group.pk}/change/", sent).status_code == 302
    event = Event.objects.get()
    assert (event.kind, event.before, event.after) == (
        "group.permissions",
        {"permissions": before},
        {"permissions": before[:1]},
    )
