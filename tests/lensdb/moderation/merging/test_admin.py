"""The moderator's pages before merging and parting: they say what is known and what changes, and only then do it."""

from typing import Any

import pytest
from django.test import Client

from lensdb.aggregates.actions import refresh_next
from lensdb.audit.models import Event
from lensdb.catalog.models import LensModel
from lensdb.moderation.merging.actions import merge_copies
from lensdb.submissions.actions import add_copy
from lensdb.submissions.models import LensCopy
from tests.factories.accounts import ModeratorFactory, UserFactory
from tests.factories.catalog import LensModelFactory
from tests.factories.measurements import SHIFTS_UM, SeriesMeasurementFactory, series_result
from tests.factories.submissions import LensCopyFactory, PublishedSeriesFactory

pytestmark = pytest.mark.django_db
COPIES, LENSES = "/admin/submissions/lenscopy/", "/admin/catalog/lensmodel/"


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(ModeratorFactory())
    return client


def page(desk: Client, address: str, action: str, *rows: Any, **more: str) -> str:
    """What the desk shows after an act was chosen for ticked rows; with `confirmed="yes"` after it was done."""
    fields = {"action": action, "_selected_action": [row.pk for row in rows], **more}
    return desk.post(address, fields, follow=True).content.decode()


def measured(lens: LensModel, *, scale: float = 1.0) -> LensCopy:
    copy: LensCopy = LensCopyFactory(lens_model=lens, label="the owner's own words")
    result = series_result(shifts_um={n: scale * um for n, um in SHIFTS_UM.items()})
    SeriesMeasurementFactory(series=PublishedSeriesFactory(owner=copy.owner, lens_copy=copy), result=result)
    while refresh_next():
        pass
    return copy


def test_two_records_become_one_lens_after_a_look_at_both(desk: Client) -> None:
    lens = LensModelFactory()
    one, other = measured(lens), measured(lens, scale=1.01)
    asked = page(desk, COPIES, "merge_selected", one, other)
    question = f"Are {one.public_id} and {other.public_id} one {lens}?"
    for told in (question, str(one.owner), "+19.0 µm at f/2.8", "0.5 m"):
        assert told in asked
    assert "their 2 published series count as those of one lens" in asked
    assert "do not overlap" not in asked
    assert "own words" not in asked
    assert not Event.objects.exists()
    done = page(desk, COPIES, "merge_selected", one, other, confirmed="yes")
    assert f"{one.public_id} and {other.public_id} are one lens." in done
    assert LensCopy.objects.values("specimen").distinct().count() == 1


def test_records_that_were_measured_apart_raise_a_doubt(desk: Client) -> None:
    lens = LensModelFactory()
    assert "do not overlap" in page(desk, COPIES, "merge_selected", measured(lens), measured(lens, scale=-0.5))


def test_a_record_is_parted_again_and_what_goes_with_it_is_named(desk: Client) -> None:
    lens = LensModelFactory()
    one, other = LensCopyFactory(lens_model=lens), LensCopyFactory(lens_model=lens)
    merge_copies(one=one, other=other, by=ModeratorFactory())
    assert other.public_id in desk.get(f"{COPIES}{one.pk}/change/").content.decode()
    asked = page(desk, COPIES, "part_selected", other)
    assert f"one lens: {other.public_id}; and these another: {one.public_id}." in asked
    assert "is counted apart" in page(desk, COPIES, "part_selected", other, confirmed="yes")
    assert LensCopy.objects.values("specimen").distinct().count() == 2


def test_no_serial_and_nothing_of_it_is_on_these_pages(desk: Client) -> None:
    lens = LensModelFactory()
    copies = [add_copy(by=UserFactory(), lens_model=lens, serial=serial) for serial in ("87654321", "98765432")]
    pages = [page(desk, COPIES, "merge_selected", *copies, **more) for more in ({}, {"confirmed": "yes"})]
    pages.append(desk.get("/admin/audit/event/").content.decode())
    assert "given" in pages[0]
    assert not any(part in text for text in pages for part in ("87654321", ">876<", "4321", "98765432", "5432"))


@pytest.mark.parametrize(
    ("action", "n_ticked", "told"),
    [
        ("merge_selected", 1, "Tick 2 of them"),
        ("merge_selected", 3, "Tick 2 of them"),
        ("part_selected", 2, "Tick 1 of them"),
        ("merge_selected", 2, "merge the lenses first"),
    ],
)
def test_what_cannot_be_done_is_told_in_the_list(desk: Client, action: str, n_ticked: int, told: str) -> None:
    assert told in page(desk, COPIES, action, *(LensCopyFactory() for _ in range(n_ticked)))


@pytest.mark.parametrize("n_copies", [1, 3])
def test_the_list_costs_the_same_however_long(desk: Client, n_copies: int, django_assert_num_queries: Any) -> None:
    for _ in range(n_copies):
        LensCopyFactory()
    with django_assert_num_queries(8):
        assert desk.get(COPIES).content.decode().count("/change/") == n_copies


def test_two_entries_become_one_design_and_two_again(desk: Client) -> None:
    few, many = LensModelFactory(name="Canon 50mm f/1.2 L"), LensModelFactory(name="Canon EF 50mm f/1.2L USM")
    for lens in (few, many, many):
        LensCopyFactory(lens_model=lens)
    asked = page(desk, LENSES, "merge_selected", few, many)
    assert f'value="{many.pk}" checked' in asked
    page(desk, LENSES, "merge_selected", few, many, confirmed="yes", choice=str(many.pk))
    assert set(LensCopy.objects.values_list("lens_model", flat=True)) == {many.pk}
    assert few.name in page(desk, LENSES, "part_selected", few)
    assert "is an entry of its own" in page(desk, LENSES, "part_selected", few, confirmed="yes")
    assert LensCopy.objects.filter(lens_model=few).count() == 1
    assert "was not merged" in page(desk, LENSES, "part_selected", few)


@pytest.mark.parametrize("kept", [0, 1])
def test_the_entry_that_was_chosen_is_kept(desk: Client, kept: int) -> None:
    entries = LensModelFactory(), LensModelFactory()
    page(desk, LENSES, "merge_selected", *entries, confirmed="yes", choice=str(entries[kept].pk))
    assert LensModel.objects.get(merged_into=None) == entries[kept]


def test_somebody_who_may_only_look_is_offered_none_of_it(client: Client) -> None:
    moderator = ModeratorFactory(is_staff=True)
    moderator.groups.get().permissions.remove(*moderator.groups.get().permissions.filter(codename="decide"))
    client.force_login(moderator)
    copies = [LensCopyFactory() for _ in range(2)]
    assert "merge_selected" not in client.get(COPIES).content.decode()
    page(client, COPIES, "merge_selected", *copies, confirmed="yes")
    assert not Event.objects.exists()
