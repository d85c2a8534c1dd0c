"""Series that were erased, for whoever took their numbers home."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from lensdb.accounts.models import Scope
from lensdb.api import serializers
from lensdb.persons.models import Tombstone


class OldestFirst(CursorPagination):
    """Pages that nothing shifts: rows are only added, at the end."""

    page_size = 500
    ordering = "id"


class Tombstones(ListAPIView[Tombstone]):
    """Series that were erased."""

    token_scopes: ClassVar = {"GET": Scope.READ}
    permission_classes = [AllowAny]
    serializer_class = serializers.Tombstone
    pagination_class = OldestFirst
    queryset = Tombstone.objects.all()

    @extend_schema(responses=serializers.Tombstone(many=True))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The public ids of erased series that statistics had counted. Take them out of what you downloaded."""
        return super().get(request, *args, **kwargs)
