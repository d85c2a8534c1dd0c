"""The export holds everything of the person, nothing of others, and no secret."""

import io
import json
import zipfile
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from lensdb.accounts.models import User
from lensdb.audit.models import Event
from lensdb.moderation import actions as moderation
from lensdb.persons.export import archive
from lensdb.submissions.models import Photo, Series
from tests.factories.accounts import ModeratorFactory, UserFactory
from tests.factories.measurements import SeriesMeasurementFactory
from tests.factories.persons import CANARY, person_with_everything

pytestmark = pytest.mark.django_db


def opened(person: User) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(archive(person))))


def test_it_holds_everything_of_the_person() -> None:
    person = person_with_everything()
    SeriesMeasurementFactory()
    file = opened(person)
    assert file.testzip() is None
    told = {name: json.loads(file.read(name)) for name in file.namelist() if name.endswith(".json")}
    assert told["account.json"]["email"] == person.email
    assert told["email_addresses.json"][0]["email"] == person.email
    assert told["tokens.json"][0]["name"] == f"{CANARY} laptop"
    assert [row["type"] for row in told["second_factors.json"]] == ["totp", "recovery_codes"]
    (copy,) = told["copies.json"]
    assert (copy["serial"], copy["label"]) == (f"77{CANARY}".upper(), CANARY)
    assert copy["services"][0]["note"] == f"by {CANARY}"
    folders = {name.split("/")[1] for name in file.namelist() if name.startswith("series/")}
    assert folders == set(Series.objects.filter(owner=person).values_list("public_id", flat=True))
    published = Series.objects.get(standing="published")
    series = told[f"series/{published.public_id}/series.json"]
    assert series["note"] == f"note {CANARY}"
    assert series["decisions"][0]["note"] == f"thank you, {CANARY}"
    (photo,) = series["photos"]
    assert photo["facts"]["software"] == CANARY
    assert file.read(f"series/{published.public_id}/{photo['in_archive']}") == f"{CANARY} 0".encode()
    (result,) = (name for name in told if name.startswith(f"series/{published.public_id}/results/"))
    assert told[result]["photos"][0]["file"] == f"{CANARY}.JPG"
    assert any(name.startswith(f"series/{published.public_id}/pictures/") for name in file.namelist())
    assert {"series.accept", "token.create"} <= {event["kind"] for event in told["audit.json"]}
    readme = file.read("README.txt").decode()
    assert {name.partition("/")[0] for name in file.namelist() if name.partition("/")[0] not in readme} == {
        "README.txt"
    }


def test_it_names_no_other_person_and_holds_no_secret() -> None:
    person, moderator = person_with_everything(), ModeratorFactory(email="someone-else@example.org")
    moderation.hold(series=Series.objects.get(standing="published"), by=moderator, reason="other")
    file = opened(person)
    everything = b"".join(file.read(name) for name in file.namelist()).decode("utf-8", "replace")
    token = person.tokens.get()
    for secret in ("someone-else", f"user:{moderator.pk}", person.password, token.digest, token.password_mark):
        assert secret not in everything


def test_a_moderators_holds_what_they_decided() -> None:
    moderator, series = ModeratorFactory(), SeriesMeasurementFactory().series
    moderation.reject(series=series, by=moderator, reason="other", note="blurred")
    (decision,) = json.loads(opened(moderator).read("decisions.json"))
    assert (decision["series"], decision["note"]) == (series.public_id, "blurred")


def test_a_file_that_is_missing_is_named() -> None:
    person = person_with_everything()
    Photo.objects.filter(series__standing="published").update(sha256="0" * 64)
    assert f"{CANARY}-0.JPG" in opened(person).read("missing.txt").decode()


def test_it_is_sent_while_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """No piece is larger than what is read at once, and a little."""
    person = person_with_everything()
    monkeypatch.setattr("lensdb.persons.export._PIECE", 8)
    assert max(len(piece) for piece in archive(person)) < 20_000


def test_the_owner_downloads_it_a_few_times_a_day() -> None:
    person = person_with_everything()
    browser = Client()
    browser.force_login(person)
    for _ in range(3):
        answer = browser.post("/me/export/")
        assert "no-store" in answer["Cache-Control"]
        assert zipfile.ZipFile(io.BytesIO(answer.getvalue())).testzip() is None
    answer = browser.post("/me/export/", follow=True)
    assert "3 times a day; the next time in 24 h" in answer.content.decode()
    assert browser.get("/me/export/").status_code == 405
    assert Event.objects.filter(kind="user.export", actor=f"user:{person.pk}").count() == 3


def test_the_command_writes_it_for_its_callers_eyes(tmp_path: Path) -> None:
    person = UserFactory()
    path = tmp_path / "ada.zip"
    call_command("export_person", person.email.upper(), str(path), stdout=StringIO())
    assert path.stat().st_mode & 0o777 == 0o600
    assert zipfile.ZipFile(path).testzip() is None
    assert Event.objects.get().actor == "command:export_person"
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_person", person.email, str(path))
    with pytest.raises(CommandError, match="no account"):
        call_command("export_person", "nobody@example.org", str(path))
