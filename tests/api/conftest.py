"""The fixtures of API tests."""

from tests.api.fixtures import (  # noqa: F401 - fixtures
    admin,
    alice,
    anybody,
    bob,
    browser,
    dashboard,
    keys,
    keys_door,
)
