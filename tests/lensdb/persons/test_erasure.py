"""After an erasure nothing of the person is left, and what belongs to others is untouched."""

from collections.abc import Iterator
from functools import partial
from io import StringIO
from pathlib import Path
from unittest.mock import patch

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from psycopg import sql

from lensdb.accounts.models import User
from lensdb.aggregates.actions import refresh_next
from lensdb.aggregates.models import ModelCell
from lensdb.audit.models import Event
from lensdb.moderation import actions as moderation
from lensdb.moderation.merging.actions import merge_copies
from lensdb.moderation.models import Decision
from lensdb.persons.erasure import AlreadyErasedError, LastAdministratorError, erase
from lensdb.persons.models import Tombstone
from lensdb.processing import actions as processing
from lensdb.submissions import actions as submissions
from lensdb.submissions.models import LensCopy, Photo, Series, Specimen
from tests.factories.accounts import PASSWORD, AdministratorFactory, ModeratorFactory, UserFactory
from tests.factories.catalog import LensModelFactory
from tests.factories.measurements import SeriesMeasurementFactory
from tests.factories.persons import CANARY, person_with_everything
from tests.factories.processing import JobFactory, finish
from tests.lensdb.at_once import start

COMMAND = "command:erase_person"


@pytest.fixture
def files() -> Iterator[None]:
    """No files of the person when a test begins, and none when it has ended."""
    _remove_files()
    yield
    _remove_files()


def _remove_files() -> None:
    for path in files_with(CANARY):
        path.unlink()


def tables_with(text: str) -> list[str]:
    """Tables in which any column of any row holds the text, whatever its case."""
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            query = sql.SQL("SELECT count(*) FROM {} AS r WHERE r::text ILIKE %s").format(sql.Identifier(table))
            cursor.execute(query, [f"%{text}%"])
            found += [table] * bool(cursor.fetchone()[0])
    return found


def files_with(text: str) -> list[Path]:
    """Files of the data folder, but for the database's own, that hold the text in their name or content."""
    folders = [path for path in Path(settings.DATA_DIR).iterdir() if path.is_dir() and path.name != "postgres"]
    paths = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return [path for path in paths if text in str(path) or text.encode() in path.read_bytes()]


@pytest.mark.django_db
def test_nothing_of_the_person_is_left_anywhere(files: None, django_capture_on_commit_callbacks) -> None:
    person = person_with_everything()
    browser = Client()
    browser.force_login(person)
    for series in Series.objects.all():
        browser.get(f"/series/{series.public_id}/")
    mac = Specimen.objects.get(serial_mac__isnull=False).serial_mac
    assert len(tables_with(CANARY)) >= 10
    assert len(files_with(CANARY)) == 4
    with django_capture_on_commit_callbacks(execute=True):
        erase(person=person, by=COMMAND)
    assert tables_with(CANARY) == []
    assert tables_with(mac) == []
    assert files_with(CANARY) == []
    assert not Session.objects.exists()
    assert not Authenticator.objects.exists()
    assert not User.objects.filter(pk=person.pk).exists()
    assert not Specimen.objects.exclude(batch="").exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(value, '') FROM cache")
        assert CANARY not in str(cursor.fetchone())
    cache.clear()


@pytest.mark.django_db
def test_what_was_counted_leaves_a_tombstone_and_an_event_of_ids(client: Client) -> None:
    person = person_with_everything()
    published = Series.objects.get(standing="published")
    others = list(Series.objects.exclude(pk=published.pk).values_list("public_id", flat=True))
    lens = published.lens_copy.lens_model
    erase(person=person, by=COMMAND)
    stone = Tombstone.objects.get()
    assert (stone.series, stone.lens) == (published.public_id, lens.slug)
    event = Event.objects.get(kind="user.erase")
    assert (event.actor, event.target_type, event.target_id) == (COMMAND, "accounts.user", str(person.pk))
    answer = client.get(f"/series/{published.public_id}/")
    assert answer.status_code == 410
    assert "was erased at its owner" in answer.content.decode()
    for address in ("", "status/", "result/"):
        answer = client.get(f"/api/v1/series/{published.public_id}/{address}")
        assert (answer.status_code, answer.json()["code"]) == (410, "erased")
    assert client.get(f"/media/derived/{published.public_id}/reel.jpg").status_code == 410
    assert {client.get(f"/series/{public_id}/").status_code for public_id in others} == {404}
    told = client.get("/api/v1/tombstones/").json()
    assert [(row["series"], row["lens"]) for row in told["results"]] == [(stone.series, lens.slug)]
    assert told["next"] is None


@pytest.mark.django_db
def test_a_withdrawn_series_that_was_once_published_leaves_one_too() -> None:
    person = person_with_everything()
    moderation.withdraw(series=Series.objects.get(standing="published"), by=person)
    erase(person=person, by=COMMAND)
    assert Tombstone.objects.count() == 1


@pytest.mark.django_db
def test_the_figures_follow() -> None:
    person = person_with_everything()
    while refresh_next():
        pass
    assert ModelCell.objects.exists()
    erase(person=person, by=COMMAND)
    while refresh_next():
        pass
    assert not ModelCell.objects.exists()


