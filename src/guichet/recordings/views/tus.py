"""The upload protocol tus 1.0: creation, checksum, termination; in parts of 8 MiB, owner only (REC-03).

A part counts when it is sealed, on disk, and its offset committed; until then the client sends it again. The last part
also names the SHA-256 of the whole (`Upload-Sha256`), which the worker compares before anything else happens.
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import hmac
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from django.http import Http404, HttpResponse
from django.http.request import UnreadablePostError
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guichet import audio, storage
from guichet.accounts.access import partner
from guichet.recordings.actions import uploads
from guichet.recordings.errors import FileRefused, NotPossible, TooManyOpen, WaiverInForce, WrongOffset
from guichet.recordings.queries import uploads as queries
from guichet.recordings.views.common import deposit_of
from guichet.storage.cipher import PART_SIZE

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from guichet.accounts.access import SpaceRequest
    from guichet.recordings.models import Upload

VERSION: Final = "1.0.0"
PART_TYPE: Final = "application/offset+octet-stream"
CHECKSUM_MISMATCH: Final = 460  # of the protocol's own
_LONGEST_METADATA: Final = 2000  # characters
_PIECE: Final = 256 * 1024  # bytes that are sealed while the next ones arrive
_NO_ROOM_SECONDS: Final = 30
_NO_PLACE_SECONDS: Final = 3600

logger = logging.getLogger(__name__)


def _puts_off(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Later is another matter: 429 in words for too many deposits, 507 for a full disk (REL-04).

    What was acknowledged stays so; from a full disk the sender comes back by itself.
    """

    @functools.wraps(view)
    def answer(request: SpaceRequest, slug: str, **arguments: UUID) -> HttpResponse:
        try:
            return view(request, slug, **arguments)
        except TooManyOpen as full:
            return _said(_words(full), HTTPStatus.TOO_MANY_REQUESTS, Retry_After=str(_NO_PLACE_SECONDS))
        except storage.NoRoom:
            logger.exception("No room for an upload: the disk of STORAGE_ROOT or KEY_STORE is full")
            return _answer(HTTPStatus.INSUFFICIENT_STORAGE, Retry_After=str(_NO_ROOM_SECONDS))

    return answer


@partner
@require_http_methods(["POST", "OPTIONS"])
@_puts_off
def create(request: SpaceRequest, slug: str, recording_id: UUID) -> HttpResponse:
    """A place for a file of a named length; refused before its first byte where it cannot be taken."""
    recording = deposit_of(request, recording_id)
    if request.method == "OPTIONS":
        return _answer(HTTPStatus.NO_CONTENT, **_abilities())
    if refusal := _other_version(request):
        return refusal
    length, name = _number(request.headers.get("Upload-Length", "")), _file_name(request)
    if length is None or name is None:
        return _answer(HTTPStatus.BAD_REQUEST)
    try:
        upload = uploads.begin(recording, name=name, length=length, by=request.actor)
    except FileRefused as refused:
        return _refused(refused)
    except (NotPossible, WaiverInForce):
        return _answer(HTTPStatus.CONFLICT)
    place = reverse("recordings:tus", args=[slug, recording.pk, upload.pk])
    return _answer(HTTPStatus.CREATED, Location=place, Upload_Offset="0")


@partner
@require_http_methods(["HEAD", "PATCH", "DELETE", "OPTIONS"])
@_puts_off
def part(request: SpaceRequest, slug: str, recording_id: UUID, upload_id: UUID) -> HttpResponse:
    """Ask how much is safe, add a part, or give the upload up."""
    del slug
    upload = queries.own(upload_id, recording_id=recording_id, actor=request.actor)
    if upload is None:
        raise Http404
    if request.method == "OPTIONS":
        return _answer(HTTPStatus.NO_CONTENT, **_abilities())
    if refusal := _other_version(request):
        return refusal
    if upload.failure:
        return _answer(HTTPStatus.GONE)
    if request.method == "HEAD":
        return _answer(HTTPStatus.OK, Upload_Offset=str(upload.offset), Upload_Length=str(upload.length))
    if request.method == "DELETE":
        return _give_up(request, upload)
    return _add(request, upload)


part.body_limit = PART_SIZE  # type: ignore[attr-defined]  # for `BodyLimitMiddleware`: this address, and only PATCH


