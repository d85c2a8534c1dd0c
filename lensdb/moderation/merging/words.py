"""What the pages that ask before merging and parting say: what is known of both sides, and what would change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lensdb.aggregates.places import CopyPlace
from lensdb.catalog.models import LensModel
from lensdb.moderation.merging.queries import CopyFacts, LensFacts
from lensdb.submissions.models import LensCopy


@dataclass(frozen=True, slots=True)
class Told:
    """One such page.

    Attributes
    ----------
    question : its title.
    sentences : what changes.
    heads, rows : the facts; each row begins with what it is about.
    choices : value and label of what has to be chosen, the likelier first.
    done : what is said afterwards.
    """

    question: str
    sentences: Sequence[str]
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    done: str
    choices: Sequence[tuple[int, str]] = ()


def of_merging(one: CopyFacts, other: CopyFacts) -> Told:
    """Two records become one lens."""
    names = f"{one.copy.public_id} and {other.copy.public_id}"
    return Told(
        question=f"Are {names} one {one.copy.lens_model}?",
        sentences=(
            f"From then on their {one.n_published + other.n_published} published series count as those of one lens.",
            "Records that either is counted with now come along.",
            "Both owners keep their records and pages as they are, and are told nothing.",
            *_doubt(one.place, other.place),
        ),
        heads=(one.copy.public_id, other.copy.public_id),
        rows=_copy_rows(one, other),
        done=f"Records {names} are one lens.",
    )


def of_parting(facts: CopyFacts, leaving: Sequence[LensCopy]) -> Told:
    """A record becomes another lens than those it is counted with."""
    staying = [other for other in facts.together if other not in leaving]
    return Told(
        question=f"Is {facts.copy.public_id} another {facts.copy.lens_model} than {_listed(staying)}?",
        sentences=(
            f"From then on these are one lens: {_listed(leaving)}; and these another: {_listed(staying)}.",
            "The owners are told nothing.",
        ),
        heads=(facts.copy.public_id,),
        rows=_copy_rows(facts),
        done=f"Record {facts.copy.public_id} is counted apart.",
    )


def of_merging_lenses(one: LensFacts, other: LensFacts) -> Told:
    """Two entries of the catalogue become one."""
    likelier = sorted((one, other), key=lambda facts: -facts.n_copies)
    return Told(
        question=f"Are {one.lens} and {other.lens} one design?",
        sentences=(
            "All copies and series then belong to the entry you keep. Copies of one serial number become one lens.",
            "The other entry's page leads there, and so do the names that cameras write for it.",
        ),
        heads=(one.lens.name, other.lens.name),
        rows=_lens_rows(one, other),
        done=f"{one.lens} and {other.lens} are one design.",
        choices=[(facts.lens.pk, f"Keep {facts.lens}") for facts in likelier],
    )


def of_parting_lens(lens: LensModel, kept: LensFacts) -> Told:
    """An entry that was merged becomes one of its own again."""
    return Told(
        question=f"Is {lens} another design than {kept.lens} after all?",
        sentences=(
            "The copies that came with it go back to it, with their series. Copies that were entered since stay.",
            "Its page is its own again.",
        ),
        heads=(kept.lens.name,),
        rows=_lens_rows(kept),
        done=f"{lens} is an entry of its own.",
    )


def _copy_rows(*records: CopyFacts) -> list[tuple[str, ...]]:
    return [
        ("Owner", *(str(facts.copy.owner) for facts in records)),
        ("Serial number", *("given" if facts.has_serial else "not given" for facts in records)),
        ("Series sent", *(f"{facts.n_sent}, of them {facts.n_published} published" for facts in records)),
        ("Bodies", *(", ".join(facts.bodies) or "–" for facts in records)),
        ("Distances", *(", ".join(f"{metres:g} m" for metres in facts.distances_m) or "–" for facts in records)),
        ("Serviced on", *(", ".join(facts.services) or "–" for facts in records)),
        ("Shift at the sensor", *(_shift(facts.place) for facts in records)),
        ("Counted with", *(_listed(facts.together) for facts in records)),
    ]


def _lens_rows(*entries: LensFacts) -> list[tuple[str, ...]]:
    return [
        ("Mounts", *(", ".join(facts.mounts) or "–" for facts in entries)),
        ("Copies", *(str(facts.n_copies) for facts in entries)),
        ("Published series", *(str(facts.n_published) for facts in entries)),
        ("Whose doing", *(facts.reason or "nothing measured" for facts in entries)),
    ]


def _shift(place: CopyPlace | None) -> str:
    if place is None:
        return "nothing published"
    return f"{place.um:+.1f} µm at f/{place.f_number:g} ({place.low_um:+.1f} to {place.high_um:+.1f})"


def _doubt(one: CopyPlace | None, other: CopyPlace | None) -> Sequence[str]:
    """A warning where the two were measured apart."""
    if one is None or other is None or (one.f_number, one.band) != (other.f_number, other.band):
        return ()
    if one.low_um <= other.high_um and other.low_um <= one.high_um:
        return ()
    return ("Their 95 % intervals do not overlap: look again whether this is one lens.",)


def _listed(copies: Sequence[LensCopy]) -> str:
    return ", ".join(copy.public_id for copy in copies) or "no other record"
