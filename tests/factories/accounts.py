"""People."""

from typing import Any

import factory

from lensdb.accounts.models import User
from lensdb.moderation import roles

PASSWORD = "a long enough pass phrase"


class UserFactory(factory.django.DjangoModelFactory):
    """A photographer whose account is new; `trusted=True` for one whose series are published at once."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"photographer{n}@example.org")
    display_name = factory.Sequence(lambda n: f"Photographer {n}")
    trusted = False

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, password: str = PASSWORD, **fields: Any) -> User:
        return model_class.objects.create_user(password=password, **fields)


class ModeratorFactory(UserFactory):
    """A member of the Moderators group, who may enter the admin."""

    email = factory.Sequence(lambda n: f"moderator{n}@example.org")
    is_staff = True

    @factory.post_generation
    def membership(self: User, create: Any, extracted: Any, **kwargs: Any) -> None:
        self.groups.add(roles.moderators())


class AdministratorFactory(UserFactory):
    """A superuser."""

    email = factory.Sequence(lambda n: f"administrator{n}@example.org")
    is_staff = True
    is_superuser = True
