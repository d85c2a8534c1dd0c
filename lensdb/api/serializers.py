"""The API's words: what comes in and what goes out."""

from __future__ import annotations

import math
from typing import Any

from rest_framework import serializers

from lensdb.accounts.models import ApiToken, Scope, User
from lensdb.catalog.models import CameraBody, LensModel
from lensdb.persons import models as persons
from lensdb.submissions import serials
from lensdb.submissions.enums import FocusingMethod, Standing
from lensdb.submissions.models import LensCopy, Photo, Series
from lensdb.submissions.queries import copies_of


class FiniteField(serializers.FloatField):
    """A number; JSON has none that is infinite or NaN, nor may a text such as "NaN" be read as one."""

    default_error_messages = {"not_finite": "A finite number is required."}

    def to_internal_value(self, data: Any) -> float:
        try:
            value = super().to_internal_value(data)
        except OverflowError:  # an integer beyond what a float holds
            value = math.inf
        if not math.isfinite(value):
            self.fail("not_finite")
        return value


class LensRef(serializers.ModelSerializer[LensModel]):
    """A lens in passing."""

    class Meta:
        model = LensModel
        fields = ["slug", "name"]


class Lens(serializers.ModelSerializer[LensModel]):
    """A lens and its facts."""

    maker = serializers.CharField(source="maker.name")
    mounts = serializers.SlugRelatedField[Any](slug_field="name", many=True, read_only=True)

    class Meta:
        model = LensModel
        fields = ["slug", "name", "maker", "mounts", "widest_f_number", "min_focal_mm", "max_focal_mm", "crop_factor"]


class LensWithPlot(serializers.Serializer[Any]):
    """A lens, its facts, and everything its plots show."""

    lens = Lens()
    plot = serializers.DictField(help_text="What the lens page draws: copies, model cells, distance bands.")


class LensShifts(serializers.Serializer[Any]):
    """All series of a lens, ready for `lensdb compare`."""

    lens = serializers.DictField(help_text="Its name, and what statistics must know of it.")
    analysis_version = serializers.CharField()
    copies = serializers.ListField(child=serializers.DictField(), help_text="Their public names.")
    shifts = serializers.ListField(child=serializers.DictField(), help_text="One row for each series and f-number.")


class Body(serializers.ModelSerializer[CameraBody]):
    """A camera body. `pixel_pitch_um` is null where nobody has said it yet."""

    maker = serializers.CharField(source="maker.name")

    class Meta:
        model = CameraBody
        fields = ["id", "name", "maker", "crop_factor", "pixel_pitch_um"]


class WrittenPhoto(serializers.Serializer[Any]):
    """What a camera wrote of one photo."""

    make = serializers.CharField(max_length=200, allow_null=True, required=False, allow_blank=True)
    model = serializers.CharField(max_length=200, allow_null=True, required=False, allow_blank=True)
    lens = serializers.CharField(max_length=200, allow_null=True, required=False, allow_blank=True)
    f_number = FiniteField(allow_null=True, required=False)
    focal_length_mm = FiniteField(allow_null=True, required=False)


class WrittenPhotos(serializers.Serializer[Any]):
    """The photos of one series."""

    photos = WrittenPhoto(many=True, max_length=200)  # type: ignore[call-arg]  # the list serializer's argument


class Identified(serializers.Serializer[Any]):
    """The catalogue's answer; null where it does not know or the photos disagree."""

    lens = LensRef(allow_null=True)
    body = Body(allow_null=True)
    problems = serializers.ListField(child=serializers.CharField(), help_text="Sentences to show before sending.")


class OwnCopy(serializers.ModelSerializer[LensCopy]):
    """One of the caller's lens copies."""

    lens = LensRef(source="lens_model")
    serial_tail = serializers.SerializerMethodField(help_text="The last characters of its serial, if one was given.")

    class Meta:
        model = LensCopy
        fields = ["public_id", "lens", "label", "serial_tail"]

    def get_serial_tail(self, copy: LensCopy) -> str:
        return serials.tail(copy.serial_cipher)


class NewCopy(serializers.Serializer[Any]):
    """A copy to be made; one with the same serial, or the same label, is found again."""

    label = serializers.CharField(  # type: ignore[assignment]  # the contract's name; the class's own is not used
        max_length=60, allow_blank=True, default=""
    )
    serial = serializers.CharField(max_length=40, allow_blank=True, default="", write_only=True)


class NewSeries(serializers.Serializer[Any]):
    """A series to be begun, with one of the caller's copies or a new one."""

    lens = serializers.SlugRelatedField(slug_field="slug", queryset=LensModel.objects.select_related("maker"))
    copy = serializers.SlugRelatedField(
        slug_field="public_id", queryset=LensCopy.objects.none(), allow_null=True, default=None
    )
    new_copy = NewCopy(allow_null=True, default=None)
    body = serializers.PrimaryKeyRelatedField(queryset=CameraBody.objects.all())
    chart = serializers.CharField(max_length=40, default="auto")
    distance_m = FiniteField(min_value=0.02, max_value=1000.0, allow_null=True, default=None)
    focusing_method = serializers.ChoiceField(choices=FocusingMethod.choices, allow_blank=True, default="")
    af_micro_adjust = serializers.IntegerField(min_value=-50, max_value=50, allow_null=True, default=None)
    note = serializers.CharField(max_length=2000, allow_blank=True, default="")
    key = serializers.UUIDField(
        allow_null=True,
        default=None,
        help_text="Your own name for this series. Beginning it again with the same key finds it, photos included.",
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        request = self.context.get("request")
        if request is not None and isinstance(request.user, User):
            fields["copy"].queryset = copies_of(request.user)  # type: ignore[attr-defined]  # a related field has one
        return fields

    def validate_lens(self, lens: LensModel) -> LensModel:
        """A tool may still name an entry that has been merged."""
        return lens.current

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        copy = attrs["copy"]
        if copy is not None and attrs["new_copy"] is not None:
            raise serializers.ValidationError({"new_copy": ["Give a copy or a new copy, not both."]})
        if copy is not None and copy.lens_model_id != attrs["lens"].pk:
            raise serializers.ValidationError({"copy": ["This copy is of another lens."]})
        return attrs


class NewPhoto(serializers.Serializer[Any]):
    """One file of a series."""

    file = serializers.FileField(allow_empty_file=True, help_text="JPEG, TIFF or PNG as the camera wrote it.")
    f_number = FiniteField(required=False, allow_null=True, default=None, help_text="If the camera has none.")
    position = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=0, max_value=9999)


