"""What the benchmarks share: jobs in two processes, finished ones kept, photos rendered once.

Records are lines of JSON in ``var/benchmarks``. Each carries a fingerprint of the measuring code, and one made by other
code is made again; photos carry one of the series they are of.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import analysis
from analysis.charts.design import chart_design
from analysis.measure import PhotoSource
from analysis.synthetic import Series, render_series
from analysis.synthetic.series import TRUTH_FILE

FOLDER: Final = Path("var/benchmarks")
SERIES_FILE: Final = "series.sha256"
RENDERER: Final = 2
"""Changes whenever the same series gives other photos, so that those kept are made again."""
Record = dict[str, Any]


@dataclass(frozen=True)
class Job:
    """A piece of work under a name of its own; ``photos`` is the folder to keep photos in, if they are kept."""

    name: str
    photos: Path | None


def parser(description: str | None, *, n: int) -> argparse.ArgumentParser:
    """The options all benchmarks have."""
    made = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--n", type=int, default=n, help="number of series")
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--keep", type=Path, help=f"file of finished work (in {FOLDER} by default)")
    made.add_argument("--photos", type=Path, help="folder to keep photos in, so that they are rendered once only")
    made.add_argument("--render-only", action="store_true", help="render the photos into the folder and stop")
    made.add_argument("--processes", type=int, default=2)
    return made


def run(
    names: Iterable[str],
    work: Callable[[Job], Record],
    arguments: argparse.Namespace,
    *,
    keep: str,
    packages: tuple[str, ...] = (),
) -> list[Record]:
    """The records of all names in order; what an earlier run has finished is not done again.

    `packages` of `analysis` are what is tried, where it is not the measuring code.
    """
    names, code = list(names), code_fingerprint(packages)
    file = arguments.keep or FOLDER / f"{keep}.jsonl"
    done = {} if arguments.render_only else read_kept(file, code)
    jobs = [Job(name, arguments.photos) for name in names if name not in done]
    for record in _worked(jobs, work, arguments.processes):
        done[record["name"]] = record
        print(".", end="", flush=True)
        if not arguments.render_only:
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("a", encoding="utf-8") as kept:
                kept.write(json.dumps({**record, "code": code}) + "\n")
    return [done[name] for name in names]


def read_kept(file: Path, code: str) -> dict[str, Record]:
    """Records by name that this code has made; a line cut off is none."""
    kept: dict[str, Record] = {}
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else []:
        try:
            record = json.loads(line)
        except json.JSONDecodeError:
            continue
        if record.pop("code") == code:
            kept[record["name"]] = record
    return kept


def photos_of(series: Series, folder: Path | None) -> tuple[list[PhotoSource], Record]:
    """Photos and truth of a series, rendered unless the folder holds them already."""
    with TemporaryDirectory() as temporary:
        place = folder or Path(temporary)
        if not is_rendered(series, place):
            render_series(series, place)
            (place / SERIES_FILE).write_text(series_fingerprint(series), encoding="utf-8")
        truth = json.loads((place / TRUTH_FILE).read_text(encoding="utf-8"))
        return [PhotoSource(photo["file"], (place / photo["file"]).read_bytes()) for photo in truth["photos"]], truth


def is_rendered(series: Series, folder: Path) -> bool:
    """Whether a folder holds the photos of just this series; its name is written there last."""
    file = folder / SERIES_FILE
    return file.exists() and file.read_text(encoding="utf-8") == series_fingerprint(series)


def series_fingerprint(series: Series) -> str:
    """Changes with every parameter of a series; the layout of a chart goes by its name."""
    design = chart_design(series.scene.design.paper)
    text = f"{RENDERER} {repr(series).replace(repr(design), design.name)}"
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def code_fingerprint(packages: tuple[str, ...] = ()) -> str:
    """Changes with the code of these packages of `analysis`; of none, with the code that measures."""
    root = Path(analysis.__file__).parent
    of_package = {path: path.relative_to(root).parts[0] for path in sorted(root.rglob("*.py"))}
    files = [
        path
        for path, name in of_package.items()
        if (name in packages if packages else name not in {"synthetic", "copies", "statement", "advice.py"})
    ]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]


def _worked(jobs: Sequence[Job], work: Callable[[Job], Record], processes: int) -> Iterator[Record]:
    if processes < 2 or len(jobs) < 2:
        yield from map(work, jobs)
        return
    os.environ.update(dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1"))  # read when numpy is imported
    with get_context("spawn").Pool(processes) as pool:
        yield from pool.imap_unordered(work, jobs)
