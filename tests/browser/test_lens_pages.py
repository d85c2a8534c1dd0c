"""Lens, compare and copy pages in a real browser: the way through them, and what assistive technology meets on it.

Served by the test's own process from rows made here: nothing needs to be measured for them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from lensdb.aggregates.actions import refresh_next
from lensdb.catalog.models import LensModel
from lensdb.submissions.models import LensCopy, Series
from tests.browser.conftest import visits
from tests.factories.catalog import LensModelFactory
from tests.factories.measurements import SHIFTS_UM, SeriesMeasurementFactory, series_result
from tests.factories.submissions import LensCopyFactory, PublishedSeriesFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Playwright keeps an event loop in this thread, from which Django would refuse to touch the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass(frozen=True)
class Shown:
    """Two lenses, the first of four copies, one of which is `mine`."""

    fifty: LensModel
    other: LensModel
    mine: LensCopy
    series: Series


@pytest.fixture
def shown() -> Shown:
    fifty = LensModelFactory(name="Canon EF 50mm f/1.2L USM", slug="fifty")
    other = LensModelFactory(name="Zeiss Planar T* 1.4/50", slug="planar")
    mine, *_ = [_measured(fifty, 1 + 0.02 * number) for number in range(4)]
    _measured(other, -0.5)
    while refresh_next():
        pass
    return Shown(fifty, other, mine, mine.series.get())


@pytest.fixture
def visit(browser: Browser, live_server: LiveServer) -> Iterator[Callable[..., Page]]:
    with visits(browser, live_server.url) as new_page:
        yield new_page


def test_from_a_lens_to_another_beside_it_and_to_ones_own_copy(visit: Callable[..., Page], shown: Shown) -> None:
    page = visit()
    log_in(page, shown.mine)
    page.goto(shown.fifty.get_absolute_url())
    expect(page.get_by_text("Whose doing is it?")).to_be_visible()
    expect(page.locator(".plot-picture > svg")).to_have_count(3)
    page.get_by_role("link", name="Compare with other lenses").click()
    page.get_by_label("Add a lens").fill("planar")
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.get_by_role("table").locator("tbody tr")).to_have_count(2)
    expect(page.locator(".plot-picture > svg")).to_have_count(1)
    page.get_by_label("f-number", exact=True).select_option("4")
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.locator("main")).to_contain_text("At 0.5 m and f/4")
    page.get_by_role("table").get_by_role("link", name=shown.fifty.name).click()
    page.get_by_role("link", name="Your copy").click()
    expect(page.locator("main")).to_contain_text("of 3 other copies")
    expect(page.get_by_text("your copy, with its own 95 % interval")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_on_these_pages_breaks_a_rule_of_accessibility(
    visit: Callable[..., Page], shown: Shown, scheme: str
) -> None:
    page = visit(color_scheme=scheme)
    log_in(page, shown.mine)
    addresses = [
        "/",
        "/lenses/",
        shown.fifty.get_absolute_url(),
        f"/compare/?lens={shown.fifty.slug}&lens={shown.other.slug}",
        f"/copies/{shown.mine.public_id}/",
        shown.series.get_absolute_url(),
        "/submit/",
        "/me/",
    ]
    assert {address: found for address in addresses if (found := violations(page, address))} == {}


def test_without_a_script_every_page_stands_and_no_page_is_wider_than_a_phone(
    visit: Callable[..., Page], shown: Shown
) -> None:
    reader = visit(java_script_enabled=False)
    reader.goto(shown.fifty.get_absolute_url())
    reader.get_by_role("spinbutton", name="Distance").fill("1")
    reader.get_by_role("button", name="Work it out").click()
    expect(reader.locator("#advice")).to_contain_text("Focused wide open at 1 m")
    phone = visit(viewport={"width": 320, "height": 700})
    log_in(phone, shown.mine)
    for address in (
        "/lenses/",
        shown.fifty.get_absolute_url(),
        f"/copies/{shown.mine.public_id}/",
        "/compare/?lens=fifty",
    ):
        phone.goto(address, wait_until="networkidle")
        assert (address, phone.evaluate("document.documentElement.scrollWidth")) == (address, 320)


def violations(page: Page, address: str) -> list[str]:
    """What axe finds wrong with a page, one line each."""
    answer = page.goto(address, wait_until="networkidle")
    assert answer is not None
    assert (answer.status, page.url.endswith(address)) == (200, True)
    page.evaluate(AXE.read_text())
    found = page.evaluate("(rules) => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES)
    return [
        f"{rule['id']}: {node['html'][:200]} ({node['failureSummary']})"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def log_in(page: Page, copy: LensCopy) -> None:
    """Give the page the session of a copy's owner."""
    client = Client()
    client.force_login(copy.owner)
    page.goto("/me/")  # leads to the sign-in page, whose origin the cookie is for
    session = {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}
    page.context.add_cookies([{**session, "url": page.evaluate("location.origin")}])
    page.goto("/me/")
    expect(page.get_by_role("heading", name="My lenses")).to_be_visible()


def _measured(lens: LensModel, scale: float) -> LensCopy:
    copy = LensCopyFactory(lens_model=lens)
    result = series_result(shifts_um={n: scale * um for n, um in SHIFTS_UM.items()})
    SeriesMeasurementFactory(series=PublishedSeriesFactory(owner=copy.owner, lens_copy=copy), result=result)
    return copy
