"""The judge of the storms finds nothing wrong with a site that did its work, and every harm that is planted."""

import pytest
from django.db import connection

from lensdb.aggregates.actions import refresh_next
from lensdb.processing import actions
from lensdb.processing.failures import FAILURES
from lensdb.submissions.models import Series
from tests.chaos import backlog, judge
from tests.chaos.community import people_and_things
from tests.chaos.negatives import NEGATIVES
from tests.chaos.senders import Acknowledged
from tests.factories.measurements import series_result
from tests.factories.processing import finish

F_NUMBERS = NEGATIVES[0].f_numbers
SHIFTS_UM = dict(zip(F_NUMBERS, (0.0, 14.0, 17.0, 19.0), strict=True))


@pytest.fixture
def acknowledged(db):
    """Three series were sent; two were measured and published, the torn one failed."""
    people_and_things()
    sent = []
    for number, is_torn in enumerate((False, False, True)):
        photos = [f"{number} at f/{f_number}".encode() for f_number in F_NUMBERS]
        series = Series.objects.get(pk=backlog.queue(photos, F_NUMBERS))
        (claim,) = actions.claim(by="test", limit=1)
        if is_torn:
            actions.fail(claim=claim, failure=FAILURES["unreadable"])
        else:
            result = series_result(shifts_um=SHIFTS_UM)
            assert finish(claim, result)
        sent.append(Acknowledged(series.public_id, is_torn))
    while refresh_next() is not None:
        pass
    return sent


def told(acknowledged):
    return judge.verdict(connection.connection, acknowledged, 3)


def test_no_harm(acknowledged):
    assert told(acknowledged) == []


@pytest.mark.parametrize(
    ("harm", "rule"),
    [
        ("DELETE FROM processing_job WHERE state = 'done'", "submitted without exactly one job: 2"),
        ("UPDATE processing_job SET attempt = 2 WHERE state = 'done'", "recorded by another attempt than the job's"),
        ("UPDATE processing_job SET failure_code = 'no_chart' WHERE state = 'failed'", "torn, but failed no_chart: 1"),
        (
            "UPDATE processing_job SET state = 'queued', finished_at = NULL WHERE state = 'done'",
            "good, but queued : 2",
        ),
        (
            "UPDATE processing_job SET state = 'failed', failure_code = 'worker_lost' WHERE state = 'done'",
            "good, but failed worker_lost: 2",
        ),
        (
            (
                "INSERT INTO measurements_seriesmeasurement SELECT (jsonb_populate_record(m, jsonb_build_object("
                "'id', 1000 + id, 'analysis_version', 'other'))).* FROM measurements_seriesmeasurement m"
            ),
            "recorded twice: 2",
        ),
        ("DELETE FROM measurements_shiftmeasurement WHERE f_number = 2.8", "measured without one shift for each"),
        ("UPDATE submissions_series SET standing = 'waiting'", "not published: 2"),
        ("DELETE FROM moderation_decision", "not decided exactly once: 2"),
        (
            "INSERT INTO submissions_stalecopy (specimen_id, created_at) SELECT id, now() FROM submissions_specimen",
            "stale marks left: ",
        ),
        ("UPDATE aggregates_copycell SET n_series = n_series + 1", "copy cell that does not count its series: 4"),
        ("UPDATE aggregates_copycell SET shift_um = shift_um + 1", "copy cell that does not count its series: 4"),
        ("UPDATE aggregates_modelcell SET n_copies = n_copies + 1", "model cell that does not count its copies: 4"),
        ("DELETE FROM submissions_photo WHERE position = 1", "submitted without all of its photos: 3"),
        ("UPDATE submissions_photo SET sha256 = 'same' WHERE position = 1", "the same file in two series: 1"),
        ("UPDATE submissions_series SET public_id = 'another'  || id", "acknowledged, but not submitted: 3"),
    ],
)
def test_planted_harm(acknowledged, harm, rule):
    with connection.cursor() as cursor:
        cursor.execute(harm)
    found = told(acknowledged)
    assert any(line.startswith(rule) for line in found), found
