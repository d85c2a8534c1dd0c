"""The story of the test. Started by ``deploy/topology-test``, inside namespaces of its own."""

from __future__ import annotations

import argparse
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from deploy.topology import backlog, checks
from deploy.topology.network import mount_tmpfs
from deploy.topology.report import Report
from deploy.topology.site import ADDRESS, OUTSIDE, Site, TopologyError
from deploy.topology.supervision import copied

WORK: Final = Path("/mnt")
"""Covered by memory that only the test's namespaces see: not even ``kill -9`` leaves a file behind."""

_ENDED: Final = "SELECT count(*) FROM processing_job WHERE state IN ('done', 'failed')"
_LEFT: Final = "SELECT count(*) FROM processing_job WHERE state NOT IN ('done', 'failed')"
_IN_FLIGHT: Final = "SELECT count(*) FROM processing_job WHERE state = 'claimed'"


def main() -> int:
    """The command; 0 when everything that was checked holds."""
    parser = argparse.ArgumentParser(prog="deploy/topology-test", description=__doc__)
    parser.add_argument("--series", type=int, default=16, help="rendered; each of three photographers sends all. 16")
    parser.add_argument("--keep", type=Path, help="a folder for the logs")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))
    for folder in (WORK, Path("/run")):
        mount_tmpfs(folder)
    try:
        return run(asked.series, asked.keep)
    except TopologyError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def run(n_series: int, keep: Path | None) -> int:
    """Make the site, run the backlog through it, and judge."""
    report = Report()
    site = Site(WORK)
    site.prepare()
    report.say(f"{len(site.network.addresses)} hosts on {len(site.network.bridges)} networks")
    with site.supervision:
        try:
            story(site, report, n_series)
        finally:
            if keep is not None:
                copied(site.supervision.log, keep)
    return report.ended()


def story(site: Site, report: Report, n_series: int) -> None:
    """Everything, in order."""
    open_the_site(site, report)
    folders = backlog.render(site.places.work / "photos", n_series)
    report.say(f"{n_series} series rendered")
    first = n_series // 2
    send(site, folders[:first])
    report.say(f"{first * len(backlog.PHOTOGRAPHERS)} series sent, nothing measures yet")
    site.supervision.start("scheduler", *site.services["worker"].hosts())
    site.wait("the workers", lambda: _workers(site) == 2, host="worker-1")
    checks.reach(site, report)
    checks.dask_is_closed(site, report)
    checks.workers_hold_nothing(site, report)
    checks.database_is_closed(site, report)
    report.say("who reaches whom and who may do what is checked")
    site.supervision.start("dispatch", "cells")
    wait_for_finishes(site, 3)
    report.say("the backlog moves")
    cut_off_a_worker(site, report)
    with ThreadPoolExecutor(1) as meanwhile:
        sending = meanwhile.submit(send, site, folders[first:])
        cut_off_the_dispatcher(site, report)
        sending.result()
    report.say("the rest is sent")
    settle(site, report, n_series * len(backlog.PHOTOGRAPHERS))
    checks.proxy_keeps_the_door(site, report)
    drill(site, report)


def open_the_site(site: Site, report: Report) -> None:
    """Database, migrations, web and proxy, in the order compose has them; and the people."""
    supervision = site.supervision
    supervision.start("postgres")
    site.wait("PostgreSQL", lambda: site.database.may("web", "SELECT 1"), host="postgres")
    supervision.start("migrate")
    site.wait("the migrations", lambda: supervision.pid("migrate") == 0, host="migrate")
    if "may do what this version needs" not in supervision.tail("migrate"):
        raise TopologyError(supervision.tail("migrate"))
    supervision.start("web")
    site.wait("the web", lambda: site.is_well("web", "web"), host="web")
    supervision.start("proxy")
    known_to_both = "/run/secrets/metrics_token"  # it serves as a password here
    made = site.once("web", "python", "-m", "deploy.topology.people", known_to_both, *backlog.PHOTOGRAPHERS)
    if made.returncode:
        raise TopologyError(made.stderr)
    report.say("postgres, migrate, web and proxy run; three photographers have accounts")


def send(site: Site, folders: list[Path]) -> None:
    """Every photographer sends every folder, from outside, through the proxy."""
    for person in backlog.PHOTOGRAPHERS:
        environment = {
            "SSL_CERT_FILE": str(site.places.secrets / "site-ca.pem"),
            "XDG_CONFIG_HOME": str(site.places.work / "config"),
        }
        words = ["-m", "deploy.topology.photographer", ADDRESS, str(site.places.secrets / "metrics_token"), person]
        done = site.on(OUTSIDE, sys.executable, *words, *map(str, folders), environment=environment)
        if done.returncode:
            raise TopologyError(f"{person} could not send:\n{done.stdout[-1000:]}{done.stderr[-2000:]}")


