"""The whole catalogue, read once and loaded for the tests that need it."""

import pytest

from lensdb.catalog import actions, lensfun, sensors


@pytest.fixture(scope="session")
def entries() -> tuple[list[lensfun.LensEntry], list[lensfun.BodyEntry]]:
    return lensfun.read()


@pytest.fixture
def catalogue(db: None, entries: tuple[list[lensfun.LensEntry], list[lensfun.BodyEntry]]) -> actions.Loaded:
    lenses, bodies = entries
    return actions.load(lenses=lenses, bodies=bodies, pixel_pitches_um=sensors.pixel_pitches_um(), progress=print)
