"""Choices of a submission."""

from django.db import models


class Standing(models.TextChoices):
    """What the public may see of a series. Aggregates read `PUBLISHED` only."""

    WAITING = "waiting", "waiting for a moderator"
    PUBLISHED = "published", "published"
    HELD = "held", "held"
    REJECTED = "rejected", "rejected"
    WITHDRAWN = "withdrawn", "withdrawn by its owner"


class FocusingMethod(models.TextChoices):
    """How focus was set before the series."""

    UNKNOWN = "", "not said"
    LIVE_VIEW = "live_view", "magnified live view, by hand"
    AUTOFOCUS = "autofocus", "autofocus through the finder"
    AUTOFOCUS_SENSOR = "autofocus_sensor", "autofocus on the sensor"
    RANGEFINDER = "rangefinder", "rangefinder or focusing screen"
