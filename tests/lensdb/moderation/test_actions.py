"""Decisions: what, why, who and when are one fact; each marks its specimen stale and leaves an audit event."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils import timezone

from analysis.flags import Quality
from lensdb.audit.models import Event
from lensdb.moderation import actions
from lensdb.moderation.enums import Reason
from lensdb.moderation.models import Decision
from lensdb.submissions.enums import Standing
from lensdb.submissions.models import Series, StaleCopy
from tests.factories.accounts import ModeratorFactory, UserFactory
from tests.factories.measurements import SeriesMeasurementFactory, series_result
from tests.factories.submissions import SeriesFactory, SubmittedSeriesFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("act", "arguments", "standing"),
    [
        (actions.accept, {}, Standing.PUBLISHED),
        (actions.hold, {"reason": Reason.IMPLAUSIBLE}, Standing.HELD),
        (actions.reject, {"reason": Reason.REFOCUSED, "note": "f/2 jumps"}, Standing.REJECTED),
    ],
)
def test_a_decision_changes_standing_marks_stale_and_is_audited(act: Any, arguments: Any, standing: Standing) -> None:
    series = SeriesMeasurementFactory().series
    moderator = ModeratorFactory(email="mo@example.org")
    StaleCopy.objects.all().delete()
    decision = act(series=series, by=moderator, **arguments)
    assert Series.objects.get().standing == series.standing == standing
    assert (decision.by, decision.rule, decision.reason) == (moderator, "", arguments.get("reason", ""))
    marked = [mark.specimen_id for mark in StaleCopy.objects.all()]
    assert marked == ([series.lens_copy.specimen_id] if standing == Standing.PUBLISHED else [])
    event = Event.objects.get()
    assert (event.target_public_id, event.actor) == (series.public_id, f"user:{moderator.pk}")
    assert (event.before, event.after) == ({"standing": "waiting"}, {"standing": standing})


def test_only_moderators_decide() -> None:
    series = SeriesMeasurementFactory().series
    with pytest.raises(actions.NotAllowedError):
        actions.accept(series=series, by=series.owner)
    assert not Decision.objects.exists()


@pytest.mark.parametrize("act", [actions.hold, actions.reject])
def test_deciding_against_a_series_needs_a_reason(act: Any) -> None:
    with pytest.raises(actions.ReasonMissingError):
        act(series=SeriesMeasurementFactory().series, by=ModeratorFactory(), reason="")


def test_the_database_refuses_a_decision_by_nobody_and_one_without_reason() -> None:
    series, moderator = SubmittedSeriesFactory(), ModeratorFactory()
    for bad in (
        {"verdict": "accept"},
        {"verdict": "reject", "by": moderator},
        {"verdict": "accept", "by": moderator, "rule": "x"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Decision.objects.create(series=series, **bad)


def test_drafts_withdrawn_and_unmeasured_series_are_not_accepted() -> None:
    moderator = ModeratorFactory()
    withdrawn = SubmittedSeriesFactory(standing=Standing.WITHDRAWN)
    for series in (SeriesFactory(), withdrawn, SubmittedSeriesFactory()):
        with pytest.raises(actions.NotDecidableError):
            actions.accept(series=series, by=moderator)


def test_a_rejected_series_can_be_accepted_again() -> None:
    series, moderator = SeriesMeasurementFactory().series, ModeratorFactory()
    actions.reject(series=series, by=moderator, reason=Reason.OTHER)
    actions.accept(series=series, by=moderator)
    assert Series.objects.get().standing == Standing.PUBLISHED
    assert Decision.objects.count() == Event.objects.count() == 2


def test_a_trusted_owners_sound_series_is_published_by_rule() -> None:
    measurement = SeriesMeasurementFactory(series__owner=UserFactory(trusted=True))
    decision = actions.settle(measurement=measurement)
    assert decision is not None
    assert decision.by is None
    assert Series.objects.get().standing == Standing.PUBLISHED
    assert Event.objects.get().actor == f"rule:{decision.rule}"


def test_a_new_accounts_sound_series_waits() -> None:
    assert actions.settle(measurement=SeriesMeasurementFactory()) is None
    assert Series.objects.get().standing == Standing.WAITING


def test_a_suspicious_series_of_a_trusted_owner_is_held_and_says_why() -> None:
    measurement = SeriesMeasurementFactory(
        series__owner=UserFactory(trusted=True), result=series_result(flags=Quality.CAMERA_MOVED)
    )
    decision = actions.settle(measurement=measurement)
    assert decision is not None
    assert (decision.reason, decision.note) == (
        Reason.CAMERA_MOVED,
        "The camera or the chart moved sideways between photos.",
    )
    assert Series.objects.get().standing == Standing.HELD


def test_rules_do_not_overrule_a_person_or_a_withdrawal() -> None:
    measurement = SeriesMeasurementFactory(series__owner=UserFactory(trusted=True))
    actions.reject(series=measurement.series, by=ModeratorFactory(), reason=Reason.OTHER)
    assert actions.settle(measurement=measurement) is None
    withdrawn = SeriesMeasurementFactory(
        series=SubmittedSeriesFactory(owner__trusted=True, standing=Standing.WITHDRAWN, submitted_at=timezone.now())
    )
    assert actions.settle(measurement=withdrawn) is None


def test_appointing_a_moderator_gives_the_groups_rights_and_is_audited() -> None:
    user = UserFactory()
    assert not user.is_moderator
    actions.appoint_moderator(user=user, by="command:appoint")
    again = type(user).objects.get(pk=user.pk)
    assert again.is_moderator
    assert again.is_staff
    assert not again.has_perm("submissions.change_series")
    assert Event.objects.get().kind == "user.moderator"


def test_the_group_exists_after_migrating() -> None:
    assert Group.objects.filter(name="Moderators", permissions__codename="decide").count() == 1


def test_withdrawing_is_audited() -> None:
    series = SubmittedSeriesFactory(standing=Standing.PUBLISHED)
    actions.withdraw(series=series, by=series.owner)
    assert Series.objects.get().standing == Standing.WITHDRAWN
    event = Event.objects.get()
    assert (event.kind, event.before["standing"], event.after["standing"]) == (
        "series.withdraw",
        "published",
        "withdrawn",
    )


def test_trust_is_given_by_moderators_and_audited() -> None:
    user = UserFactory()
    with pytest.raises(actions.NotAllowedError):
        actions.trust(user=user, by=user, trusted=True)
    actions.trust(user=user, by=ModeratorFactory(), trusted=True)
    user.refresh_from_db()
    assert user.trusted
    assert Event.objects.get().kind == "user.trust"
