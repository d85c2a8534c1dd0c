"""What readers may ask of a page: forms sent by GET, so that an answer has an address and needs no script."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.forms.renderers import Jinja2

from lensdb.accounts.models import Scope, User
from lensdb.limits.actions import LimitError, take
from lensdb.web.presenters.scene import SHARP_ENOUGH, Scene

NEAREST_M, FARTHEST_M = 0.05, 100.0
STOPS: Final = (1.0, 1.2, 1.4, 1.8, 2.0, 2.8, 4.0, 5.6, 8.0, 11.0, 16.0, 22.0)
_PASSWORD_TRIES: Final = 10
_PASSWORD_TRIES_SECONDS: Final = 300
_CRITERIA: Final = (("pixel", "one pixel (0.006 mm)"), ("print", "a print (0.030 mm)"))
_STEP_SIZES: Final = (
    ("rule", "the maker's rule"),
    ("trial", "my own trial"),
)

_RENDERER: Final = Jinja2()
"""Django's own widgets, compiled: a select is ten templates, and the lens page has three in its form."""


class ServiceForm(forms.Form):
    """A day at a workshop."""

    serviced_on = forms.DateField(label="Serviced on", widget=forms.DateInput(attrs={"type": "date"}))


class TokenForm(forms.Form):
    """A token for a program."""

    name = forms.CharField(label="Name, to recognise it by", max_length=80)
    scope = forms.ChoiceField(label="It may", choices=Scope.choices)


class ErasureForm(forms.Form):
    """The password and one's own address, typed: nobody does that by accident."""

    password = forms.CharField(
        label="Your password", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    email = forms.CharField(
        label="Your e-mail address, to confirm", widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_email(self) -> str:
        typed: str = self.cleaned_data["email"].strip()
        if typed.lower() != self.person.email.lower():
            raise forms.ValidationError("This is not the address of your account.")
        return typed

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        try:
            take("password_again", str(self.person.pk), limit=_PASSWORD_TRIES, seconds=_PASSWORD_TRIES_SECONDS)
        except LimitError as error:
            raise forms.ValidationError(f"Too many tries. Wait {error.retry_after_s} seconds.") from error
        if not self.person.check_password(password):
            raise forms.ValidationError("This is not your password.")
        return password


class SceneForm(forms.Form):
    """Distance, f-number and how sharp is sharp enough."""

    default_renderer = _RENDERER

    distance = forms.FloatField(
        label="Distance",
        min_value=NEAREST_M,
        max_value=FARTHEST_M,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )
    f = forms.TypedChoiceField(label="f-number", coerce=float)
    sharp = forms.ChoiceField(label="Sharp enough for", choices=_CRITERIA)

    def __init__(self, *args: Any, f_numbers: tuple[float, ...] = STOPS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["f"]
        field.choices = [(format(value, "g"), f"f/{value:g}") for value in f_numbers]

    def scene(self) -> Scene:
        """The scene of a valid form."""
        asked = self.cleaned_data
        return Scene(asked["distance"], asked["f"], SHARP_ENOUGH[asked["sharp"]])


class AdviceForm(SceneForm):
    """The same, and how far a step of AF micro-adjustment moves focus."""

    step = forms.ChoiceField(label="Size of an AF micro-adjust step", choices=_STEP_SIZES)
    moved = forms.FloatField(
        label="Focus moved by, in mm",
        required=False,
        min_value=-1e4,
        max_value=1e4,
        widget=forms.NumberInput(attrs={"step": "any"}),
    )
    steps = forms.FloatField(
        label="over so many steps", required=False, min_value=-40, max_value=40, widget=forms.NumberInput
    )

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or {}
        if asked.get("step") == "trial" and not (asked.get("moved") and asked.get("steps")):
            self.add_error("moved", "Say how far focus moved, and over how many steps; or choose the maker's rule.")
        return asked
