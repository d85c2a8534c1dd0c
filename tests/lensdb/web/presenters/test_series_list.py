import math

from lensdb.web.presenters.series_list import distance_of


def test_the_distance_is_the_owners_else_the_measured_one():
    assert distance_of(0.6, 0.4436, 50.0) == 0.6
    measured = distance_of(None, 0.4436, 50.0)
    assert measured is not None
    assert math.isclose(measured, 0.5, abs_tol=1e-3)
    assert distance_of(None, None, None) is None
