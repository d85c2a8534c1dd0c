"""Two records of one lens, two entries of one design: counted once from then on, refused in words, and taken back."""

from datetime import date
from typing import Any

import pytest
from django.db import transaction

from lensdb.aggregates import actions as cells
from lensdb.aggregates.queries import lens_verdict
from lensdb.audit.models import Event
from lensdb.catalog.identify import find_lens
from lensdb.catalog.models import LensModel
from lensdb.moderation import actions as moderation
from lensdb.moderation.merging import actions as merging
from lensdb.submissions.actions import add_copy, rotate_serials
from lensdb.submissions.models import LensCopy, Series, StaleCopy
from lensdb.submissions.services import record_service
from tests.benchmarks.copies_steps import Archive, wrong_cells
from tests.factories.accounts import ModeratorFactory, UserFactory
from tests.factories.catalog import LensAliasFactory, LensModelFactory, MakerFactory
from tests.factories.measurements import SeriesMeasurementFactory
from tests.factories.submissions import LensCopyFactory, PublishedSeriesFactory, SubmittedSeriesFactory
from tests.lensdb.at_once import in_thread, start, wait_until_somebody_waits

pytestmark = pytest.mark.django_db
SERIAL, MISTYPED = "87654321", "87654312"
DAY = date(2026, 1, 31)


@pytest.fixture
def moderator() -> Any:
    return ModeratorFactory(email="mo@example.org")


def published(copy: LensCopy) -> Series:
    series: Series = PublishedSeriesFactory(lens_copy=copy, owner=copy.owner, f_numbers=[])
    SeriesMeasurementFactory(series=series)
    return series


def drain() -> None:
    while cells.refresh_next():
        pass


def counted(lens: LensModel) -> tuple[int, int]:
    """Copies and series that the lens page tells of."""
    drain()
    assert cells.differences(lens=lens) == []
    told = lens_verdict(lens)
    return (told["n_copies"], told["n_series"]) if told else (0, 0)


def specimens_of(*copies: LensCopy) -> set[int]:
    return set(LensCopy.objects.filter(pk__in=[copy.pk for copy in copies]).values_list("specimen_id", flat=True))


