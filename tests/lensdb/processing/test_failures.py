import pytest

from analysis.flags import ConfigurationError, PhotoUnusableError, Quality, SeriesUndecidedError
from lensdb.processing.failures import FAILURES, MACHINES, FailureKind, code_of


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_each_failure_has_a_sentence_and_a_next_step(failure):
    assert failure.sentence.endswith(".")
    assert failure.next_step.endswith(".")
    assert len(failure.code) <= 40


def test_only_troubles_of_our_own_machines_pass():
    passing = {code for code, failure in FAILURES.items() if failure.kind is FailureKind.PASSING}
    workers = {"worker_lost", "worker_stalled", "worker_outdated", "worker_trouble", *MACHINES}
    assert passing == workers | {"photo_missing", "photo_changed"}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PhotoUnusableError("x", flag=Quality.NO_CHART), "no_chart"),
        (PhotoUnusableError("x", flag=Quality.CLIPPED), "photo_unusable"),
        (SeriesUndecidedError("x", flag=Quality.NO_REFERENCE), "no_reference"),
        (SeriesUndecidedError("x", flag=Quality.EDITED | Quality.UNREADABLE), "unreadable"),
        (SeriesUndecidedError("x", flag=Quality.MISFIT), "undecided"),
        (ConfigurationError("x", flag=Quality.NO_PIXEL_PITCH), "no_pixel_pitch"),
        (ConfigurationError("x", flag=Quality.EXIF_CONFLICT), "configuration"),
    ],
)
def test_the_flag_names_the_failure_where_the_registry_knows_it(error, code):
    assert code_of(error) == code


@pytest.mark.parametrize("missing", ["distance", "focal_length"])
def test_what_a_result_may_lack_is_for_its_owner_to_say(missing):
    assert FAILURES[f"no_{missing}"].kind is FailureKind.CONFIGURATION
