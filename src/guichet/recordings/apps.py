"""The recordings as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class RecordingsConfig(AppConfig):
    """Publishes the menu when the platform starts."""

    name = "guichet.recordings"
