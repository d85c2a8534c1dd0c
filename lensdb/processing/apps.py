from django.apps import AppConfig

from lensdb.processing import checks as checks  # registers them


class ProcessingConfig(AppConfig):
    name = "lensdb.processing"
