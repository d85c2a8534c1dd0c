"""What the attack is judged by: every goal can be missed, and is missed by what it is about alone."""

from collections import Counter
from dataclasses import replace

import pytest

from tests.benchmarks.abuse.figures import moved
from tests.benchmarks.abuse.honest import Sent
from tests.benchmarks.abuse.readers import Read
from tests.benchmarks.abuse.report import Phase, Seen, goals, tables


def phase(ms=10.0, status=200, sent=None):
    return Phase([Read("lens page", ms, 200)] * 99 + [Read("lens page", ms, status)], [sent or Sent(2.0, 9.0)])


FINE = Seen(
    undisturbed=phase(),
    disturbed=phase(19.0),
    answers=Counter({("search", 200): 7, ("search", 429): 3}),
    moved=(),
    counted=(1, 2),
    expected=(1, 2),
    grown_bytes=5,
    allowed_bytes=6,
    peak_mb={
        "undisturbed": {"gunicorn worker": 130.0, "measuring child": 140.0},
        "disturbed": {"gunicorn worker": 180.0, "measuring child": 390.0},
    },
    died=(),
)


def missed(seen):
    return [goal.what for goal in goals(seen) if not goal.holds]


def test_every_goal_holds_where_nothing_went_wrong():
    assert missed(FINE) == []
    assert any("200: 7  429: 3" in line for line in tables(FINE))


@pytest.mark.parametrize(
    ("words", "changed"),
    [
        ("p95", {"disturbed": phase(21.0)}),
        ("others are answered", {"disturbed": phase(status=0)}),
        ("within 60 s", {"disturbed": phase(sent=Sent(2.0, 61.0))}),
        ("within 60 s", {"disturbed": phase(sent=Sent(0.0, 1.0, "PermissionError: cannot log in: 429"))}),
        ("public figure", {"moved": ["/plot/copies/2/id: copy-3 became copy-3-serviced-1"]}),
        ("adds to", {"counted": (2, 2)}),
        ("server error", {"answers": Counter({("search", 502): 1})}),
        ("disk", {"grown_bytes": 7}),
        ("role died", {"died": ["gunicorn"]}),
        ("web worker", {"peak_mb": {**FINE.peak_mb, "disturbed": {"gunicorn worker": 300.0, "measuring child": 1.0}}}),
        ("child", {"peak_mb": {**FINE.peak_mb, "disturbed": {"gunicorn worker": 130.0, "measuring child": 1600.0}}}),
    ],
)
def test_a_goal_is_missed_by_what_it_is_about(words, changed):
    (one,) = missed(replace(FINE, **changed))
    assert words in one


def test_figures_that_moved_are_told_by_where_they_stand():
    before = {"plot": {"copies": [{"n": 10}, {"n": 2}], "updated_at": "1"}, "figures": "a"}
    assert moved(before, {**before, "plot": {**before["plot"], "updated_at": "2"}}) == []
    after = {"plot": {"copies": [{"n": 11}, {"n": 2}]}, "figures": "a"}
    assert moved(before, after) == ["/plot/copies/0/n: 10 became 11"]
    assert len(moved(before, {**before, "plot": {"copies": [{"n": 10}]}})) == 1
