"""Addresses of the recorder; all below one path, which is also the reach of its service worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.urls import path

from guichet.recordings.views import recorder

if TYPE_CHECKING:
    from django.urls import URLPattern

urlpatterns: Final[list[URLPattern]] = [
    path("enregistreur/", recorder.page, name="recorder"),
    path("enregistreur/service.js", recorder.service_worker, name="recorder_worker"),
    path("enregistreur/application.webmanifest", recorder.manifest, name="recorder_manifest"),
    path("enregistreur/connexion/", recorder.login, name="recorder_login"),
    path("enregistreur/donnees/", recorder.data, name="recorder_data"),
    path("enregistreur/commencer/", recorder.begin, name="recorder_begin"),
]
