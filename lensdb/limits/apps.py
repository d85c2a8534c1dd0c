from django.apps import AppConfig


class LimitsConfig(AppConfig):
    name = "lensdb.limits"
