"""What a lens page is told beside its cells: plain dictionaries, ready for JSON.

µm are at the sensor, mm in front of the lens, both positive behind; `*_low` to `*_high` hold 95 %; None is undefined.
A copy has an `id` and a `label`, the same in all of them: who owns it is nobody's business.
"""

from __future__ import annotations

from typing import TypedDict


class Named(TypedDict):
    """A copy of a lens; `after_service` is how often it had been at a workshop. Each time makes another copy of it."""

    id: str
    label: str
    after_service: int


class TypicalSize(TypedDict):
    """The lens's typical shift at one distance from the focal-plane mark, by the smooth model over distance.

    `over_half_dof` and `matters` go by the blur criterion; `matters` is None where the interval leaves it open.
    """

    distance_m: float
    um: float
    low_um: float | None
    high_um: float | None
    mm: float
    low_mm: float | None
    high_mm: float | None
    extrapolated: bool
    half_dof_mm: dict[str, float]
    over_half_dof: dict[str, float]
    matters: dict[str, bool | None]


class SeriesPoint(Named):
    """One series at the verdict's f-number."""

    distance_m: float
    um: float
    low_um: float
    high_um: float
    mm: float
    low_mm: float
    high_mm: float
    body: str


class Worst(TypedDict):
    """The f-number and distance at which the shift is largest against half the depth of field."""

    f_number: float
    distance_m: float
    over_half_dof: dict[str, float]


class Contrast(Named):
    """One copy measured at several distances: its shift at the farthest less that at the nearest."""

    near_m: float
    far_m: float
    difference_um: float
    low_um: float
    high_um: float


class DistanceTold(TypedDict):
    """Whether the shift at the sensor changes with distance, tested within copies."""

    tested: bool
    changes: bool
    p_value: float | None
    n_copies: int
    n_series: int
    near_m: float | None
    far_m: float | None
    statement: str
    contrasts: list[Contrast]


class OddTold(Named):
    """A copy unlike the others; `p_value` is corrected for the number of copies looked at."""

    difference_um: float
    p_value: float


class BatchTold(TypedDict):
    """One batch that enough copies share; its date code is its label."""

    label: str
    n_copies: int
    mean_um: float
    low_um: float | None
    high_um: float | None


class BatchesTold(TypedDict):
    """Whether batches differ; `separable` is False below three batches of two copies."""

    separable: bool
    p_value: float | None
    sentence: str
    rows: list[BatchTold]


class CopyTold(Named):
    """One copy in the caterpillar plot: all its series, the scatter of repeats included."""

    um: float
    low_um: float
    high_um: float
    n_series: int
    batch: str
    odd: bool


class RepeatValue(TypedDict):
    """One series of a copy that has several."""

    um: float
    low_um: float
    high_um: float
    distance_m: float


class RepeatsOfCopy(Named):
    """How well one copy repeats itself."""

    mean_um: float
    values: list[RepeatValue]


class RepeatsTold(TypedDict):
    """How well copies repeat themselves: the standard deviation between series beyond their own errors."""

    sd_um: float | None
    low_um: float | None
    high_um: float | None
    sentence: str
    rows: list[RepeatsOfCopy]


class BodyTold(TypedDict):
    """Series on one body, and how they differ from the same copies' series at the same distance on the usual body."""

    body: str
    n_copies: int
    n_series: int
    n_pairs: int
    difference_um: float | None
    low_um: float | None
    high_um: float | None


class BodiesTold(TypedDict):
    """Does another body change it? The first row is the usual body, which the others are held against."""

    tested: bool
    p_value: float | None
    sentence: str
    rows: list[BodyTold]


class LeftOff(TypedDict):
    """Series that cannot stand beside the others, and why."""

    reason: str
    n_series: int
    sentence: str


class MeanTold(TypedDict):
    """Mean of copies, and where the next one is expected; nothing is concluded below three copies."""

    mean_um: float
    low_um: float | None
    high_um: float | None
    pred_low_um: float | None
    pred_high_um: float | None


class SpreadTold(TypedDict):
    """How far copies differ, and series of one copy beyond their own errors: standard deviations with intervals."""

    copy_sd_um: float | None
    copy_sd_low_um: float | None
    copy_sd_high_um: float | None
    repeat_sd_um: float | None
    repeat_sd_low_um: float | None
    repeat_sd_high_um: float | None


class Summary(MeanTold):
    """The mean of so many copies."""

    n_copies: int


class BandName(TypedDict):
    """A band of distance."""

    key: str
    label: str


class Told(Summary, SpreadTold):
    """Everything that is told of a lens beside its cells.

    `f_number` is fixed in advance; `at` is None where the verdict rests on series at all distances together.
    """

    kind: str
    reason: str
    f_number: float
    at: BandName | None
    n_series: int
    n_owners: int
    n_serviced: int
    simulated: bool
    direction: str
    without_odd: Summary | None
    focal_length_mm: float
    sizes: list[TypicalSize]
    curve: list[TypicalSize]
    points: list[SeriesPoint]
    worst: Worst | None
    distance: DistanceTold
    odd: list[OddTold]
    batches: BatchesTold
    copies: list[CopyTold]
    repeats: RepeatsTold
    bodies: BodiesTold
    left_off: list[LeftOff]
