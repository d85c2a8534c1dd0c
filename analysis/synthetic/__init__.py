"""Simulated photographs of a chart whose true focus shift is known, for tests, benchmarks and the demo.

The optics here and the estimators elsewhere share the chart's geometry and nothing else, so that agreement means
something. Set a scene up once, then take photos of it at any f-number::

    setup = set_up(Scene(chart_design("A4")), LENSES["canon-ef-50-1.2"])
    levels = render_photo(setup, 2.8, np.random.default_rng(0))
"""

from analysis.synthetic.field import Field
from analysis.synthetic.lens import LENSES, Lens, specimen
from analysis.synthetic.nuisances import Nuisances
from analysis.synthetic.photo import SetUp, exposed, light, light_on_sensor, render_photo, set_up
from analysis.synthetic.processing import Processing
from analysis.synthetic.scene import Scene, focus_wide_open, magnification, true_best_focus_mm
from analysis.synthetic.series import Camera, Mishap, Series, render_series

__all__ = [
    "LENSES",
    "Camera",
    "Field",
    "Lens",
    "Mishap",
    "Nuisances",
    "Processing",
    "Scene",
    "Series",
    "SetUp",
    "exposed",
    "focus_wide_open",
    "light",
    "light_on_sensor",
    "magnification",
    "render_photo",
    "render_series",
    "set_up",
    "specimen",
    "true_best_focus_mm",
]