class TestCopies:
    def test_two_records_of_one_lens_are_counted_once_until_they_are_parted(self, moderator: Any) -> None:
        lens = LensModelFactory()
        one, other, third = (published(LensCopyFactory(lens_model=lens)).lens_copy for _ in range(3))
        assert counted(lens) == (3, 3)
        merging.merge_copies(one=one, other=other, by=moderator)
        assert counted(lens) == (2, 3)
        merging.part_copy(copy=other, by=moderator)
        assert counted(lens) == (3, 3)
        assert len(specimens_of(one, other, third)) == 3

    def test_both_sides_are_marked_and_the_act_is_recorded_without_a_serial(self, moderator: Any) -> None:
        lens, owner = LensModelFactory(), UserFactory()
        one = add_copy(by=owner, lens_model=lens, serial=SERIAL)
        other = add_copy(by=owner, lens_model=lens, serial=MISTYPED)
        merging.merge_copies(one=one, other=other, by=moderator)
        assert set(StaleCopy.objects.values_list("specimen", flat=True)) == {one.specimen_id, other.specimen_id}
        event = Event.objects.get()
        assert (event.kind, event.target_public_id, event.actor) == (
            "copy.merge",
            one.public_id,
            f"user:{moderator.pk}",
        )
        assert event.before == {"counted_with": [one.public_id]}
        assert event.after == {"counted_with": [one.public_id, other.public_id]}

    def test_saying_it_again_changes_nothing(self, moderator: Any) -> None:
        one = LensCopyFactory()
        other = LensCopyFactory(lens_model=one.lens_model)
        for _ in range(2):
            merging.merge_copies(one=one, other=other, by=moderator)
            merging.merge_copies(one=other, other=one, by=moderator)
        assert (Event.objects.count(), StaleCopy.objects.count()) == (1, 2)
        for _ in range(2):
            merging.part_copy(copy=other, by=moderator)
        assert (Event.objects.count(), StaleCopy.objects.count()) == (2, 4)

    def test_a_serial_given_later_names_the_lens_from_then_on(self, moderator: Any) -> None:
        owner, lens = UserFactory(), LensModelFactory()
        unnamed = add_copy(by=owner, lens_model=lens, label="my fifty")
        named = add_copy(by=owner, lens_model=lens, serial=SERIAL)
        kept = merging.merge_copies(one=unnamed, other=named, by=moderator)
        assert kept == named.specimen
        assert add_copy(by=owner, lens_model=lens, serial=SERIAL) == named
        assert add_copy(by=owner, lens_model=lens, label="My Fifty") == unnamed
        assert add_copy(by=UserFactory(), lens_model=lens, serial=SERIAL).specimen == kept

    def test_whoever_enters_the_mistyped_serial_later_is_counted_with_the_right_one(self, moderator: Any) -> None:
        lens = LensModelFactory()
        right = add_copy(by=UserFactory(), lens_model=lens, serial=SERIAL)
        wrong = add_copy(by=UserFactory(), lens_model=lens, serial=MISTYPED)
        merging.merge_copies(one=right, other=wrong, by=moderator)
        later = add_copy(by=UserFactory(), lens_model=lens, serial=MISTYPED)
        assert specimens_of(right, wrong, later) == {right.specimen_id}
        merging.part_copy(copy=wrong, by=moderator)
        assert specimens_of(wrong, later) == {wrong.specimen_id}
        assert specimens_of(right) == {right.specimen_id}

    def test_what_was_merged_before_comes_and_goes_along(self, moderator: Any) -> None:
        lens = LensModelFactory()
        first, second, third = (LensCopyFactory(lens_model=lens) for _ in range(3))
        merging.merge_copies(one=second, other=third, by=moderator)
        merging.merge_copies(one=first, other=second, by=moderator)
        assert len(specimens_of(first, second, third)) == 1
        merging.part_copy(copy=second, by=moderator)
        assert specimens_of(second, third) == {second.specimen_id}
        assert specimens_of(first) == {first.specimen_id}

    def test_two_lenses_with_the_same_serial_are_parted_for_good(self, moderator: Any) -> None:
        lens, ada = LensModelFactory(), UserFactory()
        mine = add_copy(by=ada, lens_model=lens, serial=SERIAL)
        theirs = add_copy(by=UserFactory(), lens_model=lens, serial=SERIAL)
        merging.part_copy(copy=mine, by=moderator)
        assert len(specimens_of(mine, theirs)) == 2
        assert add_copy(by=ada, lens_model=lens, serial=SERIAL) == mine
        assert add_copy(by=UserFactory(), lens_model=lens, serial=SERIAL).specimen == theirs.specimen
        rotate_serials()
        assert len(specimens_of(mine, theirs)) == 2

    def test_the_record_that_others_were_merged_into_stays_where_it_is(self, moderator: Any) -> None:
        one = LensCopyFactory()
        other = LensCopyFactory(lens_model=one.lens_model)
        merging.merge_copies(one=one, other=other, by=moderator)
        with pytest.raises(merging.NotPartableError, match="part those"):
            merging.part_copy(copy=one, by=moderator)

    def test_what_cannot_be_one_lens_is_refused_and_says_why(self, moderator: Any) -> None:
        one = SubmittedSeriesFactory(f_numbers=[]).lens_copy
        rendered = SubmittedSeriesFactory(f_numbers=[], lens_copy__lens_model=one.lens_model, is_simulated=True)
        for other, told in (
            (one, "one record"),
            (LensCopyFactory(), "merge the lenses first"),
            (rendered.lens_copy, "photographed and the other rendered"),
        ):
            with pytest.raises(merging.NotMergeableError, match=told):
                merging.merge_copies(one=one, other=other, by=moderator)
        assert not Event.objects.exists()
        assert not StaleCopy.objects.exists()

    def test_only_moderators_merge_and_part(self) -> None:
        one, owner = LensCopyFactory(), UserFactory()
        for act in (
            lambda: merging.merge_copies(one=one, other=LensCopyFactory(lens_model=one.lens_model), by=owner),
            lambda: merging.part_copy(copy=one, by=one.owner),
            lambda: merging.merge_lenses(merged=one.lens_model, kept=LensModelFactory(), by=owner),
            lambda: merging.part_lens(merged=one.lens_model, by=owner),
        ):
            with pytest.raises(moderation.NotAllowedError):
                act()