@pytest.mark.django_db
def test_what_others_hold_of_the_same_lens_and_file_stays(files: None, django_capture_on_commit_callbacks) -> None:
    lens, other = LensModelFactory(), UserFactory()
    person = person_with_everything(lens=lens)
    others_copy = submissions.add_copy(by=other, lens_model=lens, serial=f"77{CANARY}")
    assert others_copy.specimen == LensCopy.objects.get(owner=person).specimen
    shared = Photo.objects.filter(series__owner=person).first()
    series = SeriesMeasurementFactory(
        series__owner=other,
        series__lens_copy=others_copy,
        pictures=SeriesMeasurementFactory._meta.model.objects.first().pictures,
    ).series
    series.photos.update_or_create(position=0, defaults={"sha256": shared.sha256})
    with django_capture_on_commit_callbacks(execute=True):
        erase(person=person, by=COMMAND)
    assert Specimen.objects.get(pk=others_copy.specimen_id).serial_mac
    assert storages["originals"].exists(shared.storage_name)
    digest = series.measurements.get().pictures["reel.jpg"]
    assert storages["derived"].exists(f"{digest[:2]}/{digest}.jpg")


@pytest.mark.django_db
def test_a_serial_under_a_merged_specimen_is_forgotten_too() -> None:
    person, other = person_with_everything(), ModeratorFactory()
    own = LensCopy.objects.get(owner=person)
    others_copy = submissions.add_copy(by=UserFactory(), lens_model=own.lens_model, serial="88112233")
    kept = merge_copies(one=own, other=others_copy, by=other)
    assert kept == own.specimen
    erase(person=person, by=COMMAND)
    others_copy.refresh_from_db()
    assert others_copy.specimen == kept
    assert Specimen.objects.get(pk=kept.pk).serial_mac is None
    assert others_copy.entered_as.serial_mac


@pytest.mark.django_db
def test_a_moderators_decisions_stand_without_the_name() -> None:
    moderator, series = ModeratorFactory(), SeriesMeasurementFactory().series
    moderation.reject(series=series, by=moderator, reason="other", note="blurred")
    erase(person=moderator, by=COMMAND)
    decision = Decision.objects.get()
    assert (decision.by, decision.by_former, decision.rule, decision.note) == (None, True, "", "blurred")
    assert moderation.settle(measurement=series.measurements.get()) is None
    page = Client()
    page.force_login(series.owner)
    assert "by a moderator" in page.get(f"/series/{series.public_id}/").content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.update(by_former=False)


@pytest.mark.django_db
def test_work_under_way_changes_nothing_when_it_ends() -> None:
    job = JobFactory()
    (claim,) = processing.claim(by="host-1", limit=1)
    erase(person=job.owner, by=COMMAND)
    assert not finish(claim)
    assert processing.renew(claims=[claim]) == set()
    assert processing.rescue() == 0


@pytest.mark.django_db(transaction=True)
def test_two_erasures_and_a_result_at_once_end_in_one(files: None) -> None:
    person = person_with_everything()
    claims = processing.claim(by="host-1", limit=2)

    told = []

    def erase_again() -> None:
        try:
            erase(person=person, by=person)
        except AlreadyErasedError:
            told.append("already")
        else:
            told.append("erased")

    works = [erase_again, *(partial(finish, claim) for claim in claims), erase_again]
    for thread in [start(work) for work in works]:
        thread.join(timeout=30)
    assert sorted(told) == ["already", "erased"]
    assert not Series.objects.exists()
    assert Event.objects.filter(kind="user.erase").count() == 1


@pytest.mark.django_db
def test_the_last_administrator_stays() -> None:
    administrator = AdministratorFactory()
    with pytest.raises(LastAdministratorError):
        erase(person=administrator, by=administrator)
    AdministratorFactory()
    erase(person=administrator, by=administrator)


@pytest.mark.django_db
def test_the_command_tells_asks_and_erases() -> None:
    person = person_with_everything()
    told = StringIO()
    call_command("erase_person", person.email, "--dry-run", stdout=told)
    assert "3 series, drafts among them" in told.getvalue()
    assert User.objects.filter(pk=person.pk).exists()
    with patch("builtins.input", return_value="no"), pytest.raises(CommandError, match="Nothing was erased"):
        call_command("erase_person", person.email, stdout=told)
    call_command("erase_person", person.email.upper(), "--yes", stdout=told)
    assert not User.objects.filter(pk=person.pk).exists()
    with pytest.raises(CommandError, match="no account"):
        call_command("erase_person", person.email, "--yes")


@pytest.mark.django_db
def test_the_page_says_what_goes_and_asks_for_password_and_address() -> None:
    person = person_with_everything()
    browser = Client()
    browser.force_login(person)
    page = browser.get("/me/erase/").content.decode()
    assert "3 series, drafts among them" in page
    for wrong in ({"password": "wrong", "email": person.email}, {"password": PASSWORD, "email": "ada"}):
        assert browser.post("/me/erase/", wrong).status_code == 200
        assert User.objects.filter(pk=person.pk).exists()
    second = Client()
    second.force_login(person)
    answer = browser.post("/me/erase/", {"password": PASSWORD, "email": person.email})
    assert "Your account is erased" in answer.content.decode()
    assert not User.objects.filter(pk=person.pk).exists()
    assert browser.post("/me/erase/", {"password": PASSWORD, "email": person.email}).status_code == 302
    assert second.get("/me/").status_code == 302
    assert Event.objects.get(kind="user.erase").actor == f"user:{person.pk}"


@pytest.mark.django_db
def test_the_password_cannot_be_tried_without_end() -> None:
    person = UserFactory()
    browser = Client()
    browser.force_login(person)
    for _ in range(10):
        browser.post("/me/erase/", {"password": "wrong", "email": person.email})
    page = browser.post("/me/erase/", {"password": PASSWORD, "email": person.email}).content.decode()
    assert "Too many tries" in page
    assert User.objects.filter(pk=person.pk).exists()
