"""Results for other programs: the `--json` option of every command that has one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click

STANDARD_OUTPUT: Final = "-"


def write_json(data: Mapping[str, Any], target: str) -> None:
    """Write to a file, or print where the target is `STANDARD_OUTPUT`.

    Raises
    ------
    click.UsageError
        When the file cannot be written.
    """
    text = json.dumps(data, indent=1, allow_nan=False, ensure_ascii=False)
    if target == STANDARD_OUTPUT:
        click.echo(text)
        return
    try:
        Path(target).write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"Cannot write {target}: {error.strerror}") from error
