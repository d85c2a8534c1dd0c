"""The main job as people do it: photos in, focus shift on a lens page, and out again when a moderator says so."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from analysis.charts.design import chart_design
from analysis.synthetic import Camera, Scene, Series, render_series, specimen
from tests.browser.conftest import MODERATOR, RunningSite

pytestmark = pytest.mark.browser
LENS_PAGE = "/lenses/canon-ef-50mm-f1-2l-usm/"
F_NUMBERS = (1.2, 2.0, 2.8, 4.0, 5.6, 8.0)
MEASURED_WITHIN_MS = 120_000


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """What `lensdb simulate` makes: a Canon EF 50mm f/1.2L USM at 0.55 m on a small sensor."""
    scene = Scene(chart_design("A4"), focus_distance_mm=550.0, width_px=3000, height_px=2000)
    series = Series(scene, specimen("canon-ef-50-1.2", 1), F_NUMBERS, Camera(lens_serial="SIM-0001"), seed=7)
    return render_series(series, tmp_path_factory.mktemp("photos"))


def test_from_photos_to_the_lens_page_and_off_it_again(
    visit: Callable[[], Page], site: RunningSite, photos: list[Path]
) -> None:
    photographer, moderator, reader = visit(), visit(), visit()
    sign_up(photographer)
    series = submit(photographer, photos)
    see_the_result(photographer)

    expect_on_lens_page(reader, series, shown=False)  # a new account's series waits
    log_in_as_moderator(moderator, site)
    decide(moderator, series, "accept")
    expect_on_lens_page(reader, series, shown=True)
    expect(reader.locator("svg").first).to_be_visible()
    assert re.search(r"Stopped down from f/1.2 to f/[\d.]+, focus moves \d\.\d+ mm behind", reader.inner_text("main"))

    decide(moderator, series, "reject", reason="the numbers are implausible")
    expect_on_lens_page(reader, series, shown=False)
    photographer.reload()
    expect(photographer.locator("main")).to_contain_text("the numbers are implausible")


def sign_up(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Sign up").first.click()
    page.get_by_label("Email").fill("photographer@lensdb.example")
    page.locator("[name=password1]").fill("a-long-enough-phrase")
    page.locator("[name=password2]").fill("a-long-enough-phrase")
    page.get_by_role("button", name="Sign up").click()
    page.wait_for_url("**/me/")


def submit(page: Page, photos: list[Path]) -> str:
    """Send the photos; the series' public id."""
    page.goto("/submit/")
    page.get_by_label("Drop the photos of one series here").set_input_files(photos)
    for photo in photos:
        expect(page.locator("main")).to_contain_text(photo.name)
    expect(page.locator("main")).to_contain_text("Canon EF 50mm f/1.2L USM")
    page.get_by_label("Distance").fill("0.55")
    page.get_by_role("button", name=f"Send {len(photos)} photos").click()
    page.wait_for_url(re.compile(r"/series/\w{12}/"))
    return page.url.rstrip("/").rsplit("/", 1)[1]


def see_the_result(page: Page) -> None:
    """The page fills itself; nobody reloads it."""
    expect(page.get_by_role("heading", name="Focus shift")).to_be_visible(timeout=MEASURED_WITHIN_MS)
    table = page.get_by_role("table", name=re.compile("Focus shift against the widest"))
    expect(table.locator("tbody tr")).to_have_count(len(F_NUMBERS))
    expect(page.locator("main")).to_contain_text("simulated")
    expect(page.locator("[data-reel] img").first).to_be_visible()


def log_in_as_moderator(page: Page, site: RunningSite) -> None:
    page.goto("/admin/")
    page.get_by_label("Email").fill(MODERATOR)
    page.get_by_label("Password").fill(site.password)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/")


def decide(page: Page, series: str, verdict: str, reason: str = "") -> None:
    page.goto(f"/admin/submissions/series/?q={series}")
    page.get_by_role("link", name=series).click()
    page.get_by_label(verdict, exact=True).check()
    if reason:
        page.get_by_label("Reason").select_option(label=reason)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("changed successfully")


def expect_on_lens_page(page: Page, series: str, *, shown: bool, seconds: float = 20) -> None:
    """The lens page follows a decision by itself, within seconds."""
    deadline = time.monotonic() + seconds
    while True:
        page.goto(LENS_PAGE)
        listed = page.get_by_role("link", name=series).count() == 1
        measured = page.get_by_role("heading", name="Focus shift against f-number").count() == 1
        if listed == measured == shown:
            return
        assert time.monotonic() < deadline, f"after {seconds} s: listed {listed}, measured {measured}, expected {shown}"
        page.wait_for_timeout(250)
