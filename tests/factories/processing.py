"""Jobs."""

import factory

from analysis.results import ANALYSIS_VERSION, SeriesResult
from lensdb.processing import actions
from lensdb.processing.actions import Claim, Finished
from lensdb.processing.models import Job
from tests.factories.measurements import series_result
from tests.factories.submissions import SubmittedSeriesFactory


class JobFactory(factory.django.DjangoModelFactory):
    """A queued job of a submitted series."""

    class Meta:
        model = Job

    series = factory.SubFactory(SubmittedSeriesFactory)
    owner = factory.SelfAttribute("series.owner")
    analysis_version = ANALYSIS_VERSION


def finish(claim: Claim, result: SeriesResult | None = None, cpu_seconds: float = 5.0) -> bool:
    """Record a result under a claim; whether it was held."""
    return bool(actions.finish(finished=[Finished(claim, result or series_result(), {}, cpu_seconds)]))
