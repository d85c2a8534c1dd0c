"""The line at the size it may grow to: who is served when, and that nothing walks the whole table to find out."""

import json
from collections import Counter

import pytest
from django.db import connection, transaction

from lensdb.processing import actions, queries, version_actions
from lensdb.processing.enums import Priority
from lensdb.processing.models import Job
from lensdb.submissions.models import Series
from tests.factories.accounts import UserFactory
from tests.factories.processing import JobFactory
from tests.factories.submissions import LensCopyFactory, SubmittedSeriesFactory
from tests.lensdb.at_once import start, wait_until_somebody_waits

pytestmark = pytest.mark.django_db

COPIES_OF_JOBS = """
INSERT INTO processing_job (
    owner_id, series_id, analysis_version, state, priority, turn, attempt, finished_at, queued_at,
    troubles, alone, claimed_by, failure_code, failure_sentence, failure_next_step)
SELECT
    owner_id, series_id, 'v' || n, CASE WHEN is_done THEN 'done' ELSE 'queued' END,
    CASE WHEN n % 3 = 0 THEN 0 ELSE 10 END, n, is_done::int, CASE WHEN is_done THEN now() END, now(),
    0, false, '', '', '', ''
FROM processing_job, generate_series(1, 2500) AS n, LATERAL (SELECT n % 10 < 7 AS is_done) AS of_it
WHERE processing_job.id = ANY(%s)
""".replace(" % ", " %% ")


def many_series(owner, n):
    """Submitted, without photos; in one statement."""
    template = SubmittedSeriesFactory(owner=owner, lens_copy=LensCopyFactory(owner=owner), f_numbers=[])
    values = {"owner": owner, "lens_copy": template.lens_copy, "body": template.body}
    rows = Series.objects.bulk_create(
        [Series(**values, submitted_at=template.submitted_at) for _ in range(n)], batch_size=2000
    )
    return [row.pk for row in rows]


def served_before(job):
    """How many tasks start before this one when one is claimed for each that ends."""
    started = 0
    while True:
        (claim,) = actions.claim(by="host-1", limit=1)
        if claim.job_id == job.pk:
            return started
        started += 1


@pytest.mark.parametrize("already_served", [0, 250])
def test_an_import_of_ten_thousand_delays_anothers_single_series_by_at_most_one_task(already_served):
    importer = UserFactory()
    ids = many_series(importer, 10_000)
    queued = version_actions.queue_many(owner_id=importer.pk, series_ids=ids, priority=Priority.NEW)
    assert queued == 10_000
    if already_served:
        actions.claim(by="host-1", limit=already_served)
    single = actions.queue(series=SubmittedSeriesFactory(f_numbers=[]))
    assert queries.position(single) <= 2
    assert served_before(single) <= 1


def test_new_series_go_before_an_archive_that_is_measured_again():
    owner = UserFactory()
    ids = many_series(owner, 1000)
    version_actions.queue_many(owner_id=owner.pk, series_ids=ids, priority=Priority.REMEASURE)
    actions.claim(by="host-1", limit=100)
    new = actions.queue(series=SubmittedSeriesFactory(owner=owner, f_numbers=[]))
    assert queries.position(new) == 1
    assert served_before(new) == 0


@pytest.fixture
def flooded():
    """An importer's 2,000 series, and three of others behind the first of them."""
    importer = UserFactory()
    ids = many_series(importer, 2000)
    version_actions.queue_many(owner_id=importer.pk, series_ids=ids, priority=Priority.NEW)
    others = [actions.queue(series=SubmittedSeriesFactory(f_numbers=[])) for _ in range(3)]
    return importer, others


def owners_of(claims):
    return Counter(Job.objects.filter(pk__in=[claim.job_id for claim in claims]).values_list("owner_id", flat=True))


def test_an_owner_holds_no_more_than_a_share_and_the_room_goes_to_others(flooded):
    importer, others = flooded
    claims = actions.claim(by="host-1", limit=8, most_each=2)
    assert owners_of(claims) == {importer.pk: 2} | {job.owner_id: 1 for job in others}
    assert actions.claim(by="host-2", limit=8, most_each=2) == []  # over all dispatchers
    mine = [claim for claim in claims if Job.objects.get(pk=claim.job_id).owner_id == importer.pk]
    actions.give_back(claims=mine[:1])
    assert owners_of(actions.claim(by="host-2", limit=8, most_each=2)) == {importer.pk: 1}


