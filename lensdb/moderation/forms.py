"""The forms of a decision."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.helpers import ActionForm

from lensdb.moderation import actions
from lensdb.moderation.enums import Reason, Verdict
from lensdb.submissions.models import Series


class DecisionForm(forms.ModelForm):
    """A verdict about one series. The series itself cannot be edited."""

    verdict = forms.ChoiceField(choices=Verdict.choices, widget=forms.RadioSelect)
    reason = forms.ChoiceField(choices=Reason.choices, required=False, help_text="Its owner reads this.")
    note = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 2}), max_length=2000, required=False, help_text="So can this be read."
    )

    class Meta:
        model = Series
        fields: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        """Say what would be refused before it is."""
        given = super().clean() or self.cleaned_data
        if given.get("verdict") and self.instance.pk:
            try:
                actions.check(series=self.instance, verdict=Verdict(given["verdict"]), reason=given.get("reason", ""))
            except actions.ModerationError as error:
                raise forms.ValidationError(str(error)) from error
        return given


class BulkDecisionForm(ActionForm):
    """The reason and note for the series ticked in the list."""

    reason = forms.ChoiceField(choices=Reason.choices, required=False)
    note = forms.CharField(max_length=2000, required=False)
