"""When the vigil calls what the health page said a lie."""

import pytest

from tests.chaos.vigil import HEALTHY, Look

SAYS_SO = "dispatcher: A dispatcher says: no scheduler answers."


@pytest.mark.parametrize(
    ("look", "lie"),
    [
        (Look(100, HEALTHY, {}, 50), ""),
        (Look(100, HEALTHY, {"scheduler": 95}, None), ""),
        (Look(100, HEALTHY, {"scheduler": 80}, None), "content, while for 20 s no scheduler was there"),
        (Look(100, HEALTHY, {"cells process": 60, "scheduler": 80}, None), "content, while for 20 s no scheduler"),
        (Look(100, SAYS_SO, {"scheduler": 80}, None), ""),
        (Look(100, HEALTHY, {"gunicorn worker": 80}, None), ""),
        (Look(100, SAYS_SO, {}, 90), ""),
        (Look(100, SAYS_SO, {}, 80), f"all was there for 20 s, and it said: {SAYS_SO}"),
    ],
)
def test_a_look(look, lie):
    assert look.lie().startswith(lie)
    assert bool(look.lie()) == bool(lie)
