"""`lensdb status`: what has become of the series one has sent."""

from __future__ import annotations

import json
from typing import Any, Final

import click
from rich.console import Console
from rich.table import Table

from analysis.results import SeriesResult
from lensdb.tool.client import Site, SiteError, end_with, signed_in
from lensdb.tool.exit_codes import ExitCode
from lensdb.tool.table import print_series

NEWEST: Final = 20


@click.command("status")
@click.argument("series", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print what the site says, for programs.")
def command(series: str | None, as_json: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Show your newest series, or one SERIES with its result."""
    try:
        with signed_in() as site:
            code = _one(site, series, as_json=as_json) if series else _newest(site, as_json=as_json)
    except SiteError as error:
        end_with(error)
    raise click.exceptions.Exit(code)


def _one(site: Site, series: str, *, as_json: bool) -> ExitCode:
    status = site.status(series)
    result = site.result(series) if status["state"] == "measured" else None
    if as_json:
        click.echo(json.dumps({"status": status, "result": result}, indent=1))
    else:
        click.echo(f"{status['state']}, {status['standing']}: {site.server}{status['url']}")
        if status["position"]:
            click.echo(f"Place {status['position']} in the queue{_minutes(status['estimated_wait_s'])}.")
        if failure := status["failure"]:
            click.echo(f"{failure['sentence']} {failure['next_step']}")
        if result is not None:
            print_series(SeriesResult.from_json(result), Console())
    return ExitCode.NOTHING_USABLE if status["state"] == "failed" else ExitCode.DONE


def _newest(site: Site, *, as_json: bool) -> ExitCode:
    entries = [entry | {"status": site.status(entry["public_id"])} for entry in site.all_series()[:NEWEST]]
    if as_json:
        click.echo(json.dumps(entries, indent=1))
        return ExitCode.DONE
    table = Table("series", "lens", "distance", "photos", "state", "standing", box=None, pad_edge=False)
    for entry in entries:
        table.add_row(
            entry["public_id"],
            entry["lens"]["name"],
            f"{entry['distance_m']:g} m" if entry["distance_m"] else "",
            str(entry["n_photos"]),
            _state(entry["status"]),
            entry["standing"],
        )
    Console().print(table if entries else "You have not sent a series yet.")
    return ExitCode.DONE


def _state(status: dict[str, Any]) -> str:
    return f"{status['state']}, place {status['position']}" if status["position"] else str(status["state"])


def _minutes(wait_s: float | None) -> str:
    return "" if wait_s is None else f", about {max(1, round(wait_s / 60))} min"
