"""Addresses of the recordings, below the insurer's slug."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guichet.recordings import urls_custody, urls_deposits, urls_listening, urls_recorder

if TYPE_CHECKING:
    from django.urls import URLPattern, URLResolver

app_name = "recordings"
urlpatterns: list[URLPattern | URLResolver] = [
    *urls_custody.urlpatterns,
    *urls_deposits.urlpatterns,
    *urls_listening.urlpatterns,
    *urls_recorder.urlpatterns,
]
