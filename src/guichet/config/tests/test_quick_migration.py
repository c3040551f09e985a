"""Migrating quickly leaves nothing out."""

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.state import ProjectState

from guichet.config.quick_migration import quick_migration


@pytest.mark.django_db
def test_migrating_makes_every_index_and_constraint_of_the_models():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('i', 'I') UNION SELECT conname FROM pg_constraint"
        )
        made = {name for (name,) in cursor.fetchall()}
    models = [model for model in apps.get_models() if model._meta.managed and not model._meta.proxy]
    wanted = {one.name for model in models for one in (*model._meta.indexes, *model._meta.constraints)}
    assert wanted - made == set()


def test_quick_migration_leaves_django_as_it_was():
    plain = ProjectState._append_option
    with quick_migration():
        assert ProjectState._append_option != plain
    assert ProjectState._append_option == plain
