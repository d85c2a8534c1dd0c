"""Routes of the pages."""

from django.urls import path

from lensdb.web.views import (
    chart,
    compare,
    copies,
    erasing,
    exporting,
    figures,
    home,
    lenses,
    pages,
    series,
    submit,
    tokens,
)

app_name = "web"
urlpatterns = [
    path("", home.home, name="home"),
    path("lenses/", lenses.index, name="lens-index"),
    path("lenses/<slug:slug>/", lenses.detail, name="lens"),
    path("lenses/<slug:slug>/figures.csv", figures.lens, name="lens-figures"),
    path("lenses/<slug:slug>/series.csv", figures.lens_series, name="lens-series-figures"),
    path("copies/<slug:public_id>/", copies.detail, name="copy"),
    path("copies/<slug:public_id>/figures.csv", figures.copy, name="copy-figures"),
    path("copies/<slug:public_id>/services/", copies.add_service, name="copy-service"),
    path(
        "copies/<slug:public_id>/services/<int:service>/remove/", copies.take_back_service, name="copy-service-remove"
    ),
    path("compare/", compare.compare, name="compare"),
    path("compare/figures.csv", figures.compare, name="compare-figures"),
    path("series/<slug:public_id>/", series.detail, name="series"),
    path("series/<slug:public_id>/withdraw/", series.withdraw_series, name="series-withdraw"),
    path("media/derived/<slug:public_id>/<str:name>", series.derived_picture, name="derived"),
    path("submit/", submit.submit, name="submit"),
    path("chart/", chart.page, name="chart"),
    path("chart/<str:paper>.<str:ending>", chart.file, name="chart-file"),
    path("method/", pages.method, name="method"),
    path("me/", pages.me, name="me"),
    path("me/export/", exporting.export_me, name="export"),
    path("me/erase/", erasing.erase_me, name="erase"),
    path("me/tokens/", tokens.tokens, name="tokens"),
    path("me/tokens/end/", tokens.end_all, name="tokens-end"),
    path("me/tokens/<slug:prefix>/end/", tokens.end, name="token-end"),
    path("status/", pages.status, name="status"),
]
