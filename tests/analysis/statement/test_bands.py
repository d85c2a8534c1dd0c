import itertools

import pytest

from analysis.statement.bands import BANDS, band_of


def test_bands_follow_without_gaps():
    assert [band.key for band in BANDS] == ["0.3", "0.5", "0.7", "1", "1.4", "2", "3", "5"]
    assert all(near.high_m == far.low_m for near, far in itertools.pairwise(BANDS))


@pytest.mark.parametrize("band", BANDS, ids=lambda band: band.key)
def test_a_band_holds_its_nominal_distance_and_its_lower_border(band):
    assert band_of(float(band.key)) == band
    assert band_of(band.low_m) == band


@pytest.mark.parametrize(("distance_m", "key"), [(0.1, "0.3"), (0.387, "0.3"), (0.388, "0.5"), (12.0, "5")])
def test_borders_are_geometric_means(distance_m, key):
    assert band_of(distance_m).key == key
