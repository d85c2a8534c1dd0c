"""What a lens's statement is made of: what each series says at each f-number, and which of them stand side by side."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from analysis.statement.bands import band_of
from analysis.thin_lens import mark_distance_mm

SIXTH_OF_A_STOP: Final = 2 ** (1 / 12)
SAME_FOCAL_LENGTH: Final = 0.05


class Lens(NamedTuple):
    """What must be known of a lens model; None where it is not. Of a zoom the longest focal length is shown."""

    widest_f_number: float | None = None
    focal_length_mm: float | None = None
    crop_factor: float = 1.0


class SeriesShift(NamedTuple):
    """What one series says of one f-number. µm are at the sensor, positive behind.

    `copy` is what statistics count once, `owner` who photographed it, `series` its place in the order of series. The
    shift counts from the series' widest f-number, `reference_f_number`.
    """

    copy: str
    series: int
    owner: str
    body: str
    batch: str
    f_number: float
    s_mm: float
    focal_length_mm: float
    reference_f_number: float | None
    shift_um: float
    se_um: float
    simulated: bool

    @property
    def distance_m(self) -> float:
        """From the focal-plane mark."""
        return mark_distance_mm(self.s_mm, self.focal_length_mm) / 1e3

    @property
    def band(self) -> str:
        return band_of(self.distance_m).key


def has_reference_of(reference_f_number: float | None, lens: Lens) -> bool:
    """Whether a series counts its shifts from the lens' widest f-number: from f/1.4 they are not those from f/1.2."""
    if not (lens.widest_f_number and reference_f_number):
        return True
    widest, own = sorted((lens.widest_f_number, reference_f_number))
    return own / widest <= SIXTH_OF_A_STOP


def has_focal_length_of(focal_length_mm: float, lens: Lens) -> bool:
    """Whether it is the focal length that is shown."""
    return not lens.focal_length_mm or abs(focal_length_mm / lens.focal_length_mm - 1) <= SAME_FOCAL_LENGTH


@lru_cache(maxsize=256)
def is_comparable(reference_f_number: float | None, focal_length_mm: float, lens: Lens) -> bool:
    """Whether a series can stand beside others of its lens."""
    return has_reference_of(reference_f_number, lens) and has_focal_length_of(focal_length_mm, lens)
