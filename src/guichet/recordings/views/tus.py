"""The upload protocol tus 1.0: creation, checksum, termination; in parts of 8 MiB, owner only (REC-03).

A part counts when it is sealed, on disk, and its offset committed; until then the client sends it again. The last part
also names the SHA-256 of the whole (`Upload-Sha256`), which the worker compares before anything else happens.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from django.http import Http404, HttpResponse
from django.http.request import UnreadablePostError
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from guichet import audio
from guichet.accounts.access import partner
from guichet.recordings.actions import uploads
from guichet.recordings.errors import FileRefused, NotPossible, WaiverInForce, WrongOffset
from guichet.recordings.models import Upload
from guichet.recordings.views.common import deposit_of
from guichet.storage.cipher import PART_SIZE

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.accounts.access import SpaceRequest

VERSION: Final = "1.0.0"
PART_TYPE: Final = "application/offset+octet-stream"
CHECKSUM_MISMATCH: Final = 460  # of the protocol's own
_LONGEST_METADATA: Final = 2000  # characters


@partner
@require_http_methods(["POST", "OPTIONS"])
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
def part(request: SpaceRequest, slug: str, recording_id: UUID, upload_id: UUID) -> HttpResponse:
    """Ask how much is safe, add a part, or give the upload up."""
    del slug
    recording = deposit_of(request, recording_id)
    upload = Upload.objects.filter(pk=upload_id, recording=recording).select_related("stored").first()
    if upload is None:
        raise Http404
    upload.recording = recording
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
    data = _read(request)
    if offset is None or data is None:
        return _answer(HTTPStatus.BAD_REQUEST)
    if (wrong := _checksum(request, data)) is not None:
        return _answer(wrong)
    return _keep(request, upload, data, offset)


def _read(request: SpaceRequest) -> bytes | None:
    """The whole body; nothing where the line was cut or no length was named."""
    length = _number(request.headers.get("Content-Length", ""))
    try:
        data: bytes = request.read(length) if length else b""
    except (UnreadablePostError, OSError):
        return None
    return data if len(data) == length else None


def _keep(request: SpaceRequest, upload: Upload, data: bytes, offset: int) -> HttpResponse:
    digest = request.headers.get("Upload-Sha256", "")
    try:
        following = uploads.write(upload, data, offset=offset, by=request.actor, sha256=digest)
    except WrongOffset as now:
        return _answer(HTTPStatus.CONFLICT, Upload_Offset=str(now.offset))
    except NotPossible:
        return _answer(HTTPStatus.GONE)
    except ValueError:
        return _answer(HTTPStatus.BAD_REQUEST)
    return _answer(HTTPStatus.NO_CONTENT, Upload_Offset=str(following))


def _give_up(request: SpaceRequest, upload: Upload) -> HttpResponse:
    try:
        uploads.give_up(upload, by=request.actor)
    except NotPossible:
        return _answer(HTTPStatus.CONFLICT)
    return _answer(HTTPStatus.NO_CONTENT)


def _checksum(request: SpaceRequest, data: bytes) -> int | None:
    """Of one part, where the client names it: what to answer if it is wrong."""
    said = request.headers.get("Upload-Checksum")
    if said is None:
        return None
    algorithm, _space, value = said.partition(" ")
    try:
        digest = base64.b64decode(value, validate=True)
    except (ValueError, binascii.Error):
        return HTTPStatus.BAD_REQUEST
    if algorithm != "sha256":
        return HTTPStatus.BAD_REQUEST
    return None if hmac.compare_digest(digest, hashlib.sha256(data).digest()) else CHECKSUM_MISMATCH


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
    response = HttpResponse(known.text, status=known.status, content_type="text/plain; charset=utf-8")
    response["Tus-Resumable"] = VERSION
    return response


def _answer(status: int, **headers: str) -> HttpResponse:
    response = HttpResponse(status=status)
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
