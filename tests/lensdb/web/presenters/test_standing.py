import pytest

from lensdb.processing.queries import Status
from lensdb.web.presenters.standing import wait_words, waiting_words


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status("measuring"), "It is being measured now."),
        (Status("queued"), "It is in the queue."),
        (Status("queued", position=1, estimated_wait_s=20.0), "It is next in the queue, about a minute or less."),
        (Status("queued", position=3, estimated_wait_s=240.0), "It is number 3 in the queue, about 4 minutes."),
    ],
)
def test_waiting_gives_place_and_time(status, words):
    assert waiting_words(status) == words


def test_time_is_rounded_as_people_do():
    assert [wait_words(seconds) for seconds in (10, 61, 3600, 8000)] == [
        "a minute or less",
        "1 minute",
        "60 minutes",
        "2 hours",
    ]
