"""Every route of the site."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from lensdb.web.views import health
from lensdb.web.views.addresses import Addresses

handler400 = "lensdb.web.views.errors.bad_request"
handler403 = "lensdb.web.views.errors.forbidden"
handler404 = "lensdb.web.views.errors.not_found"
handler500 = "lensdb.web.views.errors.failed"
urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/email/", Addresses.as_view(), name="account_email"),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("api/", include("lensdb.api.urls")),
    path("favicon.ico", RedirectView.as_view(url="/static/web/icon.svg"), name="favicon"),  # asked for by the admin
    path("livez", health.alive),
    path("readyz", health.ready),
    path("healthz", health.healthy),
    path("metrics", health.prometheus),
    path("", include("lensdb.web.urls")),
]
