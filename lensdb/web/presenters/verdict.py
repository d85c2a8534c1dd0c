"""What the copies of a lens say together, as a lens page tells it: short answers first, then the rows behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from analysis.copies import Kind
from lensdb.aggregates.told import CopyTold, DistanceTold, TypicalSize, VerdictTold
from lensdb.web.presenters.cells import PIXEL, PRINT
from lensdb.web.presenters.numbers import UNKNOWN, count, depth_mm, f_number, interval, metres, plain, signed

EASES: Final = 0.7
"""A shift that falls below this part of itself with distance has eased; above its inverse it has grown."""
_WHOSE: Final = {
    Kind.DESIGN: "The design",
    Kind.SPECIMEN: "One specimen",
    Kind.BATCH: "The batch",
    Kind.NO_SHIFT: "No shift",
    Kind.UNDECIDED: "Not settled",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A reader's question, its answer in a word or two, and why."""

    question: str
    answer: str
    reason: str


def answers(told: VerdictTold) -> list[Answer]:
    """What readers ask of a lens, the first question first."""
    return [_whose_doing(told), _matters(told), _with_distance(told), _with_body(told)]


def whose_doing(kind: str) -> str:
    """A kind of verdict in a word or two; nothing where there is none."""
    return _WHOSE[Kind(kind)] if kind else ""


def agreement(told: VerdictTold) -> str:
    """The verdict as a sentence of the headline."""
    n = told["n_copies"]
    if n == 1:
        series = count(told["n_series"], "series", "series")
        return f"One copy, {series}: this says it of this specimen only."
    if n == 2:
        return "Two copies: too few to tell the design from the specimens."
    return {
        Kind.DESIGN: f"{n} copies agree: it is the design.",
        Kind.SPECIMEN: f"{n - 1} copies agree and one does not{_odd_shift(told)}: it is that specimen.",
        Kind.BATCH: f"{n} copies differ by their batch.",
        Kind.NO_SHIFT: f"{n} copies agree: there is no shift to be seen.",
        Kind.UNDECIDED: f"{n} copies do not settle whether it is the design or the specimen.",
    }[Kind(told["kind"])]


def _odd_shift(told: VerdictTold) -> str:
    """How far the odd copy goes, where it is among those listed."""
    shifts = [copy["um"] for copy in told["copies"] if copy["odd"]]
    return f", with {signed(shifts[0])} µm at the sensor" if shifts else ""


def over_distance(told: VerdictTold) -> str:
    """What stepping back does, as a sentence of the headline; nothing where it was not tested."""
    ends = _measured_ends(told["curve"])
    if not told["distance"]["tested"] or ends is None or told["kind"] == Kind.NO_SHIFT:
        return ""
    near, far = (abs(size["over_half_dof"][PIXEL]) for size in ends)
    if far < EASES * near:
        return f"Stepping back eases it, from {plain(near)} × to {plain(far)} ×."
    if near < EASES * far:
        return f"Stepping back makes it worse, from {plain(near)} × to {plain(far)} ×."
    return "Stepping back does not cure it."


def _whose_doing(told: VerdictTold) -> Answer:
    owners = count(told["n_owners"], "photographer")
    rests_on = f"{count(told['n_copies'], 'copy', 'copies')} of {owners}, {count(told['n_series'], 'series', 'series')}"
    where = f"at {f_number(told['f_number'])}"
    if told["at"] is not None:
        where += f", {told['at']['label']}"
    return Answer("Whose doing is it?", _WHOSE[Kind(told["kind"])], f"{told['reason']} Judged {where}; {rests_on}.")


def _matters(told: VerdictTold) -> Answer:
    question, worst = "Does it show in a picture?", told["worst"]
    if worst is None:
        return Answer(question, "Not known yet", "No shift against depth of field is known.")
    pixel, paper = (abs(worst["over_half_dof"][criterion]) for criterion in (PIXEL, PRINT))
    answer = _shows(pixel, paper)
    odd_pixel = _worst_of_odd(told)
    if told["kind"] == Kind.SPECIMEN and pixel <= 1 < odd_pixel:
        reason = (
            f"The odd copy is up to {plain(odd_pixel)} × half the depth of field for one pixel off, the others less."
        )
        return Answer(question, "In that copy", reason)
    where = f"{f_number(worst['f_number'])} and {metres(worst['distance_m'])}"
    return Answer(
        question,
        answer,
        f"At its worst, {where}: {plain(pixel)} × half the depth of field for one pixel (0.006 mm), {plain(paper)} × "
        "for a print (0.030 mm).",
    )


def _shows(pixel: float, paper: float) -> str:
    if paper > 1:
        return "Even in a print"
    return "At 100 %, not in a print" if pixel > 1 else "No"


def _worst_of_odd(told: VerdictTold) -> float:
    """The largest shift of a copy unlike the others, over half the depth of field for one pixel; 0 without one."""
    odd = {copy["id"] for copy in told["odd"]}
    shares = [
        abs(point["mm"]) / _nearest(told["curve"], point["distance_m"])["half_dof_mm"][PIXEL]
        for point in told["points"]
        if point["id"] in odd
    ]
    return max(shares, default=0.0)


def _nearest(curve: Sequence[TypicalSize], distance_m: float) -> TypicalSize:
    return min(curve, key=lambda size: abs(size["distance_m"] - distance_m))


def _with_distance(told: VerdictTold) -> Answer:
    question, test = "Does it go away with distance?", told["distance"]
    if not test["tested"]:
        return Answer(question, "Not known yet", test["statement"])
    if not test["changes"]:
        return Answer(question, "No", f"No change at the sensor {_compared(test)}.")
    ends = _measured_ends(told["curve"])
    falls = ends is not None and abs(ends[1]["um"]) < abs(ends[0]["um"])
    return Answer(question, "Yes, it falls" if falls else "No, it grows", test["statement"])


