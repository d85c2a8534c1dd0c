"""Routes of the API."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from lensdb.api.caching import BY
from lensdb.api.views import catalog, series, tokens, tombstones
from lensdb.lib.caching import shared

app_name = "api"

_of_this_build = shared(lambda: "", by=BY)

v1 = [
    path("lenses/", catalog.Lenses.as_view(), name="lenses"),
    path("lenses/<slug:slug>/", catalog.LensDetail.as_view(), name="lens"),
    path("lenses/<slug:slug>/shifts/", catalog.LensShifts.as_view(), name="lens-shifts"),
    path("bodies/", catalog.Bodies.as_view(), name="bodies"),
    path("identify/", catalog.Identify.as_view(), name="identify"),
    path("copies/", series.Copies.as_view(), name="copies"),
    path("known/", series.Known.as_view(), name="known"),
    path("series/", series.SeriesList.as_view(), name="series-list"),
    path("series/<slug:public_id>/", series.SeriesDetail.as_view(), name="series"),
    path("series/<slug:public_id>/photos/", series.SeriesPhotos.as_view(), name="photos"),
    path("series/<slug:public_id>/photos/<int:photo>/", series.SeriesPhoto.as_view(), name="photo"),
    path("series/<slug:public_id>/submit/", series.SubmitSeries.as_view(), name="submit"),
    path("series/<slug:public_id>/withdraw/", series.WithdrawSeries.as_view(), name="withdraw"),
    path("series/<slug:public_id>/status/", series.SeriesStatus.as_view(), name="status"),
    path("series/<slug:public_id>/result/", series.SeriesResultView.as_view(), name="result"),
    path("tombstones/", tombstones.Tombstones.as_view(), name="tombstones"),
    path("tokens/", tokens.Tokens.as_view(), name="tokens"),
    path("tokens/<slug:prefix>/", tokens.Token.as_view(), name="token"),
]
urlpatterns = [
    path("v1/", include(v1)),
    path("schema/", _of_this_build(SpectacularAPIView.as_view(authentication_classes=[])), name="schema"),
    path(
        "docs/",
        _of_this_build(
            SpectacularSwaggerSplitView.as_view(
                url_name="api:schema", template_name="lensdb_api/docs.html", authentication_classes=[]
            )
        ),
        name="docs",
    ),
]
