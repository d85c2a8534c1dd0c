"""`lensdb submit`: a folder becomes a series; running it again is safe, and what went wrong is told file by file."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from lensdb.accounts.models import ApiToken, User
from lensdb.catalog.models import LensModel
from lensdb.limits.models import Level, Quota
from lensdb.processing.models import Job
from lensdb.submissions.models import LensCopy, Photo, Series
from lensdb.tool import client
from lensdb.tool.exit_codes import ExitCode
from tests.factories.catalog import BodyAliasFactory, CameraBodyFactory, LensAliasFactory, LensModelFactory
from tests.factories.files import photo_bytes
from tests.lensdb.tool.conftest import SERVER, Run

F_NUMBERS = (1.2, 1.4, 2.0, 2.8)


@pytest.fixture(autouse=True)
def fifty(db: None) -> LensModel:
    BodyAliasFactory(body=CameraBodyFactory(name="Canon EOS 6D"), text="canon eos6d")
    lens = LensModelFactory(name="Canon EF 50mm f/1.2L USM", slug="canon-ef-50mm-f1-2l-usm")
    LensAliasFactory(lens_model=lens)
    return lens


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "photos"
    place.mkdir()
    for number, f_number in enumerate(F_NUMBERS, start=1):
        (place / f"IMG_{number}.JPG").write_bytes(photo_bytes(seed=number, f_number=f_number, lens_serial="0012345"))
    return place


def posts(site: list[httpx.Request]) -> list[str]:
    return [request.url.path.split("/")[-2] for request in site if request.method == "POST"]


def test_a_folder_becomes_a_queued_series(ada: User, folder: Path, run: Run) -> None:
    done = run("submit", folder, "--distance-m", 0.5, "--copy", "mine", "--focusing-method", "live_view")
    assert done.exit_code == ExitCode.DONE, done.output
    series = Series.objects.get()
    assert done.stdout == f"{SERVER}/series/{series.public_id}/\n"
    assert (series.owner, series.distance_m, series.focusing_method) == (ada, 0.5, "live_view")
    assert (series.lens_copy.lens_model.slug, series.body.name) == ("canon-ef-50mm-f1-2l-usm", "Canon EOS 6D")
    assert series.lens_copy.specimen.serial_mac is not None
    photos = series.photos.values_list("file_name", "f_number")
    assert list(photos) == [(f"IMG_{number}.JPG", f_number) for number, f_number in enumerate(F_NUMBERS, start=1)]
    assert Job.objects.get().series == series


def test_running_it_again_sends_nothing_and_names_the_series(
    ada: User, folder: Path, run: Run, site: list[httpx.Request]
) -> None:
    run("submit", folder, "--distance-m", 0.5)
    site.clear()
    again = run("submit", folder, "--distance-m", 0.5)
    assert again.exit_code == ExitCode.DONE
    assert posts(site) == []
    assert f"IMG_1.JPG: already sent, in series {Series.objects.get().public_id}." in again.output


def test_a_run_that_was_cut_off_is_taken_up(
    ada: User, folder: Path, run: Run, site: list[httpx.Request], monkeypatch: Any
) -> None:
    through, sent = httpx.HTTPTransport.handle_request, []

    def cut(transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/photos/"):
            sent.append(request)
            if len(sent) > 2:
                raise httpx.WriteError("cable pulled", request=request)
        return through(transport, request)

    monkeypatch.setattr(client.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", cut)
    assert run("submit", folder, "--distance-m", 0.5).exit_code == ExitCode.NETWORK
    assert len(sent) == 2 + client.TRIES
    assert Photo.objects.count() == 2
    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", through)
    site.clear()
    assert run("submit", folder, "--distance-m", 0.5).exit_code == ExitCode.DONE
    assert posts(site) == ["identify", "photos", "photos", "submit"]
    assert Series.objects.count() == 1
    assert Photo.objects.count() == 4


def test_a_passing_trouble_is_tried_again(ada: User, folder: Path, run: Run, monkeypatch: Any) -> None:
    through, failed, waits = httpx.HTTPTransport.handle_request, [], []

    def hiccup(transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/photos/") and not failed:
            failed.append(request)
            return httpx.Response(503, headers={"Retry-After": "7"}, request=request)
        return through(transport, request)

    monkeypatch.setattr(client.time, "sleep", waits.append)
    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", hiccup)
    assert run("submit", folder, "--distance-m", 0.5).exit_code == ExitCode.DONE
    assert waits == [7.0]


def test_a_file_that_is_no_photo_is_named_and_the_rest_goes(ada: User, folder: Path, run: Run) -> None:
    (folder / "IMG_5.JPG").write_bytes(b"not a photo")
    done = run("submit", folder, "--distance-m", 0.5, "--lens", "canon 50 1.2", "--body", "EOS 6D")
    assert done.exit_code == ExitCode.IN_PART
    assert "IMG_5.JPG: This is not a JPEG, TIFF or PNG file." in done.output
    assert Photo.objects.count() == 4


def test_nothing_usable_leaves_nothing_behind(ada: User, tmp_path: Path, run: Run) -> None:
    (tmp_path / "IMG_1.JPG").write_bytes(b"not a photo")
    done = run("submit", tmp_path, "--distance-m", 0.5, "--lens", "canon 50 1.2", "--body", "EOS 6D")
    assert done.exit_code == ExitCode.NOTHING_USABLE
    assert not Series.objects.exists()
    empty = tmp_path / "empty"
    empty.mkdir()
    assert run("submit", empty, "--distance-m", 0.5).exit_code == ExitCode.NOTHING_USABLE


def test_what_the_photos_do_not_tell_must_be_said(ada: User, tmp_path: Path, run: Run) -> None:
    (tmp_path / "A.JPG").write_bytes(photo_bytes(lens=None))
    asked = run("submit", tmp_path, "--distance-m", 0.5)
    assert asked.exit_code == ExitCode.USAGE
    assert "name it with --lens" in asked.output
    LensModelFactory(name="Canon EF 50mm f/1.8 STM", widest_f_number=1.8)
    several = run("submit", tmp_path, "--distance-m", 0.5, "--lens", "canon 50")
    assert several.exit_code == ExitCode.USAGE
    assert "Canon EF 50mm f/1.8 STM" in several.output
    assert run("submit", tmp_path, "--distance-m", 0.5, "--lens", "typewriter").exit_code == ExitCode.USAGE
    exact = run("submit", tmp_path, "--distance-m", 0.5, "--lens", "canon ef 50mm f/1.2l usm")
    assert exact.exit_code == ExitCode.DONE


def test_f_numbers_can_be_typed_in_file_order(ada: User, folder: Path, run: Run) -> None:
    assert run("submit", folder, "--distance-m", 0.5, "--f-numbers", "1.2,2").exit_code == ExitCode.USAGE
    assert run("submit", folder, "--distance-m", 0.5, "--f-numbers", "a,b,c,d").exit_code == ExitCode.USAGE
    assert run("submit", folder, "--distance-m", 0.5, "--f-numbers", "1,2,3,4").exit_code == ExitCode.DONE
    assert list(Photo.objects.values_list("f_number", flat=True).order_by("position")) == [1, 2, 3, 4]


def test_a_series_without_serial_keeps_to_the_copys_label(ada: User, tmp_path: Path, run: Run) -> None:
    for number, label in enumerate(["old", "old", "new"]):
        (tmp_path / "A.JPG").write_bytes(photo_bytes(seed=number))
        assert run("submit", tmp_path, "--distance-m", 0.5, "--copy", label).exit_code == ExitCode.DONE
    assert sorted(LensCopy.objects.values_list("label", flat=True)) == ["new", "old"]


def test_without_a_token_nobody_is_let_in(ada: User, folder: Path, run: Run) -> None:
    ApiToken.objects.all().delete()
    done = run("submit", folder, "--distance-m", 0.5)
    assert done.exit_code == ExitCode.NOT_ALLOWED
    assert "lensdb login" in done.output


def test_never_signed_in_is_told_before_anything_is_read(run: Run, folder: Path) -> None:
    done = run("submit", folder, "--distance-m", 0.5)
    assert (done.exit_code, "lensdb login" in done.output) == (ExitCode.NOT_ALLOWED, True)


def test_waiting_tells_each_change_and_ends_with_the_outcome(
    ada: User, folder: Path, run: Run, monkeypatch: Any
) -> None:
    def fail_meanwhile(_: float) -> None:
        Job.objects.update(
            state="failed", finished_at="2026-01-01T00:00Z", failure_code="no_chart",
            failure_sentence="No chart was found.", failure_next_step="Print the chart.",
        )  # fmt: skip

    monkeypatch.setattr(client.time, "sleep", fail_meanwhile)
    done = run("submit", folder, "--distance-m", 0.5, "--wait")
    assert done.exit_code == ExitCode.NOTHING_USABLE
    assert done.stderr.splitlines()[-3:] == ["queued, place 1", "failed", "No chart was found. Print the chart."]


def test_whoever_has_sent_enough_for_today_is_told_when_to_go_on_and_is_not_kept_waiting(
    ada: User, folder: Path, run: Run, monkeypatch: Any
) -> None:
    Quota.objects.filter(pk=Level.NEW).update(bytes_a_day=5)
    monkeypatch.setattr(client.time, "sleep", lambda seconds: pytest.fail(f"waits {seconds} s"))
    done = run("submit", folder, "--distance-m", 0.5)
    assert done.exit_code == ExitCode.NETWORK
    assert "You can go on in 24 hours." in done.output
    assert Series.objects.get().submitted_at is None


def test_an_answer_that_was_lost_leaves_no_second_draft(ada: User, folder: Path, run: Run, monkeypatch: Any) -> None:
    through, lost = httpx.HTTPTransport.handle_request, []

    def lossy(transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        answer = through(transport, request)
        if request.method == "POST" and request.url.path.endswith("/series/") and not lost:
            lost.append(answer.status_code)
            return httpx.Response(502, request=request)
        return answer

    monkeypatch.setattr(client.time, "sleep", lambda _: None)
    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", lossy)
    assert run("submit", folder, "--distance-m", 0.5).exit_code == ExitCode.DONE
    assert lost == [201]
    assert Series.objects.count() == 1