def _compared(test: DistanceTold) -> str:
    of = f"{count(test['n_copies'], 'copy', 'copies')}, {count(test['n_series'], 'series', 'series')}"
    return f"from {metres(test['near_m'])} to {metres(test['far_m'])} ({of}, p = {plain(test['p_value'])})"


def _with_body(told: VerdictTold) -> Answer:
    question, test = "Does another body change it?", told["bodies"]
    if not test["tested"] or test["p_value"] is None:
        return Answer(question, "Not known yet", test["sentence"])
    return Answer(question, "It seems so" if test["p_value"] < 0.05 else "No sign of it", test["sentence"])


def _measured_ends(curve: Sequence[TypicalSize]) -> tuple[TypicalSize, TypicalSize] | None:
    measured = [size for size in curve if not size["extrapolated"]]
    return (measured[0], measured[-1]) if len(measured) > 1 else None


def grows_in_mm(sizes: Sequence[TypicalSize]) -> str:
    """Why millimetres grow with distance while the effect in a picture may not, with this lens's own numbers."""
    told = (
        "In front of the lens the same shift at the sensor takes more millimetres the farther away, and depth of field "
        "grows with it."
    )
    measured = [size for size in sizes if not size["extrapolated"]]
    if len(measured) < 2:
        return told
    near, far = measured[0], measured[-1]
    at_sensor = " and ".join(plain(abs(size["um"])) for size in (near, far))
    shares = " and ".join(f"{plain(abs(size['over_half_dof'][PIXEL]))} ×" for size in (near, far))
    return (
        f"{told} Here {_at(near)} and {_at(far)} are {at_sensor} µm at the sensor, and {shares} half the depth of "
        "field for one pixel."
    )


def _at(size: TypicalSize) -> str:
    return f"{depth_mm(size['mm'])} at {metres(size['distance_m'])}"


@dataclass(frozen=True, slots=True)
class SizeColumn:
    """The typical shift at one distance, as text."""

    distance: str
    shift_mm: str
    interval_mm: str
    shift_um: str
    interval_um: str
    of_pixel: str
    of_print: str
    is_extrapolated: bool


def size_columns(sizes: Sequence[TypicalSize]) -> list[SizeColumn]:
    return [
        SizeColumn(
            distance=metres(size["distance_m"]),
            shift_mm=signed(size["mm"]),
            interval_mm=interval(size["low_mm"], size["high_mm"]),
            shift_um=signed(size["um"]),
            interval_um=interval(size["low_um"], size["high_um"]),
            of_pixel=_share(size, PIXEL),
            of_print=_share(size, PRINT),
            is_extrapolated=size["extrapolated"],
        )
        for size in sizes
    ]


def _share(size: TypicalSize, criterion: str) -> str:
    """`1.3 ×, visible`; a question mark where the interval leaves it open."""
    seen = {True: "visible", False: "not visible", None: "cannot say"}[size["matters"][criterion]]
    return f"{plain(abs(size['over_half_dof'][criterion]))} ×, {seen}"


@dataclass(frozen=True, slots=True)
class CopyRow:
    """One copy at the verdict's f-number, as text."""

    label: str
    shift_um: str
    interval_um: str
    n_series: int
    batch: str
    remark: str


def copy_rows(told: VerdictTold) -> list[CopyRow]:
    """The copies in order of their shift."""
    return [_copy_row(copy) for copy in told["copies"]]


def _copy_row(copy: CopyTold) -> CopyRow:
    return CopyRow(
        label=copy["label"],
        shift_um=signed(copy["um"]),
        interval_um=interval(copy["low_um"], copy["high_um"]),
        n_series=copy["n_series"],
        batch=copy["batch"] or UNKNOWN,
        remark="unlike the others" if copy["odd"] else "",
    )


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A batch, a body, or a copy at two distances: what it differs by, as text."""

    label: str
    n_copies: str
    value_um: str
    interval_um: str


def batch_rows(told: VerdictTold) -> list[GroupRow]:
    """Mean of each batch; empty where batches cannot be separated from copies."""
    if not told["batches"]["separable"]:
        return []
    return [
        GroupRow(row["label"], str(row["n_copies"]), signed(row["mean_um"]), interval(row["low_um"], row["high_um"]))
        for row in told["batches"]["rows"]
    ]


@dataclass(frozen=True, slots=True)
class BodyRow:
    """Series on one body against the same copies on the usual one, as text."""

    body: str
    n_copies: int
    n_series: int
    difference_um: str
    interval_um: str


def body_rows(told: VerdictTold) -> list[BodyRow]:
    """The usual body first, which the others are held against."""
    return [
        BodyRow(
            row["body"],
            row["n_copies"],
            row["n_series"],
            signed(row["difference_um"]) if row["n_pairs"] else UNKNOWN,
            interval(row["low_um"], row["high_um"]) if row["n_pairs"] else UNKNOWN,
        )
        for row in told["bodies"]["rows"]
    ]


@dataclass(frozen=True, slots=True)
class RepeatRow:
    """One copy measured more than once: its mean and the farthest of its series from it, as text."""

    label: str
    mean_um: str
    n_series: int
    values_um: str


def repeat_rows(told: VerdictTold) -> list[RepeatRow]:
    return [
        RepeatRow(
            row["label"],
            signed(row["mean_um"]),
            len(row["values"]),
            ", ".join(f"{signed(value['um'])} at {metres(value['distance_m'])}" for value in row["values"]),
        )
        for row in told["repeats"]["rows"]
    ]
