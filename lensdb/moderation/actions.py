"""Decisions about series and appointments of people; each leaves an audit event in the same transaction."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Subquery

from analysis.results import SeriesResult
from lensdb.accounts.models import User
from lensdb.measurements.models import SeriesMeasurement, ShownVersion
from lensdb.moderation import roles, rules
from lensdb.moderation.enums import STANDING_AFTER, Reason, Verdict
from lensdb.moderation.models import AuditEvent, Decision
from lensdb.submissions import actions as submissions
from lensdb.submissions.enums import Standing
from lensdb.submissions.models import Series
from lensdb.submissions.queries import series_to_measure


class ModerationError(Exception):
    """A decision that cannot be made; the message is a sentence for the person who tried."""


class NotAllowedError(ModerationError):
    """The person may not decide."""


class NotDecidableError(ModerationError):
    """The series is a draft, withdrawn, or not measured yet."""


class ReasonMissingError(ModerationError):
    """Holding and rejecting need a reason."""


def accept(*, series: Series, by: User, reason: str = Reason.NONE, note: str = "") -> Decision:
    """Publish a series."""
    return decide(series=series, by=by, verdict=Verdict.ACCEPT, reason=reason, note=note)


def hold(*, series: Series, by: User, reason: str, note: str = "") -> Decision:
    """Hide a series until somebody has looked closer."""
    return decide(series=series, by=by, verdict=Verdict.HOLD, reason=reason, note=note)


def reject(*, series: Series, by: User, reason: str, note: str = "") -> Decision:
    """Hide a series for good; deciding again undoes it."""
    return decide(series=series, by=by, verdict=Verdict.REJECT, reason=reason, note=note)


def decide(*, series: Series, by: User, verdict: Verdict, reason: str, note: str) -> Decision:
    """A person's decision, whatever it is.

    Raises
    ------
    NotAllowedError, NotDecidableError, ReasonMissingError
    """
    if not by.is_moderator:
        raise NotAllowedError("Only moderators decide about series.")
    with transaction.atomic():
        locked = Series.objects.select_for_update(of=("self",)).select_related("lens_copy").get(pk=series.pk)
        check(series=locked, verdict=verdict, reason=reason)
        decision = _write(locked, verdict=verdict, reason=reason, note=note, by=by)
    series.standing = locked.standing
    return decision


def check(*, series: Series, verdict: Verdict, reason: str) -> None:
    """Raise what `decide` would raise about the series and the reason."""
    if series.submitted_at is None:
        raise NotDecidableError("This series is a draft; its owner has not submitted it.")
    if series.standing == Standing.WITHDRAWN:
        raise NotDecidableError("This series was withdrawn by its owner.")
    if verdict == Verdict.ACCEPT and not series.measurements.exists():
        raise NotDecidableError("This series has not been measured, so there is nothing to publish.")
    if verdict != Verdict.ACCEPT and not reason:
        raise ReasonMissingError("Say why: holding and rejecting need a reason.")


@transaction.atomic
def settle(*, measurement: SeriesMeasurement) -> Decision | None:
    """Let the suspicion rules say what happens to a measured series; None when it waits for a moderator.

    What a person has decided stands: rules speak only where rules have spoken before, or nobody. A series that is
    measured again by a version not yet shown may be held at once for what that version found, but is not published on
    its word: the pages would then show the older result, which it may have been held for.
    """
    series = series_to_measure().select_for_update(of=("self",)).get(pk=measurement.series_id)
    return settle_locked(series=series, measurement=measurement, result=SeriesResult.from_json(measurement.result))


def settle_locked(*, series: Series, measurement: SeriesMeasurement, result: SeriesResult) -> Decision | None:
    """`settle` for a caller that holds the lock of the series' row in a transaction, and has the result at hand."""
    decisions = list(series.decisions.values_list("by", "verdict", "rule"))
    if series.standing == Standing.WITHDRAWN or any(by is not None for by, _, _ in decisions):
        return None
    judgement = rules.judge(series=series, result=result, facts=list(series.photos.values_list("facts", flat=True)))
    if judgement.verdict is None:
        return None
    if judgement.verdict == Verdict.ACCEPT:
        if _only_measured_again(measurement):
            return None
    elif decisions and decisions[0][1:] == (judgement.verdict, judgement.rule):
        return None  # said before
    return _write(series, verdict=judgement.verdict, reason=judgement.reason, note=judgement.note, rule=judgement.rule)


def _only_measured_again(measurement: SeriesMeasurement) -> bool:
    """Whether the pages show another version's result of the series."""
    shown = Subquery(ShownVersion.objects.values("version")[:1])
    others = SeriesMeasurement.objects.filter(series=measurement.series_id).exclude(pk=measurement.pk)
    return others.filter(analysis_version=shown).exists()


@transaction.atomic
def withdraw(*, series: Series, by: User) -> Series:
    """An owner takes a series back; the act is recorded like every other that changes what is shown."""
    before = series.standing
    withdrawn = submissions.withdraw(by=by, series=series)
    AuditEvent.objects.create(
        kind="series.withdraw", target=str(series), old=before, new=withdrawn.standing, who=by.email
    )
    return withdrawn


@transaction.atomic
def trust(*, user: User, by: User, trusted: bool) -> User:
    """Say whether somebody's new series are published without a moderator."""
    if not by.is_moderator:
        raise NotAllowedError("Only moderators say who is trusted.")
    before, user.trusted = user.trusted, trusted
    user.save(update_fields=["trusted"])
    AuditEvent.objects.create(kind="user.trust", target=user.email, old=str(before), new=str(trusted), who=by.email)
    return user


@transaction.atomic
def appoint_moderator(*, user: User, by: str) -> User:
    """Make somebody a moderator who may enter the admin. `by` says who did it, as text: often a command."""
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    user.groups.add(roles.moderators())
    AuditEvent.objects.create(kind="user.moderator", target=user.email, old="photographer", new="moderator", who=by)
    return user


def _write(
    series: Series, *, verdict: Verdict, reason: str, note: str, by: User | None = None, rule: str = ""
) -> Decision:
    """Decision, audit event, standing and stale mark: the caller holds the row's lock in a transaction."""
    before, series.standing = series.standing, STANDING_AFTER[verdict]
    series.save(update_fields=["standing"])
    decision = Decision.objects.create(series=series, verdict=verdict, reason=reason, note=note, by=by, rule=rule)
    AuditEvent.objects.create(
        kind=f"series.{verdict}",
        target=str(series),
        old=before,
        new=" ".join(filter(None, [series.standing, reason])),
        who=by.email if by else f"rule {rule}",
    )
    submissions.mark_stale(series=series)
    return decision
