"""Tells Django which admin site to use."""

from django.contrib.admin.apps import AdminConfig


class SiteConfig(AdminConfig):
    """Django's admin with the site's own sign-in rules."""

    default_site = "lensdb.accounts.door.Site"
