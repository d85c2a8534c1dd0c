"""`lensdb compare`: what several series say together, with the same statistics as a lens page, offline."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import click
from rich.console import Console

from analysis.statement import Statement, lens_statement
from lensdb.tool.entries import Entry, LensEntries, UnusableError, add_entry
from lensdb.tool.exit_codes import ExitCode
from lensdb.tool.json_file import STANDARD_OUTPUT, write_json
from lensdb.tool.statement_text import print_statement


@click.command("compare")
@click.argument("entries", nargs=-1, required=True, metavar="[COPY=]PATH...")
@click.option("--one-lens", is_flag=True, help="All of it is one lens, whatever the files call it.")
@click.option(
    "--json", "json_file", type=click.Path(dir_okay=False, allow_dash=True), help="Write all numbers; - prints them."
)
@click.option("--quiet", is_flag=True, help="No text.")
def command(
    entries: tuple[str, ...],
    one_lens: bool,  # noqa: FBT001 - a flag of the command line
    json_file: str | None,
    quiet: bool,  # noqa: FBT001 - a flag of the command line
) -> None:
    """Tell specimen, batch and design apart over several series, and whether distance matters.

    Each PATH is a folder of photos of one series, a JSON result of lensdb measure, or the JSON of all series of a lens
    from the site. Series of one copy of a lens are given one name: mine=folder1 mine=folder2; without a name every
    path is a copy of its own. Lenses are told apart by the names in the files.
    """
    lenses: dict[str, LensEntries] = {}
    problems = [problem for text in entries if (problem := _add(Entry.of(text), lenses, one_lens=one_lens))]
    for problem in problems:
        click.echo(problem, err=True)
    if not lenses:
        sys.exit(ExitCode.NOTHING_USABLE)
    statements = {name: lens_statement(lens.shifts, lens.lens, lens.names) for name, lens in lenses.items()}
    _hand_over(lenses, statements, json_file, quiet=quiet)
    sys.exit(ExitCode.IN_PART if problems else ExitCode.DONE)


def _add(entry: Entry, lenses: dict[str, LensEntries], *, one_lens: bool) -> str:
    """Add an entry; the sentence to say when that cannot be done."""
    try:
        add_entry(entry, lenses, one_lens=one_lens)
    except UnusableError as error:
        return f"{entry.path}: {error}"
    return ""


def _hand_over(
    lenses: Mapping[str, LensEntries], statements: Mapping[str, Statement], json_file: str | None, *, quiet: bool
) -> None:
    found = [_plain(name, lenses[name], statement) for name, statement in statements.items()]
    if json_file is not None:
        write_json({"lenses": found}, json_file)
    if not quiet and json_file != STANDARD_OUTPUT:
        for name, statement in statements.items():
            print_statement(name, sorted(lenses[name].versions), statement, Console())


def _plain(name: str, lens: LensEntries, statement: Statement) -> dict[str, Any]:
    return {
        "lens": name,
        "analysis_versions": sorted(lens.versions),
        "cells": [
            {"band": band, "f_number": f_number, **asdict(cell)} for (band, f_number), cell in statement.cells.items()
        ],
        "told": statement.told,
        "left_off": statement.left_off,
    }
