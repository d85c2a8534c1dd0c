"""Choices of moderation."""

from django.db import models

from lensdb.submissions.enums import Standing


class Verdict(models.TextChoices):
    """What a decision does to a series."""

    ACCEPT = "accept", "accept"
    HOLD = "hold", "hold"
    REJECT = "reject", "reject"


STANDING_AFTER = {
    Verdict.ACCEPT: Standing.PUBLISHED,
    Verdict.HOLD: Standing.HELD,
    Verdict.REJECT: Standing.REJECTED,
}


class Reason(models.TextChoices):
    """Why a series is held or rejected, in words its owner can act on."""

    NONE = "", "none needed"
    NEW_ACCOUNT = "new_account", "first series of a new account"
    CAMERA_MOVED = "camera_moved", "the camera or chart moved between photos"
    REFOCUSED = "refocused", "the lens was refocused between photos"
    WRONG_LENS = "wrong_lens", "the photos name another lens than the submission"
    UNREADABLE = "unreadable", "a photo could not be read"
    FEW_FRAMES = "few_frames", "too few f-numbers"
    DUPLICATE = "duplicate", "duplicate of another series"
    IMPLAUSIBLE = "implausible", "the numbers are implausible"
    OTHER = "other", "other, see the note"
