"""Service days on the moderator's desk: seen with whoever entered them, struck and restored."""

from datetime import date

import pytest
from django.test import Client

from lensdb.submissions.queries import counted_services
from lensdb.submissions.services import record_service
from tests.factories.accounts import ModeratorFactory
from tests.factories.submissions import LensCopyFactory, PublishedSeriesFactory

pytestmark = pytest.mark.django_db
ADDRESS = "/admin/submissions/serviceevent/"


def test_a_moderator_sees_strikes_and_restores(client: Client) -> None:
    copy = LensCopyFactory()
    PublishedSeriesFactory(owner=copy.owner, lens_copy=copy, f_numbers=[])
    event = record_service(by=copy.owner, lens_copy=copy, serviced_on=date(2026, 4, 2))
    client.force_login(ModeratorFactory())
    page = client.get(ADDRESS).content.decode()
    assert copy.public_id in page
    assert str(copy.owner) in page

    def act(name: str) -> str:
        return client.post(ADDRESS, {"action": name, "_selected_action": [event.pk]}, follow=True).content.decode()

    assert "Struck." in act("strike_selected")
    assert not counted_services().exists()
    assert "Restored." in act("restore_selected")
    assert counted_services().get() == event


def test_nobody_strikes_their_own(client: Client) -> None:
    moderator = ModeratorFactory()
    copy = LensCopyFactory(owner=moderator)
    event = record_service(by=moderator, lens_copy=copy, serviced_on=date(2026, 4, 2))
    client.force_login(moderator)
    fields = {"action": "strike_selected", "_selected_action": [event.pk]}
    assert "another moderator" in client.post(ADDRESS, fields, follow=True).content.decode()
    event.refresh_from_db()
    assert event.struck_at is None
