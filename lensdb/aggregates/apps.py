from django.apps import AppConfig


class AggregatesConfig(AppConfig):
    name = "lensdb.aggregates"
