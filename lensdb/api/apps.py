from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "lensdb.api"
