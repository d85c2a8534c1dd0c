"""Small rendered series of known truth, made once per test run and kept as bytes."""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from analysis.charts.design import chart_design
from analysis.measure import PhotoSource
from analysis.synthetic import LENSES, Camera, Scene, Series, render_series
from analysis.synthetic.series import series_truth

F_NUMBERS = (1.2, 1.4, 2.0, 2.8, 4.0, 8.0, 16.0)
SCENE = Scene(chart_design("A4"), width_px=2000, height_px=1400, pixel_pitch_um=8.0)
LENS = LENSES["canon-ef-50-1.2"]
DEPTH_OF_FIELD_W_MM = 6.48  # 2 N c (m + 1) / m^2 at f/1.2, 0.030 mm, m = 1/9


@dataclass(frozen=True)
class Rendered:
    """Photos by name, in order, and the true depth of best focus of each."""

    photos: dict[str, bytes]
    truth_mm: dict[str, float]

    def sources(self) -> list[PhotoSource]:
        return [PhotoSource(name, data) for name, data in self.photos.items()]

    def only(self, *indices: int) -> "Rendered":
        names = [list(self.photos)[i] for i in indices]
        return Rendered({name: self.photos[name] for name in names}, {name: self.truth_mm[name] for name in names})

    def then(self, other: "Rendered") -> "Rendered":
        """The photos of this series, then those of another."""
        return Rendered(self.photos | other.photos, self.truth_mm | other.truth_mm)


@cache
def series(
    f_numbers: tuple[float, ...] = F_NUMBERS, *, focus_offset_mm: float = 0.0, nearer_mm: float = 0.0
) -> Rendered:
    """The series at 0.5 m, optionally focused behind the centre line or with the chart nearer."""
    scene = replace(SCENE, focus_offset_mm=focus_offset_mm, chart_offset_mm=(0.0, 0.0, -nearer_mm))
    first_number = 1 if f_numbers == F_NUMBERS else 11
    camera = Camera(body_serial="SIM-1", lens_serial="SIM-2")
    return render(Series(scene, LENS, f_numbers, camera, seed=5, first_number=first_number))


def render(wanted: Series) -> Rendered:
    with TemporaryDirectory() as folder:
        paths = render_series(wanted, Path(folder))
        photos = {path.name: path.read_bytes() for path in paths}
    truth = series_truth(wanted, list(photos))
    return Rendered(photos, {photo["file"]: photo["best_focus_mm"] for photo in truth["photos"]})