def _add(request: SpaceRequest, upload: Upload) -> HttpResponse:
    if request.content_type != PART_TYPE:
        return _answer(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    offset = _number(request.headers.get("Upload-Offset", ""))
    if offset is not None and offset != upload.offset:  # before a byte is read
        return _answer(HTTPStatus.CONFLICT, Upload_Offset=str(upload.offset))
    length = _number(request.headers.get("Content-Length", ""))
    try:
        return _take(request, upload, length, offset)
    except WrongOffset as now:
        return _answer(HTTPStatus.CONFLICT, Upload_Offset=str(now.offset))
    except NotPossible:
        return _answer(HTTPStatus.GONE)
    except (ValueError, UnreadablePostError):
        return _answer(HTTPStatus.BAD_REQUEST)


def _take(request: SpaceRequest, upload: Upload, length: int | None, offset: int | None) -> HttpResponse:
    """Seal the part while it arrives, then keep it. Raises as `uploads.receive` and `uploads.keep`."""
    if offset is None or length is None:
        raise ValueError("a part names its place and its length")
    wanted = _checksum(request)
    part, digest = uploads.receive(upload, length, offset=offset, by=request.actor), hashlib.sha256()
    while part.missing and (piece := request.read(min(_PIECE, part.missing))):
        part.add(piece)
        if wanted:
            digest.update(piece)
    if part.missing:  # the line was cut
        return _answer(HTTPStatus.BAD_REQUEST)
    if wanted and not hmac.compare_digest(wanted, digest.digest()):
        return _answer(CHECKSUM_MISMATCH)
    sha256 = request.headers.get("Upload-Sha256", "")
    following = uploads.keep(upload, part, by=request.actor, sha256=sha256)
    return _answer(HTTPStatus.NO_CONTENT, Upload_Offset=str(following))


def _give_up(request: SpaceRequest, upload: Upload) -> HttpResponse:
    try:
        uploads.give_up(upload, by=request.actor)
    except NotPossible:
        return _answer(HTTPStatus.CONFLICT)
    return _answer(HTTPStatus.NO_CONTENT)


def _checksum(request: SpaceRequest) -> bytes:
    """SHA-256 of the part as the client names it; nothing if it does not. Raises `ValueError` for anything else."""
    said = request.headers.get("Upload-Checksum")
    if said is None:
        return b""
    algorithm, _space, value = said.partition(" ")
    digest = base64.b64decode(value, validate=True)
    if algorithm != "sha256" or len(digest) != hashlib.sha256().digest_size:
        raise ValueError(f"not a SHA-256: {said[:20]}")
    return digest


def _file_name(request: SpaceRequest) -> str | None:
    """`filename` of the Upload-Metadata; nothing for metadata that are none."""
    for pair in request.headers.get("Upload-Metadata", "")[:_LONGEST_METADATA].split(","):
        key, _space, value = pair.strip().partition(" ")
        if key == "filename":
            try:
                return base64.b64decode(value, validate=True).decode()
            except (ValueError, binascii.Error):
                return None
    return None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _other_version(request: SpaceRequest) -> HttpResponse | None:
    if request.headers.get("Tus-Resumable") == VERSION:
        return None
    return _answer(HTTPStatus.PRECONDITION_FAILED, Tus_Version=VERSION)


def _refused(refused: FileRefused) -> HttpResponse:
    """The words of the refusal, for the page to show."""
    known = audio.Refused(refused.code)
    return _said(known.text, known.status)


def _words(full: TooManyOpen) -> str:
    if full.limit.of_office:
        return _(
            "L'office ne peut pas recevoir d'autres dépôts pour le moment. Votre fichier est resté sur cet appareil : "
            "recommencez dans quelques heures, ou prenez contact avec l'office."
        )
    return _(
        "Avec celui-ci, vos dépôts qui ne sont pas encore envoyés (actuellement {number}, {size}) dépasseraient ce qui "
        "est admis à la fois : {most} dépôts, {most_size}. Envoyez ou abandonnez-en un, puis recommencez : votre "
        "fichier est resté sur cet appareil."
    ).format(
        number=full.number,
        size=filesizeformat(full.size),
        most=full.limit.number,
        most_size=filesizeformat(full.limit.size),
    )


def _said(text: str, status: int, **headers: str) -> HttpResponse:
    """Words for the page to show."""
    return _answer(status, text, Content_Type="text/plain; charset=utf-8", **headers)


def _answer(status: int, text: str = "", **headers: str) -> HttpResponse:
    response = HttpResponse(text, status=status)
    response["Tus-Resumable"] = VERSION
    for name, value in headers.items():
        response[name.replace("_", "-")] = value
    return response


def _abilities() -> dict[str, str]:
    return {
        "Tus_Version": VERSION,
        "Tus_Extension": "creation,checksum,termination",
        "Tus_Max_Size": str(audio.MOST_BYTES),
        "Tus_Checksum_Algorithm": "sha256",
    }
