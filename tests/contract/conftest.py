"""The fixtures of contract tests; those that start a process are in tests/api alone, to be made once."""

from tests.api.fixtures import browser  # noqa: F401 - a fixture
