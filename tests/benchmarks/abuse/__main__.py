"""`make benchmark-abuse`."""

from __future__ import annotations

import argparse
import contextlib
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import lensdb.tool  # noqa: F401 - keeps the linear algebra of the renderer to one thread
from tests.benchmarks.abuse import files, honest, report
from tests.benchmarks.abuse.attacker import attack
from tests.benchmarks.abuse.cast import N_ATTACKERS, Cast
from tests.benchmarks.abuse.figures import counted, moved, public_figures
from tests.benchmarks.abuse.host import Host, behind_proxy, without_proxy
from tests.benchmarks.abuse.readers import read
from tests.benchmarks.abuse.report import Phase, Seen
from tests.benchmarks.abuse.watch import Watch, size_bytes
from tests.benchmarks.running import FOLDER

UNDISTURBED_SECONDS: Final = 60.0
LOGS: Final = FOLDER / "abuse-log"
"""What the roles said last time; the site itself is thrown away."""
SENT_AT: Final = (0.1, 0.4, 0.7)
"""When the honest photographer begins a series, as parts of the attack."""
OWN_BYTES_TIMES: Final = 3
"""What the honest photographer may take of the disk: photos, photos on their way, and pictures made of them."""


def run(host: Host, cast: Cast, photos: list[bytes], folder: Path, *, seconds: float, seed: int) -> Seen:
    """Both phases, one after the other."""
    files.make(folder / "files", photos)
    before, held_bytes = public_figures(host, cast.public_lens), size_bytes(host.data)
    context = get_context("spawn")
    with ProcessPoolExecutor(N_ATTACKERS + 1, mp_context=context, max_tasks_per_child=1) as pool, Watch(host) as watch:
        reading = pool.submit(read, host, cast, min(UNDISTURBED_SECONDS, seconds))
        undisturbed = [honest.send(host, cast, photos, 0, folder / "series-0")]
        quiet = Phase(reading.result(), undisturbed)
        watch.phase = "disturbed"
        print("attacking ...", flush=True)
        began = time.monotonic()
        reading = pool.submit(read, host, cast, seconds)
        attacking = [
            pool.submit(attack, host, cast, number, folder / "files", seconds, seed) for number in range(N_ATTACKERS)
        ]
        sent = []
        for number, part in enumerate(SENT_AT, start=1):
            time.sleep(max(0.0, began + part * seconds - time.monotonic()))
            sent.append(honest.send(host, cast, photos, number, folder / f"series-{number}"))
            print(f"  series {number}: {report.told(sent[-1])}", flush=True)
        loud = Phase(reading.result(), sent)
        answers = sum((one.result() for one in attacking), Counter())
        after = public_figures(host, cast.public_lens)
        own = counted(host, cast)
    n_sent = sum(not one.problem for one in undisturbed + sent)
    own_bytes = OWN_BYTES_TIMES * sum(map(len, photos)) * (1 + len(sent))
    return Seen(
        undisturbed=quiet,
        disturbed=loud,
        answers=answers,
        moved=moved(before, after),
        counted=own,
        expected=(1, n_sent),
        grown_bytes=watch.peak_bytes - held_bytes,
        allowed_bytes=N_ATTACKERS * min(cast.bytes_a_day, cast.bytes_kept) + own_bytes,
        peak_mb=watch.peak_mb,
        died=watch.died,
    )


@contextlib.contextmanager
def logs_kept(host: Host) -> Iterator[None]:
    """Keep what the roles said, to look into what was missed."""
    try:
        yield
    finally:
        shutil.rmtree(LOGS, ignore_errors=True)
        shutil.copytree(host.data / "log", LOGS)
        print(f"what the roles said is in {LOGS}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.abuse", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="of the attack")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--photos", type=Path, help="folder to keep the photos in, so that they are rendered once only")
    parser.add_argument("--large", action="store_true", help="honest photos of 24 MP")
    parser.add_argument("--without-proxy", action="store_true", help="the demo's roles alone, and no slow connections")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # like Ctrl-C: what was started is ended
    photos = files.honest_photos(arguments.photos, large=arguments.large)
    with tempfile.TemporaryDirectory(prefix="lensdb-abuse-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        start = without_proxy if arguments.without_proxy else behind_proxy
        with start(folder) as (host, cast), logs_kept(host):
            seen = run(host, cast, photos, folder, seconds=60 * arguments.minutes, seed=arguments.seed)
    judged = list(report.goals(seen))
    print("\n".join([*report.tables(seen), "", *map(str, judged)]))
    sys.exit(not all(goal.holds for goal in judged))


if __name__ == "__main__":
    main()
