"""Jobs."""

import factory

from analysis.results import ANALYSIS_VERSION
from lensdb.processing.models import Job
from tests.factories.submissions import SubmittedSeriesFactory


class JobFactory(factory.django.DjangoModelFactory):
    """A queued job of a submitted series."""

    class Meta:
        model = Job

    series = factory.SubFactory(SubmittedSeriesFactory)
    owner = factory.SelfAttribute("series.owner")
    analysis_version = ANALYSIS_VERSION
