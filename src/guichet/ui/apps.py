"""The design system as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Templates, static files, the tag library, headers."""

    name = "guichet.ui"
    label = "ui"
