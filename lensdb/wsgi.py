"""What gunicorn serves; joins the embedded PostgreSQL first where the settings use it."""

import os

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

from lensdb.lib import embedded_postgres

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lensdb.settings")
if settings.EMBEDDED_POSTGRES:
    embedded_postgres.join(settings.EMBEDDED_POSTGRES)

application: WSGIHandler = get_wsgi_application()
