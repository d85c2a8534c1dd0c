"""Renders the community's photos with two processes side by side, once: what is there is not rendered again."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Final

import lensdb.tool  # noqa: F401 - keeps the linear algebra of the renderers to one thread each
from analysis.synthetic import render_series
from lensdb.demo.community import Planned

RENDERERS: Final = 2
DONE: Final = "truth.json"
"""Written last, so a folder that has it is complete."""


def rendered(plans: Sequence[Planned], folder: Path) -> Iterator[tuple[Planned, Path]]:
    """Each planned series with the folder of its photos, in the order in which they become ready."""
    waiting = []
    for plan in plans:
        if (folder / plan.name / DONE).exists():
            yield plan, folder / plan.name
        else:
            waiting.append(plan)
    if not waiting:
        return
    # Spawned, not forked: this process holds database connections and the embedded server's lock.
    context = multiprocessing.get_context("spawn")
    # A Ctrl-C in the terminal reaches the renderers too; they finish the series they are at, and no more are begun.
    pool = ProcessPoolExecutor(
        RENDERERS, mp_context=context, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN)
    )
    try:
        jobs = {pool.submit(_render, plan, folder / plan.name): plan for plan in waiting}
        for job in as_completed(jobs):
            yield jobs[job], job.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _render(plan: Planned, folder: Path) -> Path:
    render_series(plan.rendering(), folder)
    return folder
