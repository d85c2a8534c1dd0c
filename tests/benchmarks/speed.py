"""What measuring costs, as a ratio to decoding the luminance of the same files in the same run.

    python -m tests.benchmarks.speed [--sensor full|demo] [--photos 9] [--rounds 3]

CPU seconds of this process; imports and the first call are apart. The cold total of the command stands beside.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from analysis.charts.design import chart_design
from analysis.frames import read_frame
from analysis.measure import PhotoSource, measure_series
from analysis.synthetic import LENSES, Scene, Series, render_series
from analysis.synthetic.series import F_NUMBERS

START = "from lensdb.tool.cli import main; main()"
SENSORS = {"demo": (3000, 2000), "full": (6000, 4000)}


def render(folder: Path, sensor: str, photos: int) -> list[PhotoSource]:
    """A series whose files are as large as a camera's."""
    width, height = SENSORS[sensor]
    scene = Scene(chart_design("A4"), width_px=width, height_px=height, full_well_electrons=12_000, jpeg_quality=95)
    render_series(Series(scene, LENSES["canon-ef-50-1.2"], F_NUMBERS[:photos]), folder)
    return [PhotoSource(path.name, path.read_bytes()) for path in sorted(folder.glob("*.JPG"))]


def cpu_seconds(work: Callable[[], object], rounds: int) -> float:
    """Median CPU time of a piece of work, the first call left out."""
    work()
    times = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return median(times)


def cold_command_seconds(folder: Path) -> float:
    """CPU time of `lensdb measure` from a cold start, imports and all."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", START, "measure", str(folder), "--quiet"], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sensor", choices=sorted(SENSORS), default="full")
    parser.add_argument("--photos", type=int, default=9)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with TemporaryDirectory() as name:
        folder = Path(name)
        photos = render(folder, arguments.sensor, arguments.photos)
        data = [photo.read() for photo in photos]
        decode = cpu_seconds(lambda: [read_frame(one) for one in data], arguments.rounds)
        bare = cpu_seconds(lambda: measure_series(photos), arguments.rounds)
        reel = cpu_seconds(lambda: measure_series(photos, pictures=lambda *_: None), arguments.rounds)
        cold = cold_command_seconds(folder)
    megabytes = sum(map(len, data)) / len(data) / 1e6
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(photos)} photos of {megabytes:.1f} MB, CPU seconds of the series")
    for what, seconds in (
        ("decode luminance", decode),
        ("measure", bare),
        ("measure with reel", reel),
        ("cold command", cold),
    ):
        print(f"  {what:<20}{seconds:8.2f}   {seconds / decode:5.2f} x decode")
    print(f"  peak memory of this process {memory_mb:.0f} MB")


if __name__ == "__main__":
    main()
