"""What files made to do harm cost the process that reads them at the door: each within 50 ms and 20 MB.

    python -m tests.benchmarks.hostile

Time is CPU time, so that a busy machine does not change it. Memory is how far the process grew above what it held
before, at its highest (VmHWM, set back for each file; Linux). Every file goes through the door as an upload does, its
digest included; ends with 1 when one of them exceeds a limit.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.core.files.base import File

from lensdb.submissions import intake
from tests import hostile

MOST_MS = 50.0
MOST_MB = 20.0
PHOTO_MAX_BYTES = 80 * 1024 * 1024


@dataclass(frozen=True)
class Cost:
    """What one file did."""

    name: str
    size_kb: float
    ms: float
    mb: float
    answer: str

    @property
    def is_within(self) -> bool:
        return self.ms <= MOST_MS and self.mb <= MOST_MB

    def __str__(self) -> str:
        verdict = "" if self.is_within else "  EXCEEDS"
        return f"  {self.name:<42}{self.size_kb:9.1f} kB{self.ms:8.1f} ms{self.mb:7.1f} MB  {self.answer}{verdict}"


def costs(files: Iterable[hostile.HostileFile], folder: Path) -> Iterator[Cost]:
    """Pass each file through the door. The first one is passed twice, so that it does not pay for what is made once."""
    path = folder / "photo"
    is_warm = False
    for file in files:
        path.write_bytes(file.make())
        if not is_warm:
            cost_of(file.name, path)
            is_warm = True
        yield cost_of(file.name, path)


def cost_of(name: str, path: Path) -> Cost:
    """CPU time and growth of this process while it looks at a file."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # sets the high-water mark to what is held now
    held_mb = _status_mb("VmHWM")
    with path.open("rb") as opened:
        began = time.process_time()
        try:
            answer = intake.inspect(File(opened)).format
        except intake.IntakeError as error:
            answer = type(error).__name__
        ms = 1e3 * (time.process_time() - began)
    return Cost(name, path.stat().st_size / 1e3, ms, _status_mb("VmHWM") - held_mb, answer)


def _status_mb(name: str) -> float:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1]) / 1e3


def main() -> None:
    settings.configure(PHOTO_MAX_BYTES=PHOTO_MAX_BYTES)
    with TemporaryDirectory() as folder:
        found = list(costs(hostile.hostile_files(), Path(folder)))
    print("\n".join(map(str, found)))
    slowest, largest = max(found, key=lambda cost: cost.ms), max(found, key=lambda cost: cost.mb)
    exceeding = [cost for cost in found if not cost.is_within]
    print(f"\n{len(found)} files in {sum(cost.ms for cost in found):.0f} ms; {len(exceeding)} exceed a limit.")
    print(f"Slowest: {slowest.ms:.1f} of {MOST_MS:.0f} ms, {slowest.name}")
    print(f"Largest: {largest.mb:.1f} of {MOST_MB:.0f} MB, {largest.name}")
    sys.exit(bool(exceeding))


if __name__ == "__main__":
    main()
