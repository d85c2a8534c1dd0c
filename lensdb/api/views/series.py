"""Series: begin, fill, submit, follow, read."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.db import transaction
from django.db.models import Count
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lensdb.accounts.models import Scope
from lensdb.accounts.people import signed_in
from lensdb.aggregates.revisions import series_version
from lensdb.api import serializers
from lensdb.api.caching import shared_reads, with_etag
from lensdb.api.parsers import MultiPartParser
from lensdb.api.throttles import Uploads
from lensdb.measurements.queries import shown_measurement, shown_result
from lensdb.moderation.actions import withdraw
from lensdb.persons.queries import series_seen_by
from lensdb.processing.actions import submit_series
from lensdb.processing.queries import status_of
from lensdb.submissions import actions, queries
from lensdb.submissions.drafts import expires_at
from lensdb.submissions.models import Series

LIST_MAX: Final = 100
POLL_S: Final = (2, 30)
"""Bounds of how long to wait before asking for the status again."""


def status_body(series: Series) -> dict[str, Any]:
    """Where a series stands, as the API says it."""
    told = status_of(series)
    return {
        "state": told.state,
        "position": told.position,
        "estimated_wait_s": told.estimated_wait_s,
        "standing": series.standing,
        "failure": told.failure,
        "url": series.get_absolute_url(),
    }


def own_series(request: Request, public_id: str) -> Series:
    """The caller's series; others' do not exist for this purpose."""
    return get_object_or_404(queries.owned_by(signed_in(request.user)), public_id=public_id)


class SeriesList(APIView):
    """The caller's series."""

    token_scopes: ClassVar = {"GET": Scope.READ, "POST": Scope.SUBMIT}

    @extend_schema(responses=serializers.SeriesInList(many=True))
    def get(self, request: Request) -> Response:
        """The newest of one's own series, drafts among them."""
        own = queries.owned_by(signed_in(request.user)).annotate(n_photos=Count("photos")).order_by("-id")[:LIST_MAX]
        return Response(serializers.SeriesInList(own, many=True).data)

    @extend_schema(
        request=serializers.NewSeries, responses={200: serializers.SeriesInList, 201: serializers.SeriesInList}
    )
    def post(self, request: Request) -> Response:
        """Begin a series: a draft without photos. Begun again it is the same draft, and the answer is 200."""
        asked = serializers.NewSeries(data=request.data, context={"request": request})
        asked.is_valid(raise_exception=True)
        fields, by = dict(asked.validated_data), signed_in(request.user)
        lens, copy, new_copy = fields.pop("lens"), fields.pop("copy"), fields.pop("new_copy")
        with transaction.atomic():  # a new copy without its series would be of no use
            copy = copy or actions.add_copy(by=by, lens_model=lens, **(new_copy or {}))
            begun = actions.begin_series(by=by, lens_copy=copy, **fields)
        begun.series.n_photos = begun.series.photos.count()  # type: ignore[attr-defined]  # what the list counts
        body = serializers.SeriesInList(begun.series).data
        return Response(body, status=status.HTTP_201_CREATED if begun.is_new else status.HTTP_200_OK)


