"""The admin as Django loads it."""

from django.contrib.admin.apps import AdminConfig


class SiteAdminConfig(AdminConfig):
    """Django's admin with this site's own."""

    default_site = "lensdb.lib.admin.AdminSite"
