"""The table of what was checked."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: what must be, and what was found."""

    what: str
    wanted: str
    found: str

    @property
    def holds(self) -> bool:
        return self.wanted == self.found


@dataclass
class Report:
    """Everything that was checked, said as it happens."""

    console: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=True, width=120))
    checks: list[Check] = field(default_factory=list)
    _started: float = field(default_factory=time.monotonic)

    def check(self, what: str, *, wanted: object, found: object) -> None:
        """Note a finding."""
        check = Check(what, str(wanted), str(found))
        self.checks.append(check)
        if not check.holds:
            self.console.print(f"[red]{what}: {check.found}, not {check.wanted}[/red]")

    def say(self, text: str) -> None:
        """A line about what happens now."""
        self.console.print(f"{time.monotonic() - self._started:6.1f} s  {text}")

    def ended(self) -> int:
        """Print the table; the exit code."""
        table = Table("what", "wanted", "found", "")
        for check in self.checks:
            table.add_row(check.what, check.wanted, check.found, "ok" if check.holds else "[red]NO[/red]")
        self.console.print(table)
        wrong = sum(not check.holds for check in self.checks)
        self.say(f"{len(self.checks)} checks, {wrong} wrong")
        return 1 if wrong or not self.checks else 0
