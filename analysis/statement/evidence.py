"""What a verdict tells of copies, batches, repeats and bodies, and of the series it had to leave off."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean
from typing import Final

from analysis.copies import (
    CONCLUSIVE_FROM,
    BodyDifference,
    CopyEstimate,
    OddCopy,
    Verdict,
    body_differences,
    combine,
    usual_body,
)
from analysis.results import UNDEFINED
from analysis.statement.case import Case, interval_um
from analysis.statement.cells import finite
from analysis.statement.rows import Lens, has_focal_length_of, has_reference_of
from analysis.statement.told import (
    BatchesTold,
    BatchTold,
    BodiesTold,
    BodyTold,
    CopyTold,
    LeftOff,
    OddTold,
    RepeatsOfCopy,
    RepeatsTold,
)
from analysis.statement.words import micrometres, p_text, several

COPIES_MAX: Final = 200
BATCH_NAMED_FROM: Final = 5
"""A batch is shown when so many copies share it: which copy is of a rarer one narrows down its serial number."""
_HIDDEN: Final = f"Batches of fewer than {BATCH_NAMED_FROM} copies are not listed."
_REPEATS_MAX: Final = 20
_LEVEL: Final = 0.05


def odd_told(case: Case, odd: Iterable[OddCopy]) -> list[OddTold]:
    """The copies unlike the others."""
    return [{**case.names[one.copy], "difference_um": one.difference, "p_value": one.p_value} for one in odd]


def copies_told(case: Case, found: Verdict) -> list[CopyTold]:
    """Every copy in the order of its shift; of very many the odd ones and every n-th."""
    shown = _shown_batches(case, found)
    in_order = sorted(found.together.copies, key=lambda copy: (copy.value, copy.copy))
    step = math.ceil(len(in_order) / COPIES_MAX)
    told: list[CopyTold] = []
    for number, copy in enumerate(in_order):
        if number % step and copy.copy not in found.odd:
            continue
        low_um, high_um = interval_um(copy.value, copy.se)
        told.append(
            {
                **case.names[copy.copy],
                "um": copy.value,
                "low_um": low_um,
                "high_um": high_um,
                "n_series": copy.n_sessions,
                "batch": copy.batch if copy.batch in shown else "",
                "odd": copy.copy in found.odd,
            }
        )
    return told


def _shown_batches(case: Case, found: Verdict) -> frozenset[str]:
    """The batches that enough copies share; none where there is but one, which tells nothing.

    A copy counts once, however often it was serviced.
    """
    batches = {_lens_of(case, copy): copy.batch for copy in found.together.copies if copy.batch}
    sizes = Counter(batches.values())
    if len(sizes) == 1:
        return frozenset()
    return frozenset(batch for batch, n_copies in sizes.items() if n_copies >= BATCH_NAMED_FROM)


def _lens_of(case: Case, copy: CopyEstimate) -> str:
    """The name of a copy before its first service."""
    name = case.names[copy.copy]
    return name["id"].removesuffix(f"-serviced-{name['after_service']}")


def batches_told(case: Case, found: Verdict) -> BatchesTold:
    """Whether batches differ, and each of those that can be told from copies and that enough copies share."""
    separable = not math.isnan(found.batch_p)
    shown = found.together.table.separable & _shown_batches(case, found)
    hides_some = separable and shown != found.together.table.separable
    return {
        "separable": separable,
        "p_value": finite(found.batch_p),
        "sentence": " ".join([_batch_sentence(found.batch_p), *([_HIDDEN] if hides_some else [])]),
        "rows": _batch_rows(found, shown) if separable else [],
    }


def _batch_sentence(p_value: float) -> str:
    if math.isnan(p_value):
        return "Batch and copy cannot be separated: that needs three batches of two copies each."
    if p_value < _LEVEL:
        return f"Batches differ by more than the copies of one batch do (p {p_text(p_value)})."
    return f"No difference between batches is seen (p {p_text(p_value)})."


def _batch_rows(found: Verdict, shown: Iterable[str]) -> list[BatchTold]:
    copies = found.together.copies
    by_batch = {batch: [copy for copy in copies if copy.batch == batch] for batch in sorted(shown)}
    return [_batch_row(batch, own) for batch, own in by_batch.items()]


def _batch_row(label: str, copies: Sequence[CopyEstimate]) -> BatchTold:
    together = combine([copy.value for copy in copies], [copy.se for copy in copies])
    low_um, high_um = together.interval95 if together.n >= CONCLUSIVE_FROM else UNDEFINED
    return {
        "label": label,
        "n_copies": together.n,
        "mean_um": together.mean,
        "low_um": finite(low_um),
        "high_um": finite(high_um),
    }


def repeats_told(case: Case, found: Verdict) -> RepeatsTold:
    """How well copies repeat themselves."""
    several_series = sorted(case.of_several.values(), key=len, reverse=True)
    rows: list[RepeatsOfCopy] = [
        {
            **case.names[group[0].copy],
            "mean_um": fmean(shift.shift_um for shift in group),
            "values": [
                {"um": shift.shift_um, "low_um": low_um, "high_um": high_um, "distance_m": shift.distance_m}
                for shift in group
                for low_um, high_um in [interval_um(shift.shift_um, shift.se_um)]
            ],
        }
        for group in several_series[:_REPEATS_MAX]
    ]
    repeat_sd95 = found.together.spreads.repeat_sd95
    return {
        "sd_um": finite(found.together.repeat_sd),
        "low_um": finite(repeat_sd95[0]),
        "high_um": finite(repeat_sd95[1]),
        "sentence": _repeat_sentence(found.together.repeat_sd, repeat_sd95, len(several_series)),
        "rows": rows,
    }


def _repeat_sentence(sd_um: float, sd95_um: tuple[float, float], n_copies: int) -> str:
    if math.isnan(sd_um):
        return "No copy was measured twice, so scatter from one evening to the next counts as difference of copies."
    return (
        f"Beyond their own errors, series of one copy scatter by {sd_um:.1f} µm (95 %: {sd95_um[0]:.1f} to "
        f"{sd95_um[1]:.1f}; {several(n_copies, 'copy', 'copies')} with several series)."
    )


def bodies_told(case: Case) -> BodiesTold:
    """Does another body change it?"""
    sessions = case.on_bodies()
    usual = usual_body(sessions)
    differences = {one.body: one for one in body_differences(sessions)}
    compared = [one.p_value for one in differences.values() if not math.isnan(one.p_value)]
    p_value = min(1.0, min(compared) * len(compared)) if compared else math.nan
    rows = [_body_row(case, usual, differences), *(_body_row(case, body, differences) for body in differences)]
    return {
        "tested": bool(compared),
        "p_value": finite(p_value),
        "sentence": _body_sentence(list(differences.values()), p_value),
        "rows": rows,
    }


def _body_row(case: Case, body: str, differences: Mapping[str, BodyDifference]) -> BodyTold:
    own = [shift for shift in case.shifts if shift.body == body]
    found = differences.get(body)
    return {
        "body": body,
        "n_copies": len({shift.copy for shift in own}),
        "n_series": len(own),
        "n_pairs": found.n_pairs if found else 0,
        "difference_um": finite(found.difference) if found else None,
        "low_um": finite(found.interval95[0]) if found else None,
        "high_um": finite(found.interval95[1]) if found else None,
    }


def _body_sentence(others: Sequence[BodyDifference], p_value: float) -> str:
    if not others:
        return "All series are from one body."
    if math.isnan(p_value):
        return "Too few copies were measured on two bodies at the same distance to say whether the body matters."
    most = max(others, key=lambda one: one.n_pairs)
    low, high = most.interval95
    seen = (
        f"on {most.body} {several(most.n_pairs, 'copy', 'copies')} differ by {micrometres(most.difference)} (95 %: "
        f"{micrometres(low)} to {micrometres(high)}; p {p_text(p_value)})"
    )
    if p_value < _LEVEL:
        return f"Another body differs, which it should not: {seen}. A look at these series is due."
    return f"Another body does not change it, as far as can be seen: {seen}."


def left_off(lens: Lens, counted: Iterable[tuple[float | None, float, int]]) -> list[LeftOff]:
    """Why series of a lens do not stand beside the others, from counts by reference f-number and focal length."""
    reference: Counter[float] = Counter()
    focal: Counter[float] = Counter()
    for reference_f_number, focal_length_mm, n_series in counted:
        if reference_f_number and not has_reference_of(reference_f_number, lens):
            reference[reference_f_number] += n_series
        elif not has_focal_length_of(focal_length_mm, lens):
            focal[focal_length_mm] += n_series
    found: list[LeftOff] = []
    if reference:
        start = ", ".join(f"f/{f_number:g}" for f_number in sorted(reference))
        found.append(_left_off("reference", reference, f"begin at {start}, not at f/{lens.widest_f_number:g}"))
    if focal:
        at = ", ".join(f"{focal_mm:.0f} mm" for focal_mm in sorted(focal))
        found.append(_left_off("focal length", focal, f"were taken at {at}, not at {lens.focal_length_mm:.0f} mm"))
    return found


def _left_off(reason: str, counts: Counter[float], why: str) -> LeftOff:
    n_series = counts.total()
    told = f"{several(n_series, 'series', 'series')} not counted here: shifts that {why}, are another quantity."
    return {"reason": reason, "n_series": n_series, "sentence": told}
