"""Run beside the site: makes accounts with confirmed addresses. ``python -m deploy.topology.people FILE EMAIL…``

Confirmation goes by mail, which has nowhere to go here. The password is what the file holds.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lensdb.settings")
    django.setup()
    from allauth.account.models import EmailAddress  # models are there only after the set-up

    from lensdb.accounts.models import User

    password = Path(sys.argv[1]).read_text()
    for email in sys.argv[2:]:
        user = User.objects.create_user(email, password, trusted=True)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
