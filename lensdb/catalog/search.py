"""Lens search that forgives typos: numbers in the query filter, the remaining words rank."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from django.db.models import Q, QuerySet
from rapidfuzz import fuzz, process

from lensdb.catalog import names
from lensdb.catalog.models import LensModel

LIMIT: Final = 20
MOST_WORDS: Final = 8
"""Words of a query that are looked for; the longest name of a lens has about as many."""
GOOD_ENOUGH: Final = 60.0
"""Mean likeness of the words, of 100, below which a lens is not offered."""

_LOOSE_F_NUMBERS: Final = (0.7, 6.7)
"""A bare number with a decimal point in this range is an f-number, unless the query says otherwise."""
# As in `names`, what was matched is never given back.
_BARE: Final = re.compile(r"(?<![a-z0-9.\-/])(\d++(?:\.\d++)?+)(?![a-z0-9\-/]|\.\d)")
_BOTH: Final = re.compile(r"(?<!\d)(\d++(?:\.\d++)?+)\s?-\s?(\d++(?:\.\d++)?+)(?:\s?/\s?(\d\.?\d?))?")
_WORD: Final = re.compile(r"[a-z]+|\d+(?:\.\d+)?")
_MODEL: Final = re.compile(r"(?<![a-eg-z])[a-eg-z]++\d++")
"""Letters that stick to digits are a word, too: "x100", "g2"."""
_NOISE: Final = {"f", "lens", "the"}
_ALSO_CALLED: Final = {"rokinon": "samyang", "bower": "samyang", "fujinon": "fujifilm", "fuji": "fujifilm"}
_LAST_SIGN: Final = "\U0010ffff"
_FIXED: Final = "fixed"
"""Lenses that are part of a camera come last: few people look for them."""


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody looks for. None where the query has no such number."""

    words: tuple[str, ...]
    min_focal_mm: float | None = None
    max_focal_mm: float | None = None
    f_number: float | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A lens as the ranking sees it."""

    pk: int
    name: str
    tokens: frozenset[str]
    is_prime: bool


def parse(text: str) -> Query:
    """Split a query into numbers and words: "canon 50 1.2", "24-70/2.8 sigam art", "planar 1.4/50".

    Each word counts once, and no more than `MOST_WORDS` of them.
    """
    text = re.sub(r"(?<=\d),(?=\d)", ".", names.fold(text))
    found = names.numbers(text)
    focal = (found.min_focal_mm, found.max_focal_mm)
    f_number = found.widest_f_number
    rest = text
    if focal[0] is None and (both := _BOTH.search(text)):
        focal = (float(both[1]), float(both[2]))
        f_number = f_number or (float(both[3]) if both[3] else None)
        rest = rest.replace(both[0], " ")
    for bare in _BARE.findall(rest):
        value = float(bare)
        looks_wide = "." in bare and _LOOSE_F_NUMBERS[0] <= value <= _LOOSE_F_NUMBERS[1]
        if f_number is None and (looks_wide or (focal[0] is not None and value < _LOOSE_F_NUMBERS[1])):
            f_number = value
        elif focal[0] is None and not looks_wide and value > _LOOSE_F_NUMBERS[1]:
            focal = (value, value)
    words = (_ALSO_CALLED.get(word, word) for word in _split(text) if not word[0].isdigit() and word not in _NOISE)
    return Query(tuple(dict.fromkeys(words))[:MOST_WORDS], *focal, f_number)


def search(text: str, *, within: QuerySet[LensModel] | None = None, limit: int = LIMIT) -> list[LensModel]:
    """The lenses somebody may mean by `text`, the likeliest first; empty for an empty query.

    A number that leaves nothing over is taken for a slip and dropped: first the f-number, then the focal length.
    """
    query = parse(text)
    if query == Query(()):
        return []
    lenses = LensModel.objects.filter(merged_into=None) if within is None else within
    for attempt in dict.fromkeys((query, replace(query, f_number=None), Query(query.words))):
        ranked = _rank(attempt, _candidates(lenses, attempt))
        if ranked:
            found = lenses.select_related("maker").in_bulk(ranked[:limit])
            return [found[pk] for pk in ranked[:limit]]
    return []


def _candidates(lenses: QuerySet[LensModel], query: Query) -> list[Candidate]:
    """The lenses that fit the numbers of a query."""
    if query.f_number is not None:
        lenses = lenses.filter(widest_f_number__range=(query.f_number - 0.03, query.f_number + 0.03))
    if query.min_focal_mm is not None and query.max_focal_mm is not None:
        lenses = lenses.filter(_near("min_focal_mm", query.min_focal_mm) | _near("max_focal_mm", query.max_focal_mm))
        if query.min_focal_mm != query.max_focal_mm:
            lenses = lenses.filter(_near("min_focal_mm", query.min_focal_mm), _near("max_focal_mm", query.max_focal_mm))
    rows = lenses.values_list("pk", "name", "min_focal_mm", "max_focal_mm")
    return [Candidate(pk, name, _tokens(name), least == most) for pk, name, least, most in rows]


def _near(field: str, value: float) -> Q:
    return Q(**{f"{field}__range": (value - 0.6, value + 0.6)})


def _tokens(name: str) -> frozenset[str]:
    return frozenset(_split(names.fold(name)))


def _split(folded: str) -> list[str]:
    text = re.sub(r"(?<=\d)\s*mm", " ", folded)
    return _WORD.findall(text) + _MODEL.findall(text)


def _rank(query: Query, candidates: Sequence[Candidate]) -> list[int]:
    """Primary keys of the candidates that are like the query's words, the most alike first."""
    if not candidates or (not query.words and query.f_number is None and query.min_focal_mm is None):
        return []
    vocabulary = sorted({token for candidate in candidates for token in candidate.tokens})
    place = {token: index for index, token in enumerate(vocabulary)}
    likeness = _likeness(query.words, vocabulary)
    weights = np.array([min(len(word), 4) for word in query.words], dtype=float)
    scored = []
    for candidate in candidates:
        columns = [place[token] for token in candidate.tokens]
        best = likeness[:, columns].max(axis=1) if query.words else np.array([])
        score = float(best @ weights / weights.sum()) if query.words else 100.0
        if score >= GOOD_ENOUGH:
            unasked = 0.2 * len(candidate.tokens) + 5.0 * (_FIXED in candidate.tokens and _FIXED not in query.words)
            scored.append((unasked - score - candidate.is_prime, candidate.name, candidate.pk))
    return [pk for *_, pk in sorted(scored)]


def _likeness(words: Sequence[str], vocabulary: list[str]) -> np.ndarray:
    """Words x tokens, 0 to 100. One or two letters ("L", "EF") are right or wrong; a beginning is nearly right.

    `vocabulary` is sorted, so that the tokens that begin with a word stand together.
    """
    table = process.cdist(words, vocabulary, scorer=fuzz.ratio, dtype=np.float32)
    table[:, [len(token) <= 2 for token in vocabulary]] = 0.0
    for row, word in zip(table, words, strict=True):
        beginning = slice(bisect_left(vocabulary, word), bisect_right(vocabulary, word + _LAST_SIGN))
        if len(word) <= 2:
            row[:] = 0.0
            if vocabulary[beginning][:1] == [word]:
                row[beginning.start] = 100.0
        else:
            row[beginning] = np.maximum(row[beginning], 90.0)
    return table
