"""Every route of the site."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.account.urls")),
    path("api/", include("lensdb.api.urls")),
    path("", include("lensdb.web.urls")),
]
