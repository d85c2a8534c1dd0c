"""Decisions about series and appointments of people; each leaves an audit event in the same transaction."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Subquery

from analysis.results import SeriesResult
from lensdb.accounts.models import User
from lensdb.audit.actions import event, record, record_all
from lensdb.catalog.identify import Written
from lensdb.measurements.models import SeriesMeasurement, ShownVersion
from lensdb.moderation import roles, rules
from lensdb.moderation.enums import STANDING_AFTER, Reason, Verdict
from lensdb.moderation.models import Decision
from lensdb.submissions import actions as submissions
from lensdb.submissions.enums import Standing
from lensdb.submissions.models import Photo, Series
from lensdb.submissions.queries import series_to_measure


@dataclasses.dataclass(frozen=True, slots=True)
class Measured:
    """A series that was measured just now."""

    series: Series
    measurement: SeriesMeasurement
    result: SeriesResult


class ModerationError(Exception):
    """A decision that cannot be made; the message is a sentence for the person who tried."""


class NotAllowedError(ModerationError):
    """The person may not decide."""


class OwnAffairError(ModerationError):
    """The person has a stake in it: somebody else decides."""


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
    NotAllowedError, OwnAffairError, NotDecidableError, ReasonMissingError
    """
    if not by.is_moderator:
        raise NotAllowedError("Only moderators decide about series.")
    with transaction.atomic():
        locked = Series.objects.select_for_update(of=("self",)).select_related("lens_copy").get(pk=series.pk)
        check_not_own(series=locked, by=by)
        check(series=locked, verdict=verdict, reason=reason)
        decision = Decision(series=locked, verdict=verdict, reason=reason, note=note, by=by)
        _write([decision])
    series.standing = locked.standing
    return decision


def check_not_own(*, series: Series, by: User) -> None:
    """Raise `OwnAffairError` if the series is the moderator's own."""
    if series.owner_id == by.pk:
        raise OwnAffairError("This series is yours, so another moderator decides about it.")


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
    result = SeriesResult.from_json(measurement.result)
    decisions = settle_locked(measured=[Measured(series, measurement, result)])
    return decisions[0] if decisions else None


def settle_locked(*, measured: Sequence[Measured]) -> list[Decision]:
    """`settle` for a caller that holds the locks of the series' rows in a transaction, and has the results at hand."""
    series = [one.series for one in measured]
    before: dict[int, list[Decision]] = defaultdict(list)
    for decision in Decision.objects.filter(series__in=series):
        before[decision.series_id].append(decision)
    facts: dict[int, list[Written]] = defaultdict(list)
    for series_id, of_photo in Photo.objects.filter(series__in=series).values_list("series", "facts"):
        facts[series_id].append(of_photo)
    again = _only_measured_again([one.measurement for one in measured])
    decisions = []
    for one in measured:
        pk = one.series.pk
        if one.series.standing == Standing.WITHDRAWN or any(decision.is_persons for decision in before[pk]):
            continue
        judgement = rules.judge(series=one.series, result=one.result, facts=facts[pk])
        decisions += _said(one.series, judgement, before[pk], is_measured_again=pk in again)
    _write(decisions)
    return decisions


def _said(
    series: Series, judgement: rules.Judgement, before: Sequence[Decision], *, is_measured_again: bool
) -> list[Decision]:
    """The decision that follows from a judgement, or none; `before` are those made so far, the newest first."""
    if judgement.verdict is None:
        return []
    if judgement.verdict == Verdict.ACCEPT:
        if is_measured_again:
            return []
    elif before and (before[0].verdict, before[0].rule) == (judgement.verdict, judgement.rule):
        return []  # said before
    made = dataclasses.asdict(judgement)
    return [Decision(series=series, **made)]


def _only_measured_again(measurements: Sequence[SeriesMeasurement]) -> set[int]:
    """The series of which the pages show another version's result."""
    shown = Subquery(ShownVersion.objects.values("version")[:1])
    series = [measurement.series_id for measurement in measurements]
    others = SeriesMeasurement.objects.filter(series__in=series, analysis_version=shown)
    return set(others.exclude(pk__in=[one.pk for one in measurements]).values_list("series", flat=True))


@transaction.atomic
def withdraw(*, series: Series, by: User) -> Series:
    """An owner takes a series back; the act is recorded like every other that changes what is shown."""
    before = series.standing
    withdrawn = submissions.withdraw(by=by, series=series)
    record(
        kind="series.withdraw",
        actor=by,
        target=withdrawn,
        before={"standing": before},
        after={"standing": withdrawn.standing},
    )
    return withdrawn


@transaction.atomic
def trust(*, user: User, by: User, trusted: bool) -> User:
    """Say whether somebody's new series are published without a moderator."""
    if not by.is_moderator:
        raise NotAllowedError("Only moderators say who is trusted.")
    if user.pk == by.pk:
        raise OwnAffairError("Another moderator says whether you are trusted.")
    before, user.trusted = user.trusted, trusted
    user.save(update_fields=["trusted"])
    record(kind="user.trust", actor=by, target=user, before={"trusted": before}, after={"trusted": trusted})
    return user


@transaction.atomic
def appoint_moderator(*, user: User, by: User | str) -> User:
    """Make somebody a moderator who may enter the admin. `by` is an administrator or the code of a command.

    Raises
    ------
    NotAllowedError, OwnAffairError
    """
    if isinstance(by, User):
        if not by.is_superuser:
            raise NotAllowedError("Only administrators appoint moderators.")
        if user.pk == by.pk:
            raise OwnAffairError("Nobody appoints themselves; another administrator can.")
    before = {"staff": user.is_staff, "moderator": user.groups.filter(name=roles.MODERATORS).exists()}
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    user.groups.add(roles.moderators())
    record(kind="user.moderator", actor=by, target=user, before=before, after={"staff": True, "moderator": True})
    return user


def _write(decisions: Sequence[Decision]) -> None:
    """Decisions, audit events, standings and stale marks: the caller holds the locks of the series in a transaction."""
    events, shown = [], []
    for decision in decisions:
        before = decision.series.standing
        decision.series.standing = STANDING_AFTER[Verdict(decision.verdict)]
        events.append(
            event(
                kind=f"series.{decision.verdict}",
                actor=decision.by or f"rule:{decision.rule}",
                target=decision.series,
                before={"standing": before},
                after={"standing": decision.series.standing},
                reason=decision.reason,
            )
        )
        if Standing.PUBLISHED in {before, decision.series.standing}:
            shown.append(decision.series)
    series = [decision.series for decision in decisions]
    Series.objects.bulk_update(series, ["standing"])
    Decision.objects.bulk_create(decisions)
    record_all(events)
    submissions.mark_stale(series=shown)
