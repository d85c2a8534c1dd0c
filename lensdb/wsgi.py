"""What gunicorn loads once and forks; joins the embedded PostgreSQL first where the settings use it.

Takes away what processes that were killed left of uploads.
"""

import os
from importlib import import_module

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

from lensdb.lib import embedded_postgres, uploads
from lensdb.lib.wsgi import TolerantRequest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lensdb.settings")
if settings.EMBEDDED_POSTGRES:
    embedded_postgres.join(settings.EMBEDDED_POSTGRES)

application: WSGIHandler = get_wsgi_application()
application.request_class = TolerantRequest
import_module(settings.ROOT_URLCONF)  # not at the first request of each worker
uploads.sweep_temporary(delete=True)
