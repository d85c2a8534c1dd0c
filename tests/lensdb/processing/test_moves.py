import pytest

from lensdb.processing import moves
from lensdb.processing.enums import JobState


def test_the_table_names_every_state():
    assert set(moves.ALLOWED) == set(JobState)


def test_every_state_can_be_reached():
    reached = {JobState.QUEUED}.union(*moves.ALLOWED.values())
    assert reached == set(JobState)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (JobState.QUEUED, JobState.DONE),
        (JobState.QUEUED, JobState.FAILED),
        (JobState.DONE, JobState.QUEUED),
        (JobState.DONE, JobState.FAILED),
        (JobState.FAILED, JobState.DONE),
        (JobState.CLAIMED, JobState.CLAIMED),
    ],
)
def test_a_move_outside_the_table_raises_and_says_what_is_allowed(old, new):
    with pytest.raises(moves.IllegalMoveError, match=f"A {old} job cannot become {new}; from {old} it goes to: "):
        moves.check(old, new)


def test_the_way_of_a_measured_job_is_allowed():
    moves.check(JobState.QUEUED, JobState.CLAIMED)
    moves.check(JobState.CLAIMED, JobState.DONE)
