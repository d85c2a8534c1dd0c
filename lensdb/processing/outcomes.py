"""From the end of a task to the end, or another try, of its job."""

from __future__ import annotations

import logging

from django.db import DataError, IntegrityError

from analysis.results import SeriesResult
from lensdb.measurements.actions import ResultIncompleteError
from lensdb.processing import actions
from lensdb.processing.actions import Claim, MeasuredBeforeError
from lensdb.processing.cluster import Handle, TaskTroubleError, WorkerDiedError
from lensdb.processing.failures import FAILURES, FailureKind
from lensdb.processing.tasks import Work, kept_pictures, renamed, reworded
from lensdb.processing.worker import Report

log = logging.getLogger("lensdb.dispatch")


def write_down(claim: Claim, handle: Handle, work: Work) -> None:
    """Write what became of a task.

    Raises
    ------
    TaskLostError
        When the cluster forgot it; then nothing is written.
    """
    try:
        report = Report(**handle.report())
    except WorkerDiedError:
        held = actions.again(claim=claim, failure=FAILURES["worker_lost"], alone=True)
        say("worker died, again alone", claim, held=held)
    except (TaskTroubleError, TypeError) as error:
        held = actions.again(claim=claim, failure=FAILURES["worker_trouble"])
        say("worker trouble", claim, held=held, error=str(error))
    else:
        _write_report(claim, work, report)


def say(event: str, claim: Claim, **facts: object) -> None:
    """One line of the log: what happened to which series in which attempt."""
    told = {"event": event, "series": claim.series_id, "job": claim.job_id, "attempt": claim.attempt} | facts
    log.info(" ".join(f"{name}={value!r}" for name, value in told.items()))


def _write_report(claim: Claim, work: Work, report: Report) -> None:
    """A result, or a failure; a result that cannot be recorded is a failure of this series and stops no other."""
    if report.result is None:
        _write_failure(claim, work, report)
        return
    try:
        held = actions.finish(
            claim=claim,
            result=renamed(SeriesResult.from_json(report.result), work.file_names),
            pictures=kept_pictures(report.pictures),
            cpu_seconds=report.cpu_seconds,
        )
        say("measured", claim, held=held, cpu_seconds=round(report.cpu_seconds, 2))
    except MeasuredBeforeError as error:
        _write_failure(claim, work, Report(failure="worker_outdated", detail=f"measured by {error}"))
    except ResultIncompleteError as error:
        _write_failure(claim, work, Report(failure=f"no_{error.missing.replace(' ', '_')}", detail=str(error)))
    except (ValueError, DataError, IntegrityError) as error:
        log.exception("event=%r job=%d series=%d", "result refused", claim.job_id, claim.series_id)
        _write_failure(claim, work, Report(failure="measuring_failed", detail=str(error)))


def _write_failure(claim: Claim, work: Work, report: Report) -> None:
    failure = FAILURES.get(report.failure, FAILURES["measuring_failed"])
    if failure.kind is FailureKind.PASSING:
        held = actions.again(claim=claim, failure=failure)
    else:
        held = actions.fail(claim=claim, failure=failure, sentence=reworded(report.sentence, work.file_names))
    say("failed", claim, held=held, code=failure.code, detail=report.detail)
