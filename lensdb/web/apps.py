from django.apps import AppConfig

from lensdb.web import checks as checks  # registers them


class WebConfig(AppConfig):
    name = "lensdb.web"
