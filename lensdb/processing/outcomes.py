"""From the end of a task to the end, or another try, of its job."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import DataError, IntegrityError

from analysis.results import SeriesResult
from lensdb.measurements.actions import ResultIncompleteError
from lensdb.processing import actions
from lensdb.processing.actions import Claim, Finished, MeasuredBeforeError
from lensdb.processing.cluster import Handle, TaskLostError, TaskTroubleError, WorkerDiedError
from lensdb.processing.failures import FAILURES, MACHINES, FailureKind
from lensdb.processing.tasks import Work, kept_pictures, renamed, reworded
from lensdb.processing.worker import Report

log = logging.getLogger("lensdb.dispatch")


@dataclass(frozen=True, slots=True)
class Flight:
    """One series that was handed out, under the key the cluster knows it by."""

    key: str
    handle: Handle
    work: Work


@dataclass(frozen=True, slots=True)
class Written:
    """What came of tasks that were over.

    `lost`: the cluster forgot them, and nothing was written. `machine_trouble`: what a machine of the cluster lacks, so
    that series wait; empty when there is nothing of that kind.
    """

    lost: Mapping[Claim, TaskLostError]
    machine_trouble: str = ""


def write_down(over: Mapping[Claim, Flight]) -> Written:
    """Write what became of tasks that are over, the results all at once."""
    lost, finished, machine_trouble = {}, [], ""
    for claim, flight in over.items():
        try:
            report = Report(**flight.handle.report())
        except TaskLostError as error:
            lost[claim] = error
        except WorkerDiedError:
            held = actions.again(claim=claim, failure=FAILURES["worker_lost"], alone=True)
            say("worker died, again alone", claim, held=held)
        except (TaskTroubleError, TypeError) as error:
            held = actions.again(claim=claim, failure=FAILURES["worker_trouble"])
            say("worker trouble", claim, held=held, error=str(error))
        else:
            if report.failure in MACHINES:
                machine_trouble = MACHINES[report.failure]
                held = actions.postpone(claim=claim)
                say("waits for a machine", claim, held=held, code=report.failure, detail=report.detail)
            else:
                finished += _finished(claim, flight.work, report)
    if finished:
        _write_results(finished, over)
    return Written(lost, machine_trouble)


def say(event: str, claim: Claim, **facts: object) -> None:
    """One line of the log: what happened to which series in which attempt."""
    told = {"event": event, "series": claim.series_id, "job": claim.job_id, "attempt": claim.attempt} | facts
    log.info(" ".join(f"{name}={value!r}" for name, value in told.items()))


def _finished(claim: Claim, work: Work, report: Report) -> list[Finished]:
    """The result, if it is one; a failure is written down here."""
    if report.result is None:
        _write_failure(claim, work, report)
        return []
    try:
        result = renamed(SeriesResult.from_json(report.result), work.file_names)
    except ValueError as error:
        _write_refusal(claim, work, error)
        return []
    return [Finished(claim, result, kept_pictures(report.pictures), report.cpu_seconds)]


def _write_results(finished: Sequence[Finished], flights: Mapping[Claim, Flight]) -> None:
    """All in one transaction; if that is refused each in its own, so that one refused stops no other."""
    try:
        held = actions.finish(finished=finished)
    except (MeasuredBeforeError, ValueError, DataError, IntegrityError) as error:
        if len(finished) == 1:
            _write_refusal(finished[0].claim, flights[finished[0].claim].work, error)
        else:
            for one in finished:
                _write_results([one], flights)
    else:
        for one in finished:
            say("measured", one.claim, held=one.claim in held, cpu_seconds=round(one.cpu_seconds, 2))


def _write_refusal(claim: Claim, work: Work, error: Exception) -> None:
    """A result that cannot be recorded is a failure of its series."""
    if isinstance(error, MeasuredBeforeError):
        report = Report(failure="worker_outdated", detail=f"measured by {error}")
    elif isinstance(error, ResultIncompleteError):
        report = Report(failure=f"no_{error.missing.replace(' ', '_')}", detail=str(error))
    else:
        log.error("event=%r job=%d series=%d", "result refused", claim.job_id, claim.series_id, exc_info=error)
        report = Report(failure="measuring_failed", detail=str(error))
    _write_failure(claim, work, report)


def _write_failure(claim: Claim, work: Work, report: Report) -> None:
    failure = FAILURES.get(report.failure, FAILURES["measuring_failed"])
    if failure.kind is FailureKind.PASSING:
        held = actions.again(claim=claim, failure=failure)
    else:
        held = actions.fail(claim=claim, failure=failure, sentence=reworded(report.sentence, work.file_names))
    say("failed", claim, held=held, code=failure.code, detail=report.detail)
