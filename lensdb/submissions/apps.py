from django.apps import AppConfig


class SubmissionsConfig(AppConfig):
    name = "lensdb.submissions"
