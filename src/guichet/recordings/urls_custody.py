"""Addresses of custody: court, destruction, forwarding, care of the archive, the insured person's page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.urls import path

from guichet.recordings.views import court

if TYPE_CHECKING:
    from django.urls import URLPattern

_RECORDING: Final = "bureau/enregistrements/<uuid:recording_id>/"
_COURT: Final = "bureau/tribunal/<uuid:package_id>/"

urlpatterns: Final[list[URLPattern]] = [
    path(f"{_RECORDING}tribunal/", court.ask, name="court_ask"),
    path("bureau/tribunal/", court.listing, name="court_packages"),
    path(_COURT, court.package, name="court_package"),
    path(f"{_COURT}approuver/", court.approve, name="court_approve"),
    path(f"{_COURT}refuser/", court.refuse, name="court_refuse"),
    path(f"{_COURT}remise/", court.hand, name="court_hand"),
    path(f"{_COURT}image/", court.image, name="court_image"),
]
