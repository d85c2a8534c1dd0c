"""What became of the community: series and lenses judged against what was planted, and the lenses as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.table import Table

from analysis.synthetic import LENSES
from lensdb.aggregates.models import ModelCell
from lensdb.aggregates.queries import lens_verdict
from lensdb.catalog.models import LensModel
from lensdb.demo.community import Planned
from lensdb.demo.stories import STORIES, Story
from lensdb.moderation.enums import Verdict
from lensdb.processing import queries
from lensdb.submissions.models import Series


def surprises(plans: Sequence[Planned], sent: Mapping[str, str]) -> list[str]:
    """One sentence for each series that did not become what was planned for it."""
    series = Series.objects.prefetch_related("decisions").in_bulk(list(sent.values()), field_name="public_id")
    return [told for plan in plans if (told := _surprise(plan, series.get(sent.get(plan.name, ""))))]


def _surprise(plan: Planned, series: Series | None) -> str:
    if series is None:
        return f"{plan.name} was not sent."
    status = queries.status_of(series)
    if status.state != "measured":
        why = f": {status.failure.sentence}" if status.failure else ""
        return f"{plan.name} is {status.state}{why}"
    if series.standing != plan.standing:
        reasons = ", ".join(decision.get_reason_display() for decision in series.decisions.all())
        return f"{plan.name} is {series.get_standing_display()} ({reasons}), planned was {plan.standing.label}."
    against = {decision.reason for decision in series.decisions.all() if decision.verdict != Verdict.ACCEPT}
    if plan.reason and plan.reason not in against:
        return f"{plan.name} is {series.standing} for {', '.join(against) or 'no reason'}, not for {plan.reason}."
    return ""


def untold_stories() -> list[str]:
    """One sentence for each lens whose page does not say what was planted."""
    return [told for preset, story in STORIES.items() if (told := _untold(LENSES[preset].model, story))]


def _untold(lens_name: str, story: Story) -> str:
    verdict = lens_verdict(LensModel.objects.get(name=lens_name))
    if verdict is None:
        return f"{lens_name} has no verdict, planted was {story.kind!r}."
    if verdict["kind"] != story.kind:
        return f"{lens_name} is called {verdict['kind']!r} ({verdict['reason']}), planted was {story.kind!r}."
    changes = verdict["distance"]["changes"] if verdict["distance"]["tested"] else None
    if changes != story.changes_with_distance:
        return f"{lens_name}: {verdict['distance']['statement']} Planted was {story.changes_with_distance}."
    return ""


def lens_table() -> Table:
    """Every measured lens at f/2.8, one row for each distance band."""
    table = Table(title="Focus shift of the simulated lenses at f/2.8, positive behind")
    table.add_column("lens")
    for heading in ("about", "copies", "series", "µm at the sensor", "95 %", "mm"):
        table.add_column(heading, justify="right")
    for cell in (
        ModelCell.objects.filter(f_number="2.80").select_related("lens_model").order_by("lens_model", "distance_m")
    ):
        too_few = "one copy" if cell.n_copies == 1 else "two copies"
        interval = too_few if cell.low_um is None else f"{cell.low_um:+.1f} … {cell.high_um:+.1f}"
        table.add_row(
            cell.lens_model.name,
            f"{cell.distance_m:.2f} m",
            str(cell.n_copies),
            str(cell.n_series),
            f"{cell.mean_um:+.1f}",
            interval,
            f"{cell.mean_mm:+.2f}",
        )
    return table
