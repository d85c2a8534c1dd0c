"""The photographer's command line. Each command lives in the module of its name and ends with an `ExitCode`."""

from __future__ import annotations

import click

from lensdb.tool import chart, compare, login, measure, simulate, status, submit


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="lensdb", message="%(prog)s %(version)s")
def main() -> None:
    """How a lens's focus moves as it is stopped down, measured from photographs of a tilted chart."""


main.add_command(chart.command)
main.add_command(compare.command)
main.add_command(login.command)
main.add_command(measure.command)
main.add_command(simulate.command)
main.add_command(status.command)
main.add_command(submit.command)
