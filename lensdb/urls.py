"""Every route of the site."""

from django.contrib import admin
from django.urls import include, path

from lensdb.web.views import health

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.account.urls")),
    path("api/", include("lensdb.api.urls")),
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("", include("lensdb.web.urls")),
]
