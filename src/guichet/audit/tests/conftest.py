"""Connections of the other roles, and a place outside the database."""

import psycopg
import pytest

from guichet.config import database


@pytest.fixture
def owner(test_database):
    """The role that owns the audit: what a tamperer with the operator's password can do."""
    with psycopg.connect(test_database.url(database.MIGRATE), autocommit=True) as connection:
        connection.execute(
            "ALTER TABLE audit.entry ALTER COLUMN id RESTART"
        )  # numbers of rolled-back tests are used up
        yield connection


@pytest.fixture
def outside(tmp_path, settings):
    """An empty store outside the database."""
    settings.AUDIT_ANCHOR = tmp_path / "anchor"
    return settings.AUDIT_ANCHOR
