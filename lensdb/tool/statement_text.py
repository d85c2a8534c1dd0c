"""What several series say of a lens, as a readable text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from analysis.statement import CellNumbers, Statement, Told
from analysis.statement.bands import BANDS

_BAND_LABELS = {band.key: band.label for band in BANDS}
_UM = "\N{MICRO SIGN}m"
_ANSWERS: Mapping[bool | None, str] = {True: "matters", False: "unseen", None: "open"}


def print_statement(name: str, versions: Sequence[str], statement: Statement, console: Console) -> None:
    """Print verdict, shift by f-number, copies, sizes, and what is said beside them."""
    console.print(Group(*_parts(name, versions, statement)))


def _parts(name: str, versions: Sequence[str], statement: Statement) -> Iterator[RenderableType]:
    yield Text(name, style="bold")
    told = statement.told
    if told is None:
        yield Text("Nothing to compare: no series shifts against its own widest f-number.")
    else:
        place = f" at {told['at']['label']}" if told["at"] else ""
        yield Text(f"Verdict at f/{told['f_number']:g}{place}: {told['kind']}. {told['reason']}")
        yield _cells(statement.cells)
        yield _copies(told)
        yield _sizes(told)
        yield from (Text(sentence) for sentence in _sentences(told))
    yield from (Text(left["sentence"], style="yellow") for left in statement.left_off)
    if len(versions) > 1:
        mixed = ", ".join(versions)
        yield Text(f"Measured by different versions of the method ({mixed}): measure again by one.", style="yellow")


def _cells(cells: Mapping[tuple[str, float], CellNumbers]) -> Table:
    table = Table(title=f"Focus shift, {_UM} at the sensor and mm in front, positive behind", title_justify="left")
    table.add_column("about")
    for head in ("f-number", "copies", "series", _UM, "95 %", "next copy", "mm"):
        table.add_column(head, justify="right")
    for (band, f_number), cell in cells.items():
        table.add_row(
            _BAND_LABELS[band],
            f"f/{f_number:g}",
            str(cell.n_copies),
            str(cell.n_series),
            f"{cell.mean_um:+.1f}",
            _span(cell.low_um, cell.high_um),
            _span(cell.pred_low_um, cell.pred_high_um),
            f"{cell.mean_mm:+.2f}",
        )
    return table


def _copies(told: Told) -> Table:
    table = Table(title=f"Copies at f/{told['f_number']:g}, {_UM} at the sensor", title_justify="left")
    table.add_column("copy")
    for head in ("series", _UM, "95 %"):
        table.add_column(head, justify="right")
    table.add_column("")
    for copy in told["copies"]:
        remark = "unlike the others" if copy["odd"] else copy["batch"]
        span = _span(copy["low_um"], copy["high_um"])
        table.add_row(copy["label"], str(copy["n_series"]), f"{copy['um']:+.1f}", span, remark)
    return table


def _sizes(told: Told) -> Table:
    table = Table(title=f"Typical size at f/{told['f_number']:g}", title_justify="left")
    criteria = list(told["sizes"][0]["matters"])
    for head in (
        "distance",
        _UM,
        "mm",
        "95 %",
        *(f"{name} mm blur" for name in criteria),
    ):
        table.add_column(head, justify="right")
    for size in told["sizes"]:
        table.add_row(
            f"{size['distance_m']:g} m" + ("*" if size["extrapolated"] else ""),
            f"{size['um']:+.1f}",
            f"{size['mm']:+.2f}",
            _span(size["low_mm"], size["high_mm"]),
            *(f"{_ANSWERS[size['matters'][name]]} ({abs(size['over_half_dof'][name]):.2f})" for name in criteria),
        )
    table.caption = "In brackets: shift over half the depth of field. *: nearer or farther than anybody measured."
    return table


def _sentences(told: Told) -> Iterator[str]:
    yield told["distance"]["statement"]
    yield told["repeats"]["sentence"]
    yield told["batches"]["sentence"]
    yield told["bodies"]["sentence"]


def _span(low: float | None, high: float | None) -> str:
    return "\N{EN DASH}" if low is None or high is None else f"{low:+.1f} \N{HORIZONTAL ELLIPSIS} {high:+.1f}"
