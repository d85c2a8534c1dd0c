import pytest

from analysis.charts.design import chart_design
from analysis.synthetic import LENSES, Scene, Series, render_series

F_NUMBERS = (1.2, 2.0, 2.8, 4.0)
PIXEL_PITCH_UM = 15.0


@pytest.fixture(scope="package")
def photos(tmp_path_factory):
    """The bytes of a small series at 0.5 m; a lens with a shift of about 20 µm."""
    design = chart_design("A4")
    scene = Scene(design, focus_distance_mm=500.0, width_px=1200, height_px=800, pixel_pitch_um=PIXEL_PITCH_UM)
    folder = tmp_path_factory.mktemp("series")
    paths = render_series(Series(scene, LENSES["canon-ef-50-1.2"], f_numbers=F_NUMBERS), folder)
    return [path.read_bytes() for path in paths]
