"""Addresses of the archive, the player and the listeners."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.urls import path

from guichet.recordings.views import archive, grants, listener, player, stream

if TYPE_CHECKING:
    from django.urls import URLPattern

_RECORDING: Final = "bureau/enregistrements/<uuid:recording_id>/"
_GRANT: Final = "bureau/acces/<uuid:grant_id>/"
_STREAM: Final = "ecoute/<uuid:listening_id>/"

urlpatterns: Final[list[URLPattern]] = [
    path("bureau/enregistrements/", archive.archive, name="archive"),
    path(_RECORDING, archive.recording, name="recording"),
    path(f"{_RECORDING}archiver/", archive.receive, name="receive"),
    path(f"{_RECORDING}decoder/", archive.redecode, name="redecode"),
    path(f"{_RECORDING}ecouter/", player.listen, name="listen"),
    path(f"{_RECORDING}acces/", grants.give, name="grant_give"),
    path("bureau/defauts/<uuid:report_id>/", archive.settle, name="defect_settle"),
    path(_GRANT, grants.grant, name="grant"),
    path(f"{_GRANT}renouveler/", grants.renew, name="grant_renew"),
    path(f"{_GRANT}revoquer/", grants.revoke, name="grant_revoke"),
    path(f"{_GRANT}lien/", grants.send_link, name="grant_link"),
    path(f"{_GRANT}autorisation/", grants.document, name="grant_document"),
    path("bureau/ecoute/<uuid:listening_id>/", player.player, name="player"),
    path("bureau/ecoute/<uuid:listening_id>/reperes/", player.set_marker, name="marker_set"),
    path("bureau/reperes/<uuid:marker_id>/supprimer/", player.remove_marker, name="marker_remove"),
    path(f"{_STREAM}forme/", stream.wave, name="wave"),
    path(f"{_STREAM}entendu/", stream.heard, name="heard"),
    path(f"{_STREAM}fin/", stream.finish, name="finish"),
    path(f"{_STREAM}passe/", stream.make_pass, name="pass"),
    path(f"{_STREAM}<str:ticket>/liste.m3u8", stream.playlist, name="playlist"),
    path(f"{_STREAM}<str:ticket>/cle", stream.key, name="key"),
    path(f"{_STREAM}<str:ticket>/<int:number>", stream.segment, name="segment"),
    path("ecouter/code/", listener.code, name="listen_code"),
    path("ecouter/code/nouveau/", listener.code_again, name="listen_code_again"),
    path("ecouter/lecture/<uuid:listening_id>/", listener.player, name="listener_player"),
    path("ecouter/lecture/<uuid:listening_id>/defaut/", listener.report, name="defect_report"),
    path("ecouter/<str:token>/", listener.link, name="listen_link"),
]
