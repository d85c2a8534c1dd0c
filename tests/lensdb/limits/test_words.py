import pytest

from lensdb.limits.words import in_words


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (1, "1 second"),
        (60, "60 seconds"),
        (119, "119 seconds"),
        (120, "2 minutes"),
        (121, "3 minutes"),
        (3600, "60 minutes"),
        (24 * 3600, "24 hours"),
    ],
)
def test_a_wait_in_words(seconds, told):
    assert in_words(seconds) == told