def test_the_order_of_the_line_is_kept_within_the_share(flooded):
    everything = [claim.job_id for claim in actions.claim(by="host-1", limit=8)]
    actions.give_back(
        claims=[actions.Claim(job.pk, job.attempt, job.series_id) for job in Job.objects.exclude(attempt=0)]
    )
    assert [claim.job_id for claim in actions.claim(by="host-1", limit=8, most_each=8)] == everything


def test_measuring_an_archive_again_takes_all_slots(flooded):
    importer, _ = flooded
    Job.objects.update(priority=Priority.REMEASURE)
    claims = actions.claim(by="host-1", limit=50, most_each=2)
    assert owners_of(claims)[importer.pk] > 2
    assert len(claims) == 50
    new = actions.queue(series=SubmittedSeriesFactory(owner=importer, f_numbers=[]))
    (claim,) = actions.claim(by="host-1", limit=1, most_each=2)
    assert claim.job_id == new.pk


@pytest.mark.django_db(transaction=True)
def test_two_dispatchers_that_claim_at_once_do_not_give_the_share_twice():
    owner = UserFactory()
    for turn in range(6):
        JobFactory(series__owner=owner, series__f_numbers=[], turn=turn)
    second = []
    with transaction.atomic():
        first = actions.claim(by="host-1", limit=4, most_each=2)
        other = start(lambda: second.extend(actions.claim(by="host-2", limit=4, most_each=2)))
        wait_until_somebody_waits()
    other.join(timeout=10)
    assert (len(first), second) == (2, [])


def test_whether_there_is_work_is_asked_of_the_same_line(flooded):
    _, others = flooded
    Job.objects.filter(pk__in=[job.pk for job in others]).delete()
    assert queries.is_work_for(1)
    actions.claim(by="host-1", limit=8, most_each=1)
    assert not queries.is_work_for(1)
    assert queries.is_work_for(2)


@pytest.fixture
def large_table():
    """As after some years: 50,000 jobs, most of them done."""
    jobs = [JobFactory(series__f_numbers=[]) for _ in range(20)]
    with connection.cursor() as cursor:
        cursor.execute(COPIES_OF_JOBS, [[job.pk for job in jobs]])
        cursor.execute("ANALYZE processing_job")
    return jobs


def plan(queryset):
    """Every node of the plan, from the top."""

    def nodes(node):
        yield node
        for inner in node.get("Plans", []):
            yield from nodes(inner)

    (found,) = json.loads(queryset.explain(format="json", analyze=True))
    return list(nodes(found["Plan"]))


def rows_touched(nodes):
    return max(node["Actual Rows"] + node.get("Rows Removed by Filter", 0) for node in nodes)


@pytest.mark.parametrize(("alone", "index"), [(False, "job_next"), (True, "job_next_alone")])
def test_claiming_reads_an_index_in_order_and_no_more_than_it_takes(large_table, alone, index):
    claiming = queries.next_in_line(alone=alone).select_for_update(skip_locked=True)[:8]
    nodes = plan(claiming)
    assert [node["Node Type"] for node in nodes] == ["Limit", "LockRows", "Index Scan"]
    assert nodes[-1]["Index Name"] == index
    assert rows_touched(nodes) <= 8


def test_looking_for_jobs_that_want_to_be_alone_does_not_walk_the_line(large_table):
    nodes = plan(queries.next_in_line(alone=True)[:1])
    assert {node.get("Index Name") for node in nodes if "Scan" in node["Node Type"]} == {"job_next_alone"}
    assert rows_touched(nodes) == 0


def test_queueing_and_rescuing_read_indexes_alone(large_table):
    owner_id = large_table[0].owner_id
    line = Job.objects.filter(priority=Priority.NEW)
    for queryset in (
        line.filter(owner_id=owner_id).order_by("-turn")[:1],
        line.filter(attempt__gt=0).order_by("-turn")[:1],
        queries.lapsed(),
    ):
        nodes = plan(queryset)
        assert not [node for node in nodes if node["Node Type"] == "Seq Scan"]
        assert rows_touched(nodes) <= 1
