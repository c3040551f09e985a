"""Addresses of mandates and deposits, of the expert and of the office."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.urls import path

from guichet.recordings.views import deposit, desk_mandates, forwarding, mandate_import, mandates, tus

if TYPE_CHECKING:
    from django.urls import URLPattern

_DEPOSIT: Final = "depots/<uuid:recording_id>/"
_MANDATE: Final = "bureau/mandats/<uuid:mandate_id>/"
_WAIVER: Final = f"{_MANDATE}renonciation/<uuid:waiver_id>/"

urlpatterns: Final[list[URLPattern]] = [
    path("mandats/", mandates.listing, name="mandates"),
    path("mandats/ouvrir/", mandates.open_one, name="mandate_open"),
    path("mandats/<uuid:mandate_id>/", mandates.one, name="mandate"),
    path(_DEPOSIT, deposit.page, name="deposit"),
    path(f"{_DEPOSIT}etat/", deposit.state, name="deposit_state"),
    path(f"{_DEPOSIT}son/", deposit.sound, name="deposit_sound"),
    path(f"{_DEPOSIT}recommencer/", deposit.again, name="deposit_again"),
    path(f"{_DEPOSIT}abandonner/", deposit.abandon, name="deposit_abandon"),
    path(f"{_DEPOSIT}envoyer/", deposit.send, name="deposit_send"),
    path(f"{_DEPOSIT}envoye/", deposit.sent, name="deposit_sent"),
    path(f"{_DEPOSIT}fichier/", tus.create, name="tus_create"),
    path(f"{_DEPOSIT}fichier/<uuid:upload_id>/", tus.part, name="tus"),
    path("bureau/mandats/", desk_mandates.listing, name="desk_mandates"),
    path("bureau/mandats/annoncer/", desk_mandates.announce, name="mandate_announce"),
    path("bureau/mandats/importer/", mandate_import.page, name="mandate_import"),
    path(_MANDATE, desk_mandates.one, name="desk_mandate"),
    path(f"{_MANDATE}confirmer/", desk_mandates.confirm, name="mandate_confirm"),
    path(f"{_MANDATE}expert/", forwarding.admit_again, name="mandate_expert"),
    path(f"{_MANDATE}renonciation/", desk_mandates.waive, name="mandate_waive"),
    path(f"{_WAIVER}revoquer/", desk_mandates.revoke, name="waiver_revoke"),
    path(f"{_WAIVER}document/", desk_mandates.waiver_document, name="waiver_document"),
    path("bureau/enregistrements/<uuid:recording_id>/nouveau-depot/", desk_mandates.redeposit, name="redeposit"),
]
