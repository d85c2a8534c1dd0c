"""What happened, against the goals."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tests.benchmarks.abuse.honest import Sent
from tests.benchmarks.abuse.readers import Read, percentile

MOST_TIMES: Final = 2.0
MEASURED_SECONDS: Final = 60.0
CHILD_MB: Final = 1500.0
WEB_TIMES: Final = 2.0
OK: Final = 200
SERVER_ERROR: Final = 500


@dataclass(frozen=True, slots=True)
class Goal:
    """Something that must hold, and what was seen."""

    what: str
    holds: bool
    seen: str

    def __str__(self) -> str:
        return f"{'holds ' if self.holds else 'MISSES'}  {self.what}: {self.seen}"


@dataclass(frozen=True, slots=True)
class Phase:
    """What readers and the honest photographer saw."""

    reads: list[Read]
    sent: list[Sent]


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that was seen.

    Attributes
    ----------
    moved : public figures that changed.
    counted, expected : copies and series of the honest photographer's lens.
    grown_bytes, allowed_bytes : of the data folder.
    """

    undisturbed: Phase
    disturbed: Phase
    answers: Counter[tuple[str, int]]
    moved: Sequence[str]
    counted: tuple[int, int]
    expected: tuple[int, int]
    grown_bytes: int
    allowed_bytes: int
    peak_mb: Mapping[str, Mapping[str, float]]
    died: Sequence[str]


def goals(seen: Seen) -> Iterator[Goal]:
    """Each goal, judged."""
    quiet, loud = percentile(seen.undisturbed.reads, 95), percentile(seen.disturbed.reads, 95)
    yield Goal(
        f"p95 of others' pages at most {MOST_TIMES:g} x undisturbed",
        loud <= MOST_TIMES * quiet,
        f"{loud:.0f} ms, {loud / quiet:.2f} x {quiet:.0f} ms",
    )
    failed = Counter(one.status for one in seen.disturbed.reads if one.status != OK)
    yield Goal("others are answered", not failed, f"{len(seen.disturbed.reads)} pages, not answered {dict(failed)}")
    sent = seen.disturbed.sent
    yield Goal(
        f"an honest series is measured within {MEASURED_SECONDS:g} s, after signing in",
        all(not one.problem and one.measured_s <= MEASURED_SECONDS for one in sent),
        "; ".join(map(told, sent)),
    )
    yield Goal("no public figure moves", not seen.moved, ", ".join(seen.moved[:5]) or "all the same")
    yield Goal(
        "nobody adds to the honest photographer's lens",
        seen.counted == seen.expected,
        "{} copies, {} series".format(*seen.counted),
    )
    errors = {pair: n for pair, n in seen.answers.items() if pair[1] >= SERVER_ERROR}
    errors_told = ", ".join(f"{weapon} {status} x {n}" for (weapon, status), n in sorted(errors.items()))
    yield Goal("no server error for anybody", not errors, errors_told or "none")
    yield Goal(
        "disk use within the accounts' quotas",
        seen.grown_bytes <= seen.allowed_bytes,
        f"{seen.grown_bytes / 1e6:.0f} of {seen.allowed_bytes / 1e6:.0f} MB",
    )
    yield Goal("no role died", not seen.died, ", ".join(seen.died) or "none")
    web = [seen.peak_mb[phase]["gunicorn worker"] for phase in ("undisturbed", "disturbed")]
    times = web[1] / web[0] if web[0] else math.inf
    yield Goal(
        f"a web worker's memory at most {WEB_TIMES:g} x undisturbed",
        times <= WEB_TIMES,
        f"{web[1]:.0f} MB, {times:.2f} x {web[0]:.0f} MB",
    )
    child = seen.peak_mb["disturbed"]["measuring child"]
    yield Goal(f"a measuring child's memory at most {CHILD_MB:g} MB", child <= CHILD_MB, f"{child:.0f} MB")


def tables(seen: Seen) -> Iterator[str]:
    """Pages, series, answers and memory in full."""
    yield f"{'page':<12}{'p50 ms':>18}{'p95 ms':>18}{'times':>8}"
    for page in dict.fromkeys(one.page for one in seen.undisturbed.reads):
        p50, p95 = (
            [percentile(phase.reads, q, page) for phase in (seen.undisturbed, seen.disturbed)] for q in (50, 95)
        )
        yield f"{page:<12}{p50[0]:8.0f} ->{p50[1]:7.0f}{p95[0]:8.0f} ->{p95[1]:7.0f}{p95[1] / p95[0]:8.2f}"
    yield f"undisturbed series: {'; '.join(map(told, seen.undisturbed.sent))}"
    yield ""
    by_weapon: dict[str, dict[int, int]] = defaultdict(dict)
    for (weapon, status), n in sorted(seen.answers.items()):
        by_weapon[weapon][status] = n
    yield "answers by status (0: none)"
    for weapon, statuses in by_weapon.items():
        yield f"  {weapon:<24}" + "  ".join(f"{status}: {n}" for status, n in statuses.items())
    yield ""
    yield f"{'peak memory, MB':<20}{'undisturbed':>12}{'disturbed':>12}"
    for role, peak in seen.peak_mb["disturbed"].items():
        yield f"  {role:<18}{seen.peak_mb['undisturbed'][role]:12.0f}{peak:12.0f}"


def told(sent: Sent) -> str:
    """A series in a few words."""
    return sent.problem or f"sent in {sent.sending_s:.1f} s, measured after {sent.measured_s:.1f} s"
