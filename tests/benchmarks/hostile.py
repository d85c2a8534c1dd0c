"""What files made to do harm cost the processes that read them: each within 50 ms and 20 MB.

    python -m tests.benchmarks.hostile

Time is CPU time, so that a busy machine does not change it. Memory is how far the process grew above what it held
before, at its highest (VmHWM, set back for each file; Linux). Every file goes through the door as an upload does, its
digest included, and is read as the measuring child reads it, up to the point where its pixels would be decoded (for
those see benchmark-memory). Ends with 1 when one of them exceeds a limit.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from django.conf import settings
from django.core.files.base import File

from analysis.photos.exif import read_facts, read_orientation
from analysis.photos.header import read_header
from analysis.photos.jpeg import luminance_steps, scans
from analysis.photos.memory import SCANS_MAX
from lensdb.submissions import intake
from tests import hostile

MOST_MS = 50.0
MOST_MB = 20.0
PHOTO_MAX_BYTES = 80 * 1024 * 1024


@dataclass(frozen=True)
class Cost:
    """What one file did."""

    name: str
    reader: str
    size_kb: float
    ms: float
    mb: float
    answer: str

    @property
    def is_within(self) -> bool:
        return self.ms <= MOST_MS and self.mb <= MOST_MB

    def __str__(self) -> str:
        verdict = "" if self.is_within else "  EXCEEDS"
        figures = f"{self.size_kb:9.1f} kB{self.ms:8.1f} ms{self.mb:7.1f} MB"
        return f"  {self.name:<42}{self.reader:<6}{figures}  {self.answer}{verdict}"


def at_the_door(path: Path) -> str:
    """What the web process does with an upload."""
    with path.open("rb") as opened:
        try:
            return intake.inspect(File(opened)).format
        except intake.IntakeError as error:
            return type(error).__name__


def in_the_child(path: Path) -> str:
    """What the measuring child reads of a file beside its pixels; it holds the whole file, which counts here."""
    data = path.read_bytes()
    header = read_header(data)
    read_facts(data)
    read_orientation(data)
    luminance_steps(data)
    if header is None or header.format != "JPEG":
        return header.format if header else "unreadable"
    return f"JPEG of {scans(data, header, most=SCANS_MAX)} scans"


READERS: Final = {"door": at_the_door, "child": in_the_child}


def costs(files: Iterable[hostile.HostileFile], folder: Path) -> Iterator[Cost]:
    """Let each reader have each file. The first one is read twice, so that it does not pay for what is made once."""
    path = folder / "photo"
    is_warm = False
    for file in files:
        path.write_bytes(file.make())
        for reader in READERS:
            if not is_warm:
                cost_of(file.name, path, reader)
            yield cost_of(file.name, path, reader)
        is_warm = True


def cost_of(name: str, path: Path, reader: str) -> Cost:
    """CPU time and growth of this process while it reads a file."""
    gc.collect()
    _settle()
    held_mb = _status_mb("VmHWM")
    began = time.process_time()
    answer = READERS[reader](path)
    ms = 1e3 * (time.process_time() - began)
    return Cost(name, reader, path.stat().st_size / 1e3, ms, _status_mb("VmHWM") - held_mb, answer)


def _settle() -> None:
    """Set the high-water mark to what is held now."""
    Path("/proc/self/clear_refs").write_text("5")


def _status_mb(name: str) -> float:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1]) / 1e3


def main() -> None:
    settings.configure(PHOTO_MAX_BYTES=PHOTO_MAX_BYTES)
    with TemporaryDirectory() as folder:
        found = list(costs(hostile.hostile_files(), Path(folder)))
    print("\n".join(map(str, found)))
    exceeding = [cost for cost in found if not cost.is_within]
    for reader in READERS:
        own = [cost for cost in found if cost.reader == reader]
        slowest, largest = max(own, key=lambda cost: cost.ms), max(own, key=lambda cost: cost.mb)
        print(f"\n{reader}: {len(own)} files in {sum(cost.ms for cost in own):.0f} ms")
        print(f"  slowest: {slowest.ms:.1f} of {MOST_MS:.0f} ms, {slowest.name}")
        print(f"  largest: {largest.mb:.1f} of {MOST_MB:.0f} MB, {largest.name}")
    print(f"{len(exceeding)} exceed a limit.")
    sys.exit(bool(exceeding))


if __name__ == "__main__":
    main()
