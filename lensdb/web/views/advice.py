"""The form "what to do about it", which lens pages and copy pages share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import QueryDict

from lensdb.catalog.models import LensModel
from lensdb.web.forms import AdviceForm
from lensdb.web.presenters.advice import AdviceTold, Trial, advice_for
from lensdb.web.presenters.scene import Measured, Scene


def advice_context(
    asked: QueryDict, lens: LensModel, points: Sequence[Measured], focal_mm: float, usual: Scene
) -> dict[str, Any]:
    """The form as it was filled in, and its answer; what was not asked is as in the `usual` scene."""
    f_numbers = tuple(sorted({point.f_number for point in points}))
    defaults = {
        "distance": format(usual.distance_m, ".2g"),
        "f": format(usual.f_number, "g"),
        "sharp": "pixel",
        "step": "rule",
        "moved": "",
        "steps": "",
    }
    form = AdviceForm({name: asked.get(name) or value for name, value in defaults.items()}, f_numbers=f_numbers)
    return {"advice_form": form, "advice": _answer(form, lens, points, focal_mm)}


def _answer(form: AdviceForm, lens: LensModel, points: Sequence[Measured], focal_mm: float) -> AdviceTold:
    if not form.is_valid():
        return AdviceTold(problem="Mend what is marked above, and ask again.")
    asked = form.cleaned_data
    trial = Trial(asked["moved"], asked["steps"]) if asked["step"] == "trial" else None
    return advice_for(lens, points, focal_mm, form.scene(), trial)
