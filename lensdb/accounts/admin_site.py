"""Tells Django which admin site to use."""

from django.contrib.admin.apps import AdminConfig


class SiteConfig(AdminConfig):
    """Django's admin with the site's own door."""

    default_site = "lensdb.accounts.door.Site"
