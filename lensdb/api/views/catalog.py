"""Lenses and bodies."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lensdb.accounts.models import Scope
from lensdb.aggregates.exports import exported
from lensdb.aggregates.queries import lens_plot
from lensdb.aggregates.revisions import catalog_version, lens_version, site_version
from lensdb.api import serializers
from lensdb.api.caching import shared_reads
from lensdb.catalog import queries, search
from lensdb.catalog.identify import identify
from lensdb.catalog.models import CameraBody
from lensdb.submissions.enums import Standing

LIST_MAX: Final = 200
BODIES_MAX: Final = 20
_Q: Final = OpenApiParameter("q", str, description="What to look for; typos are forgiven.")


@shared_reads(site_version)
class Lenses(APIView):
    """Find lenses."""

    token_scopes: ClassVar = {"GET": Scope.READ}
    permission_classes = [AllowAny]

    @extend_schema(parameters=[_Q], responses=serializers.Lens(many=True))
    def get(self, request: Request) -> Response:
        """The lenses somebody may mean by `q`, the likeliest first; without it, the lenses that were measured."""
        text = request.query_params.get("q", "")
        lenses = queries.lenses()
        if text:
            found: Any = search.search(text[:200], within=lenses)
        else:
            published = lenses.filter(copies__series__standing=Standing.PUBLISHED)
            found = published.distinct().order_by("name")[:LIST_MAX]
        return Response(serializers.Lens(found, many=True).data)


@shared_reads(lens_version)
class LensDetail(APIView):
    """One lens."""

    token_scopes: ClassVar = {"GET": Scope.READ}
    permission_classes = [AllowAny]

    @extend_schema(responses=serializers.LensWithPlot)
    def get(self, request: Request, slug: str) -> Response:  # noqa: ARG002 - DRF's signature
        """A lens with everything its plots show."""
        lens = get_object_or_404(queries.lenses_by_slug(), slug=slug).current
        return Response({"lens": serializers.Lens(lens).data, "plot": lens_plot(lens)})


@shared_reads(lens_version)
class LensShifts(APIView):
    """The series of one lens."""

    token_scopes: ClassVar = {"GET": Scope.READ}
    permission_classes = [AllowAny]

    @extend_schema(responses=serializers.LensShifts)
    def get(self, request: Request, slug: str) -> Response:  # noqa: ARG002 - DRF's signature
        """What every published series says, for statistics of one's own; `lensdb compare` reads the file."""
        return Response(exported(get_object_or_404(queries.lenses_by_slug(), slug=slug).current))


@shared_reads(catalog_version)
class Bodies(APIView):
    """Find camera bodies."""

    token_scopes: ClassVar = {"GET": Scope.READ}
    permission_classes = [AllowAny]

    @extend_schema(parameters=[_Q], responses=serializers.Body(many=True))
    def get(self, request: Request) -> Response:
        """Bodies whose name, or the name their files carry, holds every word of `q`."""
        text = request.query_params.get("q", "")[:200].replace("\0", "")
        bodies = queries.bodies_like(text)[:BODIES_MAX] if text.strip() else CameraBody.objects.none()
        return Response(serializers.Body(bodies, many=True).data)


class Identify(APIView):
    """Match what cameras wrote with the catalogue."""

    token_scopes: ClassVar = {"POST": Scope.READ}

    @extend_schema(request=serializers.WrittenPhotos, responses=serializers.Identified)
    def post(self, request: Request) -> Response:
        """The lens and body of a set of photos, and what is odd about the set. Nothing is stored."""
        asked = serializers.WrittenPhotos(data=request.data)
        asked.is_valid(raise_exception=True)
        found = identify(asked.validated_data["photos"])
        answer = {
            "lens": found.lens,
            "body": found.body,
            "problems": [problem.sentence for problem in found.problems],
        }
        return Response(serializers.Identified(answer).data)
