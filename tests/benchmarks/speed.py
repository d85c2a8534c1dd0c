"""What measuring costs: every limit of the project, held against what was seen in this run.

    python -m tests.benchmarks.speed [--rounds 3] [--only time|memory]

Time is CPU time of one core with imports and the first call apart, as a ratio to decoding the luminance of the same
files in the same run. Memory is the peak of a fresh process that measures one series, as `lensdb measure` does.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np
import simplejpeg
from PIL import Image

from analysis.charts.design import chart_design
from analysis.frames import read_frame
from analysis.measure import MeasureOptions, PhotoSource, measure_series
from analysis.synthetic import LENSES, Processing, Scene, Series, render_series
from analysis.synthetic.series import F_NUMBERS

START = "from lensdb.tool.cli import main; main()"
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
PHOTOS = 9
WIDTH_PX, HEIGHT_PX = 6000, 4000
LARGE_PX = 14_160, 10_620
"""150 megapixels, the largest sensors there are."""


@dataclass(frozen=True)
class Limit:
    """One line of the report."""

    what: str
    seen: float
    allowed: float
    unit: str

    def __str__(self) -> str:
        verdict = "holds" if self.seen <= self.allowed else "MISSED"
        return f"  {self.what:<66}{self.seen:8.2f}{self.allowed:8.2f} {self.unit:<9}{verdict}"


def render(folder: Path) -> list[PhotoSource]:
    """A series whose files are as large as a camera's: a mosaic's noise at ISO 1600, fine quality."""
    scene = Scene(
        chart_design("A4"),
        width_px=WIDTH_PX,
        height_px=HEIGHT_PX,
        iso=1600,
        jpeg_quality=97,
        processing=Processing(mosaic=True, sharpening=0.5),
    )
    lens = replace(LENSES["canon-ef-50-1.2"], axial_colour_um=(8.0, -6.0))
    render_series(Series(scene, lens, F_NUMBERS[:PHOTOS]), folder)
    return photos_in(folder)


def photos_in(folder: Path) -> list[PhotoSource]:
    return [PhotoSource(path.name, path.read_bytes()) for path in sorted(folder.glob("*.JPG"))]


def enlarged(photo: PhotoSource) -> bytes:
    """The photo with so many pixels as the largest sensors have; its pixels are smaller by as much."""
    with Image.open(io.BytesIO(photo.read())) as image:
        exif = image.getexif()
        picture = np.asarray(image.resize(LARGE_PX, Image.Resampling.BILINEAR))
    details = exif.get_ifd(0x8769)
    details[0xA002], details[0xA003] = LARGE_PX
    for tag in (0xA20E, 0xA20F):
        details[tag] = float(details[tag]) * LARGE_PX[0] / WIDTH_PX
    data = simplejpeg.encode_jpeg(np.ascontiguousarray(picture), quality=92, colorsubsampling="422")
    block = exif.tobytes()
    after_jfif = 4 + int.from_bytes(data[4:6], "big")
    return data[:2] + b"\xff\xe1" + (len(block) + 2).to_bytes(2, "big") + block + data[after_jfif:]


def cpu_seconds(work: Callable[[], object], rounds: int) -> float:
    """Median CPU time of a piece of work, the first call left out."""
    work()
    times = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return median(times)


def cold_command(folder: Path) -> tuple[float, float]:
    """(CPU seconds, peak memory in MB) of `lensdb measure` from a cold start, imports and all."""
    script = (
        "import json, resource, subprocess, sys;"
        "subprocess.run([sys.executable, '-c', sys.argv[1], 'measure', sys.argv[2], '--quiet'], check=True);"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN);"
        "print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))"
    )
    environment = os.environ | ONE_THREAD
    done = subprocess.run(
        [sys.executable, "-c", script, START, str(folder)], check=True, capture_output=True, env=environment
    )
    seconds, megabytes = json.loads(done.stdout)
    return seconds, megabytes


def time_limits(photos: list[PhotoSource], folder: Path, rounds: int) -> list[Limit]:
    """Ratios to decoding; what a frame costs is the difference between nine and five."""
    plain, colour = MeasureOptions(colour=False), MeasureOptions()
    data = [photo.read() for photo in photos]
    few = [photo for photo in photos if photo is not photos[1] and photo is not photos[3]][:5]
    decode = cpu_seconds(lambda: [read_frame(one) for one in data], rounds)
    bare = cpu_seconds(lambda: measure_series(photos, plain), rounds)
    part = cpu_seconds(lambda: measure_series(few, plain), rounds)
    full = cpu_seconds(lambda: measure_series(photos, colour), rounds)
    reel = cpu_seconds(lambda: measure_series(photos, colour, pictures=lambda *_: None), rounds)
    cold, _ = cold_command(folder)
    megabytes = sum(map(len, data)) / len(data) / 1e6
    print(f"{len(photos)} photos of 24 megapixels, {megabytes:.1f} MB each; decoding takes {decode:.2f} s of CPU")
    for what, seconds in (("measured", bare), ("in colour", full), ("with reel", reel), ("cold command", cold)):
        print(f"  {what:<20}{seconds:8.2f} s   {seconds / decode:5.2f} x decode")
    per_decode = decode / len(photos)
    frame = (bare - part) / (len(photos) - len(few))
    return [
        Limit("a frame more", frame / per_decode, 2.0, "x decode"),
        Limit("a series of 9 less 0.6 s", (bare - 0.6) / decode, 2.0, "x decode"),
        Limit("the same in colour", full / bare, 1.5, "x"),
    ]


def memory_limits(photos: list[PhotoSource], folder: Path) -> list[Limit]:
    """Peaks of fresh processes, in colour."""
    _, ordinary = cold_command(folder)
    large = folder / "large"
    large.mkdir()
    for photo in photos[::2]:
        (large / photo.name).write_bytes(enlarged(photo))
    _, most = cold_command(large)
    return [
        Limit("memory of a process, 9 photos of 24 megapixels in colour", ordinary, 400.0, "MB"),
        Limit("memory of a process, 5 photos of 150 megapixels in colour", most, 1500.0, "MB"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=("time", "memory"))
    arguments = parser.parse_args()
    limits = []
    with TemporaryDirectory() as name:
        folder = Path(name)
        photos = render(folder)
        if arguments.only != "memory":
            limits += time_limits(photos, folder, arguments.rounds)
        if arguments.only != "time":
            limits += memory_limits(photos, folder)
    print(f"\n  {'limit':<66}{'seen':>8}{'allowed':>8}")
    print("\n".join(map(str, limits)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\n(This process, which also rendered the photos, used {peak:.0f} MB.)")


if __name__ == "__main__":
    main()
