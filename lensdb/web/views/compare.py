"""Two to six lenses side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lensdb.aggregates.queries import cells_of
from lensdb.aggregates.revisions import site_version
from lensdb.catalog.models import LensModel
from lensdb.catalog.queries import lenses_by_slug
from lensdb.catalog.search import search
from lensdb.lib.caching import shared
from lensdb.measurements.queries import shown_version
from lensdb.web.forms import SceneForm
from lensdb.web.presenters.cells import Cell
from lensdb.web.presenters.compare import compared, plot_points
from lensdb.web.presenters.index import typed_cells
from lensdb.web.presenters.scene import IN_WORDS, SHARP_ENOUGH, Scene
from lensdb.web.queries import best_known_lenses, kinds_of, measured_lenses

LEAST_LENSES: Final = 2
MOST_LENSES: Final = 6
SUGGESTED: Final = 8
USUAL_SCENE: Final = {"distance": "0.5", "f": "2.8", "sharp": "pixel"}


@require_safe
@shared(site_version)
def compare(request: HttpRequest) -> HttpResponse:
    """The lenses of `lens`, one more for `add`, in the scene of `distance`, `f` and `sharp`."""
    lenses = chosen_lenses(request.GET.getlist("lens"))
    n_asked = len(lenses)
    text = request.GET.get("add", "").strip()[:100]
    found = _found(text, lenses)
    if text and len(found) == 1 and len(lenses) < MOST_LENSES:
        lenses, found = [*lenses, *found], []
    form = SceneForm(scene_asked(request.GET))
    scene = _scene_of(form)
    cells = typed_cells(cells_of(lenses))
    kinds = kinds_of(lenses)
    rows = [
        compared(lens, cells.get(lens.pk, []), scene, place=place, kind=kinds.get(lens.pk, ""))
        for place, lens in enumerate(lenses)
    ]
    context = {
        "form": form,
        "scene": scene,
        "rows": rows,
        "criterion_words": IN_WORDS[scene.criterion],
        "add": text,
        "nothing_found": bool(text) and not found and len(lenses) == n_asked,
        "is_full": len(lenses) >= MOST_LENSES,
        "found": [(lens, _address(request.GET, [*lenses, lens])) for lens in found],
        "suggested": [
            (lens, _address(request.GET, [*lenses, lens]))
            for lens in (_suggested(lenses) if len(lenses) < LEAST_LENSES and not found else [])
        ],
        "plot": plot_of(lenses, cells, scene) if any(cells.values()) else None,
        "figures_query": _address(request.GET, lenses),
    }
    return render(request, "web/compare.html", context)


def compared_plot(asked: QueryDict) -> dict[str, Any] | None:
    """The plot of the lenses and the scene that were asked for; None where nothing of them was measured."""
    lenses = chosen_lenses(asked.getlist("lens"))
    cells = typed_cells(cells_of(lenses))
    return plot_of(lenses, cells, _scene_of(SceneForm(scene_asked(asked)))) if any(cells.values()) else None


def chosen_lenses(slugs: Sequence[str]) -> list[LensModel]:
    """The lenses named, in the order named, each once; unknown names are left out."""
    wanted = list(dict.fromkeys(slugs))[:MOST_LENSES]
    by_slug = {lens.slug: lens.current for lens in lenses_by_slug().filter(slug__in=wanted)}
    return list(dict.fromkeys(by_slug[slug] for slug in wanted if slug in by_slug))


def scene_asked(asked: QueryDict) -> dict[str, str]:
    """What was asked of the scene, the usual one where nothing was."""
    return {name: asked.get(name) or usual for name, usual in USUAL_SCENE.items()}


def _scene_of(form: SceneForm) -> Scene:
    """What the form asks for; the usual scene where that is no scene."""
    if form.is_valid():
        return form.scene()
    return Scene(float(USUAL_SCENE["distance"]), float(USUAL_SCENE["f"]), SHARP_ENOUGH[USUAL_SCENE["sharp"]])


def plot_of(lenses: Sequence[LensModel], cells: dict[int, list[Cell]], scene: Scene) -> dict[str, Any]:
    """The payload of the page's plot."""
    return {
        "distance_m": scene.distance_m,
        "f_number": scene.f_number,
        "criterion": scene.criterion,
        "analysis_version": shown_version(),
        "simulated": any(cell["simulated"] for own in cells.values() for cell in own),
        "lenses": [
            {"place": place, "name": lens.name, "points": plot_points(lens, cells.get(lens.pk, []), scene)}
            for place, lens in enumerate(lenses)
        ],
    }


def _found(text: str, lenses: Iterable[LensModel]) -> list[LensModel]:
    """Measured lenses somebody may mean, those already chosen left out."""
    if not text:
        return []
    others = measured_lenses().exclude(pk__in=[lens.pk for lens in lenses])
    exact = others.filter(name__iexact=text)[:1]
    return list(exact) or list(search(text, within=others)[:SUGGESTED])


def _suggested(lenses: Iterable[LensModel]) -> list[LensModel]:
    chosen = {lens.pk for lens in lenses}
    return [lens for lens in best_known_lenses(SUGGESTED + 1) if lens.pk not in chosen][:SUGGESTED]


def _address(asked: QueryDict, lenses: Iterable[LensModel]) -> str:
    """This page with these lenses and the same scene."""
    kept = [(name, asked.get(name, "")) for name in USUAL_SCENE if asked.get(name)]
    return "?" + urlencode([("lens", lens.slug) for lens in lenses] + kept)