class PhotoOut(serializers.ModelSerializer[Photo]):
    """A photo of a series. `facts` is what the camera wrote, without serial numbers and place.

    Only the owner of the series and moderators see the file's own name, digest and size, and the facts `taken_at` and
    `software`; to others it is called `photo 1`, `photo 2` and so on.
    """

    sha256 = serializers.CharField(allow_null=True)
    size_bytes = serializers.IntegerField(allow_null=True)
    facts = serializers.DictField()

    class Meta:
        model = Photo
        fields = ["id", "file_name", "position", "sha256", "size_bytes", "f_number", "facts"]


class Serials(serializers.Serializer[Any]):
    """Serial numbers in a file: told once to its sender, stored with no photo."""

    lens = serializers.CharField(allow_null=True)
    body = serializers.CharField(allow_null=True)


class AddedPhoto(PhotoOut):
    """A photo that came in."""

    serials = Serials()

    class Meta(PhotoOut.Meta):
        fields = [*PhotoOut.Meta.fields, "serials"]


class Failure(serializers.Serializer[Any]):
    """Why a series could not be measured, and what to do."""

    code = serializers.CharField()
    sentence = serializers.CharField()
    next_step = serializers.CharField()


class Status(serializers.Serializer[Any]):
    """Where a series stands."""

    state = serializers.ChoiceField(choices=["draft", "queued", "measuring", "measured", "failed"])
    position = serializers.IntegerField(allow_null=True, help_text="Place in the queue; 1 is next.")
    estimated_wait_s = serializers.FloatField(allow_null=True)
    standing = serializers.ChoiceField(choices=Standing.choices)
    failure = Failure(allow_null=True)
    url = serializers.CharField()


class SeriesInList(serializers.ModelSerializer[Series]):
    """A series in passing."""

    lens = LensRef(source="lens_copy.lens_model")
    url = serializers.CharField(source="get_absolute_url")
    n_photos = serializers.IntegerField()

    class Meta:
        model = Series
        fields = ["public_id", "url", "lens", "distance_m", "n_photos", "standing", "created_at", "submitted_at"]


class SeriesOut(serializers.Serializer[Any]):
    """A series with its photos, where it stands, and what was measured. `copy` and `note` are its owner's alone."""

    public_id = serializers.CharField()
    url = serializers.CharField()
    lens = LensRef()
    copy = OwnCopy(allow_null=True)
    body = Body()
    chart = serializers.CharField()
    distance_m = serializers.FloatField(allow_null=True)
    focusing_method = serializers.CharField()
    af_micro_adjust = serializers.IntegerField(allow_null=True)
    note = serializers.CharField()
    is_simulated = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(
        allow_null=True, help_text="When a draft is discarded unless it is added to."
    )
    photos = PhotoOut(many=True)
    status = Status()
    result = serializers.DictField(allow_null=True, help_text="As `lensdb measure --json` writes it.")


class KnownPhoto(serializers.Serializer[Any]):
    """A photo the caller has already sent."""

    sha256 = serializers.CharField()
    series = serializers.CharField(source="series.public_id")
    file_name = serializers.CharField()


class SignIn(serializers.Serializer[Any]):
    """E-mail and password for a token, and a name to recognise the tool by."""

    email = serializers.EmailField(max_length=254)
    password = serializers.CharField(max_length=200, write_only=True, trim_whitespace=False)
    name = serializers.CharField(max_length=80, default="lensdb")
    scope = serializers.ChoiceField(choices=Scope.choices, default=Scope.SUBMIT)


class TokenOut(serializers.ModelSerializer[ApiToken]):
    """A token, without its secret."""

    class Meta:
        model = ApiToken
        fields = ["prefix", "name", "scope", "created_at", "expires_at", "last_used_at"]


class NewTokenOut(TokenOut):
    """A token just made. `token` is the secret: it is shown this once."""

    token = serializers.CharField()

    class Meta(TokenOut.Meta):
        fields = [*TokenOut.Meta.fields, "token"]


class Tombstone(serializers.ModelSerializer[persons.Tombstone]):
    """A series that statistics had counted and that was erased."""

    class Meta:
        model = persons.Tombstone
        fields = ["series", "lens", "erased_at"]


class Error(serializers.Serializer[Any]):
    """Every error."""

    code = serializers.CharField(help_text="Stable, for programs.")
    detail = serializers.CharField(help_text="A sentence, for people.")
    next_step = serializers.CharField(required=False)
    fields = serializers.DictField(  # type: ignore[assignment]  # the contract's name; the class's own is not used
        child=serializers.ListField(child=serializers.CharField()), required=False
    )