def wait_for_finishes(site: Site, more: int) -> float:
    """Wait until so many more jobs have come to their end."""
    ended = site.database.number(_ENDED)

    def arrived() -> bool:
        return site.database.number(_ENDED) >= ended + more

    return site.wait(f"{more} more finished series", arrived, host="dispatch")


def cut_off_a_worker(site: Site, report: Report) -> None:
    """Pull the plug of a worker's host while it measures; the others go on; it comes back by itself."""
    away = "worker-2"
    report.check("something is in flight at the cut", wanted=True, found=site.database.number(_IN_FLIGHT) > 0)
    site.network.cut(away)
    report.say(f"{away} is cut off")
    seconds = wait_for_finishes(site, 4)
    report.say(f"4 more were measured without it in {seconds:.1f} s")
    seconds = site.wait("the scheduler giving it up", lambda: _workers(site) == 1)
    report.say(f"the scheduler gave it up {seconds:.1f} s later")
    seconds = site.wait("what it held", lambda: site.database.number(_LEFT) == 0, host="dispatch")
    report.say(f"what it held was measured elsewhere {seconds:.1f} s after that")
    site.network.heal(away)
    seconds = site.wait("the worker", lambda: _workers(site) == 2, host=away)
    report.check("workers after healing", wanted=2, found=_workers(site))
    report.say(f"{away} is back {seconds:.1f} s after its link")


def cut_off_the_dispatcher(site: Site, report: Report) -> None:
    """Pull the plugs of the dispatcher's host for longer than its leases last."""
    wait_for_finishes(site, 3)
    in_flight = site.database.number(_IN_FLIGHT)
    report.check("something is in flight when the dispatcher is cut off", wanted=True, found=in_flight > 0)
    site.network.cut("dispatch")
    ended = site.database.number(_ENDED)
    report.say(f"the dispatcher is cut off from scheduler and database; {in_flight} in flight")
    lapsed = "SELECT count(*) FROM processing_job WHERE state = 'claimed' AND lease_until >= now()"
    site.wait("its leases lapsing", lambda: site.database.number(lapsed) == 0)
    report.check("finished while nobody could write", wanted=ended, found=site.database.number(_ENDED))
    site.wait("the site saying so", lambda: "no_dispatcher" in site.health())
    report.check("the site says that nobody dispatches", wanted="no_dispatcher", found=site.health())
    sent = "SELECT count(*) FROM processing_job WHERE state = 'queued' AND attempt = 0"
    report.check("web takes series meanwhile", wanted=True, found=site.database.number(sent) > 0)
    site.network.heal("dispatch")
    report.say(f"it is back; finished again after {wait_for_finishes(site, 1):.1f} s")


def settle(site: Site, report: Report, n_sent: int) -> None:
    """Wait for the end of the backlog and of the cells; then let SQL judge."""
    seconds = site.wait("the end of the backlog", lambda: site.database.number(_LEFT) == 0, host="dispatch")
    report.say(f"the backlog is empty after another {seconds:.1f} s")
    marks = "SELECT count(*) FROM submissions_stalecopy"
    site.wait("the cells", lambda: site.database.number(marks) == 0, host="cells")
    found = site.database.judged()
    again = found.pop("handed out more than once")
    ends = dict.fromkeys(found, 0) | dict.fromkeys(("series submitted", "series measured", "jobs done"), n_sent)
    for finding, number in found.items():
        report.check(finding, wanted=ends[finding], found=number)
    report.say(f"{again} series were handed out more than once, and recorded once")
    report.check("the site calls itself healthy", wanted="healthy", found=site.health())
    compared = site.once("cells", "python", "manage.py", "rebuild_cells", "--check")
    report.check("cells equal a rebuild", wanted=True, found=compared.returncode == 0)


def drill(site: Site, report: Report) -> None:
    """Back the site up, restore it into another server, compare."""
    done = site.once("backup", "python", "deploy/backup.py", "/srv/backup")
    report.check("the backup is taken", wanted=True, found=done.returncode == 0)
    report.say(done.stdout.strip() or done.stderr[-500:])
    done = site.once("backup", "python", "-m", "deploy.drill", "/srv/backup")
    report.check("the restored site equals the one that runs", wanted=True, found=done.returncode == 0)
    for line in (done.stdout + done.stderr[-500:]).splitlines():
        report.say(line)


def _workers(site: Site) -> int:
    """How many workers the scheduler has, asked by somebody of its zone."""
    asked = site.once("dispatch", "python", "-m", "deploy.topology.workers")
    return int(asked.stdout) if asked.returncode == 0 else -1


if __name__ == "__main__":
    sys.exit(main())
