"""Addresses of the recordings, below the insurer's slug."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.urls import URLPattern, URLResolver

app_name = "recordings"
urlpatterns: list[URLPattern | URLResolver] = []