@shared_reads(series_version)
class SeriesDetail(APIView):
    """One series."""

    token_scopes: ClassVar = {"GET": Scope.READ, "DELETE": Scope.SUBMIT}
    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(responses=serializers.SeriesOut)
    def get(self, request: Request, public_id: str) -> Response:
        """A series with its photos and its result."""
        series = series_seen_by(request.user, public_id, with_photos=True)
        measurement = shown_measurement(series)
        is_own = series.owner_id == request.user.pk
        body = {
            name: getattr(series, name)
            for name in ("public_id", "body", "chart", "distance_m", "focusing_method", "af_micro_adjust")
        } | {
            "url": series.get_absolute_url(),
            "lens": series.lens_copy.lens_model,
            "copy": series.lens_copy if is_own else None,
            "note": series.note if is_own else "",
            "is_simulated": series.is_simulated,
            "created_at": series.created_at,
            "expires_at": expires_at(series),
            "submitted_at": series.submitted_at,
            "photos": queries.shown_photos(series, to=request.user),
            "status": status_body(series),
            "result": measurement and shown_result(measurement, to=request.user),
        }
        return Response(serializers.SeriesOut(body).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, public_id: str) -> Response:
        """Throw a draft away."""
        actions.discard(by=signed_in(request.user), series=own_series(request, public_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class SeriesPhotos(APIView):
    """The photos of a draft."""

    token_scopes: ClassVar = {"POST": Scope.SUBMIT}
    parser_classes = [MultiPartParser]
    throttle_classes = [Uploads]

    @extend_schema(
        request={"multipart/form-data": serializers.NewPhoto},
        responses={200: serializers.AddedPhoto, 201: serializers.AddedPhoto},
    )
    def post(self, request: Request, public_id: str) -> Response:
        """Add one file. Sending the same bytes again changes nothing and answers 200."""
        series = own_series(request, public_id)
        asked = serializers.NewPhoto(data=request.data)
        asked.is_valid(raise_exception=True)
        fields = dict(asked.validated_data)
        file = fields.pop("file")
        added = actions.add_photo(by=signed_in(request.user), series=series, file=file, file_name=file.name, **fields)
        body = serializers.PhotoOut(added.photo).data | {
            "serials": {"lens": added.lens_serial, "body": added.body_serial}
        }
        return Response(body, status=status.HTTP_201_CREATED if added.is_new else status.HTTP_200_OK)


class SeriesPhoto(APIView):
    """One photo of a draft."""

    token_scopes: ClassVar = {"DELETE": Scope.SUBMIT}

    @extend_schema(responses={204: None})
    def delete(self, request: Request, public_id: str, photo: int) -> Response:
        """Take a photo out of a draft."""
        found = get_object_or_404(own_series(request, public_id).photos, pk=photo)
        actions.remove_photo(by=signed_in(request.user), photo=found)
        return Response(status=status.HTTP_204_NO_CONTENT)


class SubmitSeries(APIView):
    """Submitting."""

    token_scopes: ClassVar = {"POST": Scope.SUBMIT}

    @extend_schema(request=None, responses=serializers.Status)
    def post(self, request: Request, public_id: str) -> Response:
        """Complete a draft and put it in the queue."""
        series = own_series(request, public_id)
        submit_series(series=series, by=signed_in(request.user))
        return Response(serializers.Status(status_body(series)).data)


class WithdrawSeries(APIView):
    """Withdrawing."""

    token_scopes: ClassVar = {"POST": Scope.SUBMIT}

    @extend_schema(request=None, responses=serializers.Status)
    def post(self, request: Request, public_id: str) -> Response:
        """Take a submitted series out of everything that is shown."""
        series = withdraw(series=own_series(request, public_id), by=signed_in(request.user))
        return Response(serializers.Status(status_body(series)).data)


class SeriesStatus(APIView):
    """Where a series stands."""

    token_scopes: ClassVar = {"GET": Scope.READ}
    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(responses={200: serializers.Status, 304: None})
    def get(self, request: Request, public_id: str) -> Response:
        """To be asked again after `Retry-After` seconds, with `If-None-Match`; without that header nothing changes."""
        series = series_seen_by(request.user, public_id)
        body = serializers.Status(status_body(series)).data
        answer = with_etag(request, body)
        if body["state"] in {"queued", "measuring"}:
            shortest, longest = POLL_S
            answer["Retry-After"] = str(round(min(max((body["estimated_wait_s"] or 0) / 4, shortest), longest)))
        return answer


@shared_reads(series_version)
class SeriesResultView(APIView):
    """What was measured."""

    token_scopes: ClassVar = {"GET": Scope.READ}
    permission_classes = [IsAuthenticatedOrReadOnly]

    @extend_schema(responses={200: dict, 304: None})
    def get(self, request: Request, public_id: str) -> Response:
        """The result as `lensdb measure --json` writes it."""
        series = series_seen_by(request.user, public_id)
        measurement = shown_measurement(series)
        if measurement is None:
            raise NotFound("This series has not been measured yet.", code="not_measured")
        return with_etag(request, shown_result(measurement, to=request.user))


class Copies(APIView):
    """The caller's lens copies."""

    token_scopes: ClassVar = {"GET": Scope.READ}

    @extend_schema(responses=serializers.OwnCopy(many=True))
    def get(self, request: Request) -> Response:
        """One's own lens copies."""
        return Response(serializers.OwnCopy(queries.copies_of(signed_in(request.user)), many=True).data)


class Known(APIView):
    """What the caller has already sent."""

    token_scopes: ClassVar = {"GET": Scope.READ}

    @extend_schema(
        parameters=[OpenApiParameter("sha256", str, many=True, description="Digests of files, 200 at most.")],
        responses=serializers.KnownPhoto(many=True),
    )
    def get(self, request: Request) -> Response:
        """Which of these files are in one's own submitted series."""
        digests = request.query_params.getlist("sha256")[:200]
        known = queries.sent_by(signed_in(request.user)).filter(sha256__in=digests).order_by("id")
        return Response(serializers.KnownPhoto(known, many=True).data)
