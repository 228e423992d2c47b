"""The city is built once for all rows; each request is taken back."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from casework.lib import clock
from tests.access.world import NOW, World, build
from tests.walk import at


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), clock.at(at(NOW)), transaction.atomic():
        yield build()
        transaction.set_rollback(True)