class TestLenses:
    def test_the_copies_of_both_entries_are_counted_together_until_it_is_taken_back(self, moderator: Any) -> None:
        kept, merged = LensModelFactory(), LensModelFactory()
        for lens in (kept, kept, merged):
            published(LensCopyFactory(lens_model=lens))
        assert (counted(kept), counted(merged)) == ((2, 2), (1, 1))
        merging.merge_lenses(merged=merged, kept=kept, by=moderator)
        assert (counted(kept), counted(merged)) == ((3, 3), (0, 0))
        assert set(LensCopy.objects.values_list("lens_model", flat=True)) == {kept.pk}
        merging.part_lens(merged=merged, by=moderator)
        assert (counted(kept), counted(merged)) == ((2, 2), (1, 1))
        assert list(Event.objects.order_by("id").values_list("kind", "target_id", "before", "after")) == [
            ("lens.merge", str(merged.pk), {"merged_into": None}, {"merged_into": kept.slug}),
            ("lens.part", str(merged.pk), {"merged_into": kept.slug}, {"merged_into": None}),
        ]

    def test_its_names_and_its_serials_lead_to_the_entry_that_was_kept(self, moderator: Any) -> None:
        kept = LensModelFactory(name="Samyang 50mm f/1.2", maker=MakerFactory(name="Samyang"))
        merged = LensModelFactory(name="Rokinon 50mm f/1.2", maker=MakerFactory(name="Rokinon"))
        LensAliasFactory(lens_model=merged, text="rokinon50mmf1.2")
        before = add_copy(by=UserFactory(), lens_model=merged, serial=SERIAL)
        merging.merge_lenses(merged=merged, kept=kept, by=moderator)
        assert find_lens("Rokinon", "Rokinon 50mm f/1.2") == kept
        for named in (merged, kept):
            later = add_copy(by=UserFactory(), lens_model=named, serial=SERIAL)
            assert (later.lens_model, specimens_of(before, later)) == (kept, {later.specimen_id})
        assert add_copy(by=before.owner, lens_model=merged, serial=SERIAL) == before

    def test_after_a_new_key_a_merged_serial_is_still_known(self, moderator: Any, settings: Any) -> None:
        kept, merged = LensModelFactory(), LensModelFactory()
        settings.SERIAL_KEYS = ["old"]
        before = add_copy(by=UserFactory(), lens_model=merged, serial=SERIAL)
        merging.merge_lenses(merged=merged, kept=kept, by=moderator)
        settings.SERIAL_KEYS = ["new", "old"]
        rotate_serials()
        settings.SERIAL_KEYS = ["new"]
        later = add_copy(by=UserFactory(), lens_model=kept, serial=SERIAL)
        assert len(specimens_of(before, later)) == 1

    def test_a_serial_known_under_both_entries_is_one_lens_and_two_again_afterwards(self, moderator: Any) -> None:
        kept, merged = LensModelFactory(), LensModelFactory()
        one, other = (add_copy(by=UserFactory(), lens_model=lens, serial=SERIAL) for lens in (kept, merged))
        merging.merge_lenses(merged=merged, kept=kept, by=moderator)
        assert specimens_of(one, other) == {one.specimen_id}
        merging.part_lens(merged=merged, by=moderator)
        assert (specimens_of(one), specimens_of(other)) == ({one.specimen_id}, {other.specimen_id})

    def test_records_are_parted_without_going_back_to_an_entry_that_was_merged(self, moderator: Any) -> None:
        kept, merged = LensModelFactory(), LensModelFactory()
        one, other = (LensCopyFactory(lens_model=merged) for _ in range(2))
        merging.merge_copies(one=one, other=other, by=moderator)
        merging.merge_lenses(merged=merged, kept=kept, by=moderator)
        merging.part_copy(copy=other, by=moderator)
        assert len(specimens_of(one, other)) == 2
        assert set(LensCopy.objects.values_list("lens_model", "specimen__lens_model")) == {(kept.pk, kept.pk)}

    def test_saying_it_again_changes_nothing(self, moderator: Any) -> None:
        kept, merged = LensModelFactory(), LensModelFactory()
        LensCopyFactory(lens_model=merged)
        for act, n_marks in ((merging.merge_lenses, 2), (merging.part_lens, 4)):
            arguments = {"kept": kept} if act is merging.merge_lenses else {}
            for _ in range(2):
                act(merged=merged, by=moderator, **arguments)
            assert StaleCopy.objects.count() == n_marks
        assert Event.objects.count() == 2

    def test_what_cannot_be_one_design_is_refused_and_says_why(self, moderator: Any) -> None:
        fifty, other = LensModelFactory(), LensModelFactory()
        gone = LensModelFactory(merged_into=other)
        for merged, kept, told in (
            (fifty, fifty, "one entry"),
            (gone, fifty, "merged into .* before"),
            (fifty, gone, "merged into .* itself"),
            (fifty, LensModelFactory(min_focal_mm=85.0, max_focal_mm=85.0), "focal lengths"),
            (fifty, LensModelFactory(widest_f_number=1.4), "widest f-numbers"),
        ):
            with pytest.raises(merging.NotMergeableError, match=told):
                merging.merge_lenses(merged=merged, kept=kept, by=moderator)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """Design rule 5: nothing that is decided, refreshed or entered while records are merged is lost."""

    def test_a_merge_waits_for_a_decision_and_its_mark_comes_last(self) -> None:
        archive = Archive(lenses=1, copies=2)
        one, other = archive.copies
        drain()
        with transaction.atomic():
            moderation.reject(series=archive.series[2], by=archive.moderator, reason="other")
            merge = start(lambda: merging.merge_copies(one=one, other=other, by=archive.moderator))
            wait_until_somebody_waits()
        merge.join(timeout=10)
        assert StaleCopy.objects.filter(specimen=one.specimen).exists()
        assert counted(archive.lenses[0]) == (1, 3)

    def test_a_merge_while_a_refresh_runs_is_told_of_by_the_next_one(self, monkeypatch: Any) -> None:
        archive = Archive(lenses=1, copies=3)
        one, other, _ = archive.copies
        write = cells._write_together

        def write_while_somebody_merges(*arguments: Any) -> Any:
            in_thread(lambda: merging.merge_copies(one=one, other=other, by=archive.moderator))
            return write(*arguments)

        monkeypatch.setattr(cells, "_write_together", write_while_somebody_merges)
        assert cells.refresh_next() is not None
        monkeypatch.undo()
        assert set(StaleCopy.objects.values_list("specimen", flat=True)) == {one.specimen_id, other.specimen_id}
        assert counted(archive.lenses[0]) == (2, 6)

    def test_whoever_enters_a_serial_while_it_is_merged_is_counted_with_it(self) -> None:
        lens, moderator, late = LensModelFactory(), ModeratorFactory(), UserFactory()
        one, other = (add_copy(by=UserFactory(), lens_model=lens, serial=serial) for serial in (SERIAL, MISTYPED))
        with transaction.atomic():
            merging.merge_copies(one=one, other=other, by=moderator)
            entering = start(lambda: add_copy(by=late, lens_model=lens, serial=MISTYPED))
            wait_until_somebody_waits()
        entering.join(timeout=10)
        assert specimens_of(one, late.lens_copies.get()) == {one.specimen_id}

    def test_a_service_told_while_its_copy_is_merged_marks_what_it_comes_to(self) -> None:
        archive = Archive(lenses=1, copies=2)
        one, other = archive.copies
        with transaction.atomic():
            merging.merge_copies(one=one, other=other, by=archive.moderator)
            drain()
            telling = start(lambda: record_service(by=other.owner, lens_copy=other, serviced_on=DAY))
            wait_until_somebody_waits()
        telling.join(timeout=10)
        assert StaleCopy.objects.get().specimen == one.specimen
        drain()
        assert wrong_cells(archive) == []
