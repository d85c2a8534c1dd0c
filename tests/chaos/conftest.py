import pytest

from tests.chaos.negatives import NEGATIVES, render


@pytest.fixture(scope="package")
def photos():
    """The photos of one negative."""
    return render(NEGATIVES[0])
