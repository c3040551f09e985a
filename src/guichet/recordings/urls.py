"""Addresses of the recordings, below the insurer's slug."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guichet.recordings import urls_deposits, urls_listening

if TYPE_CHECKING:
    from django.urls import URLPattern, URLResolver

app_name = "recordings"
urlpatterns: list[URLPattern | URLResolver] = [*urls_deposits.urlpatterns, *urls_listening.urlpatterns]
