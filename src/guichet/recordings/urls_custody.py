"""Addresses of custody: court, destruction, forwarding, care of the archive, the insured person's page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.urls import path

from guichet.recordings.views import care, court, destruction, forwarding, insured, insured_news

if TYPE_CHECKING:
    from django.urls import URLPattern

_RECORDING: Final = "bureau/enregistrements/<uuid:recording_id>/"
_MANDATE: Final = "bureau/mandats/<uuid:mandate_id>/"
_REQUEST: Final = "bureau/destructions/<uuid:request_id>/"
_MINE: Final = "mes-enregistrements/<uuid:mandate_id>/"
_COURT: Final = "bureau/tribunal/<uuid:package_id>/"

urlpatterns: Final[list[URLPattern]] = [
    path(f"{_RECORDING}tribunal/", court.ask, name="court_ask"),
    path("bureau/tribunal/", court.listing, name="court_packages"),
    path(_COURT, court.package, name="court_package"),
    path(f"{_COURT}approuver/", court.approve, name="court_approve"),
    path(f"{_COURT}refuser/", court.refuse, name="court_refuse"),
    path(f"{_COURT}remise/", court.hand, name="court_hand"),
    path(f"{_COURT}image/", court.image, name="court_image"),
    path(f"{_RECORDING}transmettre/", forwarding.forward, name="forward"),
    path(f"{_MANDATE}destruction/", destruction.ask, name="destruction_ask"),
    path(f"{_MANDATE}destruction/definitive/", destruction.ask_final, name="destruction_final"),
    path(f"{_MANDATE}blocage/", destruction.hold, name="hold"),
    path("bureau/destructions/", destruction.listing, name="destructions"),
    path(_REQUEST, destruction.one, name="destruction"),
    path(f"{_REQUEST}retrait/", destruction.withdraw, name="destruction_withdraw"),
    path(f"{_REQUEST}retrait/confirmer/", destruction.confirm_claim, name="destruction_claim_confirm"),
    path(f"{_REQUEST}retrait/ecarter/", destruction.dismiss_claim, name="destruction_claim_dismiss"),
    path(f"{_REQUEST}retrait/document/", destruction.withdrawal_document, name="destruction_withdrawal"),
    path(f"{_REQUEST}executer/", destruction.execute, name="destruction_execute"),
    path(f"{_REQUEST}certificat/", destruction.certificate, name="destruction_certificate"),
    path(f"{_REQUEST}document/", destruction.document, name="destruction_document"),
    path("bureau/integrite/", care.care, name="care"),
    path("bureau/securite/", care.state_security, name="security_state"),
    path("securite/", care.security, name="security"),
    path("aide/autres-voies/", care.other_ways, name="other_ways"),
    path("aide/autres-voies/lettre/", care.letter, name="other_ways_letter"),
    path("mes-enregistrements/", insured.listing, name="my_recordings"),
    path("mes-enregistrements/messages/", insured_news.choose, name="my_news"),
    path(_MINE, insured.one, name="my_recording"),
    path(f"{_MINE}renonciation/", insured.waive, name="my_waiver"),
    path(f"{_MINE}renonciation/revoquer/", insured.revoke, name="my_waiver_revoke"),
    path(f"{_MINE}destruction/", insured.destroy, name="my_destruction"),
    path(f"{_MINE}destruction/<uuid:request_id>/retirer/", insured.withdraw, name="my_destruction_withdraw"),
    path(f"{_MINE}<uuid:recording_id>/defaut/", insured.report, name="my_defect"),
]
