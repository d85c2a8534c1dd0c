"""Which lens and body took a set of photos, by what the cameras wrote."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypedDict

from django.db.models import QuerySet

from lensdb.catalog import names
from lensdb.catalog.models import CameraBody, LensModel

MIN_F_NUMBERS: Final = 4
"""Different f-numbers a series needs before it can be checked against itself."""

_ENOUGH: Final = 20
"""Entries of one name that are looked at: the catalogue has three at most."""


class Written(TypedDict, total=False):
    """What a camera wrote of one photo, as far as identifying needs it."""

    make: str | None
    model: str | None
    lens: str | None
    f_number: float | None
    focal_length_mm: float | None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to settle before sending: a stable code, and a sentence."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Identified:
    """The lens and body of a set of photos; None where the catalogue does not know, or the photos disagree."""

    lens: LensModel | None
    body: CameraBody | None
    problems: tuple[Problem, ...]


def identify(photos: Sequence[Written]) -> Identified:
    """Match what the cameras wrote with the catalogue, and say what is odd about the set."""
    bodies = {(photo.get("make") or "", photo.get("model") or "") for photo in photos}
    lenses = {(photo.get("make") or "", photo.get("lens") or "") for photo in photos}
    body = find_body(*bodies.pop()) if len(bodies) == 1 else None
    lens = find_lens(*lenses.pop()) if len(lenses) == 1 else None
    return Identified(lens, body, tuple(_problems(photos)))


def find_body(make: str, model: str) -> CameraBody | None:
    """The body whose camera writes this maker and model."""
    if not model:
        return None
    return CameraBody.objects.select_related("maker").filter(aliases__text=names.body_key(make, model)).first()


def find_lens(make: str, written: str) -> LensModel | None:
    """The lens a camera of this maker names so: by the string, else by its numbers when they fit one lens."""
    maker = names.clean_maker(make) if make else ""
    return _by_string(maker, written) or _by_numbers(maker, names.numbers(written))


def contradicts(lens: LensModel, photo: Written) -> bool:
    """Whether a photo says plainly that it was taken with another lens. Silence contradicts nothing."""
    written = photo.get("lens") or ""
    named = _by_string(names.clean_maker(photo.get("make") or ""), written)
    if named is not None:
        return named.pk != lens.pk
    said = names.numbers(written)
    if said.min_focal_mm is not None and not same_numbers(lens, said):
        return True
    focal_mm = photo.get("focal_length_mm")
    if focal_mm is None or lens.min_focal_mm is None or lens.max_focal_mm is None:
        return False
    return not 0.93 * lens.min_focal_mm <= focal_mm <= 1.07 * lens.max_focal_mm  # cameras round focal lengths


def same_numbers(lens: LensModel, said: names.Numbers | LensModel) -> bool:
    """Whether focal lengths and widest f-number are the same as far as both are known."""
    pairs = (
        (lens.min_focal_mm, said.min_focal_mm),
        (lens.max_focal_mm, said.max_focal_mm),
        (lens.widest_f_number, said.widest_f_number),
    )
    return all(ours is None or theirs is None or math.isclose(ours, theirs, rel_tol=0.02) for ours, theirs in pairs)


def _problems(photos: Sequence[Written]) -> list[Problem]:
    found = []
    if len({(photo.get("make"), photo.get("model")) for photo in photos}) > 1:
        found.append(Problem("mixed_bodies", "The photos come from more than one camera. Send one series a camera."))
    if len({photo.get("lens") for photo in photos if photo.get("lens")}) > 1:
        found.append(Problem("mixed_lenses", "The photos name more than one lens. Send one series a lens."))
    focal = {round(value, 1) for photo in photos if (value := photo.get("focal_length_mm"))}
    if len(focal) > 1:
        found.append(Problem("mixed_focal_lengths", "The photos were taken at more than one focal length."))
    f_numbers = [photo.get("f_number") for photo in photos]
    if None in f_numbers:
        found.append(Problem("f_number_missing", "Some photos do not record their f-number: type it in beside them."))
    elif len(set(f_numbers)) < MIN_F_NUMBERS:
        found.append(
            Problem("few_f_numbers", f"A series needs at least {MIN_F_NUMBERS} different f-numbers to check itself.")
        )
    return found


def _by_string(maker: str, written: str) -> LensModel | None:
    """The maker's only lens of this name, or the only one of any maker; "50.0 mm f/1.4" is no name."""
    text = names.normalise(written)
    if not re.search(r"[a-z]{2}", text.replace("mm", "")):
        return None
    same = LensModel.objects.select_related("maker", "merged_into").filter(aliases__text=text).distinct()
    return _only(same.filter(maker__name=maker)) or _only(same)


def _by_numbers(maker: str, said: names.Numbers) -> LensModel | None:
    """The maker's only lens with these focal lengths and this f-number, for strings like "18.0-70.0 mm f/3.5-4.5"."""
    if not maker or said.min_focal_mm is None or said.widest_f_number is None:
        return None
    fitting = LensModel.objects.select_related("maker", "merged_into").filter(
        maker__name=maker,
        min_focal_mm=said.min_focal_mm,
        max_focal_mm=said.max_focal_mm,
        widest_f_number__range=(said.widest_f_number - 0.01, said.widest_f_number + 0.01),
    )
    return _only(fitting)


def _only(lenses: QuerySet[LensModel]) -> LensModel | None:
    """The lens, when there is exactly one; entries that were merged count as the one they lead to."""
    found = {lens.current for lens in lenses[:_ENOUGH]}
    return found.pop() if len(found) == 1 else None
