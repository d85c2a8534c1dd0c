"""What the copies of a lens say together, in short answers to what readers ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from analysis.copies import Kind
from lensdb.aggregates.told import DistanceTold, TypicalSize, VerdictTold
from lensdb.web.presenters.cells import PIXEL, PRINT
from lensdb.web.presenters.numbers import count, depth_mm, f_number, metres, plain, ratio, signed

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
    test = told["distance"]
    if not test["tested"] or test["near_m"] is None or test["far_m"] is None or told["kind"] == Kind.NO_SHIFT:
        return ""
    ends = [
        (metre, abs(_nearest(told["curve"], metre)["over_half_dof"][PIXEL]))
        for metre in (test["near_m"], test["far_m"])
    ]
    (_, near), (_, far) = ends
    at_near, at_far = (f"{ratio(share)} × at {metres(metre)}" for metre, share in ends)
    stop = f_number(told["f_number"])
    if far < EASES * near:
        return f"Stepping back eases it: at {stop} from {at_near} to {at_far}."
    if near < EASES * far:
        return f"Stepping back makes it worse: at {stop} from {at_near} to {at_far}."
    return f"Stepping back does not cure it{f': at {stop} still {at_far}' if far > 1 else ''}."


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
            f"The odd copy is up to {ratio(odd_pixel)} × half the depth of field for one pixel off, the others less."
        )
        return Answer(question, "In that copy", reason)
    where = f"{f_number(worst['f_number'])} and {metres(worst['distance_m'])}"
    return Answer(
        question,
        answer,
        f"At its worst, {where}: {ratio(pixel)} × half the depth of field for one pixel (0.006 mm), {ratio(paper)} × "
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
    shares = " and ".join(f"{ratio(size['over_half_dof'][PIXEL])} ×" for size in (near, far))
    return (
        f"{told} Here {_at(near)} and {_at(far)} are {at_sensor} µm at the sensor, and {shares} half the depth of "
        "field for one pixel."
    )


def _at(size: TypicalSize) -> str:
    return f"{depth_mm(size['mm'])} at {metres(size['distance_m'])}"
