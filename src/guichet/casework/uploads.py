"""Taking a file in: limited, looked into, scanned, cleaned, encrypted (FRM-09)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from guichet import storage
from guichet.casework.errors import FileRefused
from guichet.casework.models import AttachmentState

if TYPE_CHECKING:
    from guichet.storage.models import StoredObject
    from guichet.tenancy.models import Insurer

_STATES = {"clean": AttachmentState.CLEAN, "not_scanned": AttachmentState.WAITING}


@dataclass(frozen=True)
class Checked:
    """A file that may be kept: cleaned, with what is known of it."""

    data: bytes
    name: str
    media_type: str
    pages: int
    state: str


def check(source: BinaryIO, *, name: str, now: bool = False) -> Checked:
    """Look into a file before anything is written. Done outside of any transaction: scanning takes time.

    Raises `FileRefused` with what the sender can do about it; with `now` also while no scanner answers, for files
    that nobody scans again later.
    """
    data = source.read(settings.ATTACHMENT_MAX_BYTES + 1)
    _refuse_large(data)
    verdict = storage.scan(data)
    if verdict == storage.Verdict.INFECTED:
        raise FileRefused(_("Ce fichier contient un virus. Il n'a pas été enregistré."))
    inspection = storage.inspect_document(data, name=name)
    if inspection.refused:
        raise FileRefused(inspection.refused.text, status=inspection.refused.status)
    if now and verdict == storage.Verdict.NOT_SCANNED:
        raise FileRefused(_("L'antivirus ne répond pas en ce moment. Réessayez dans quelques minutes."), status=503)
    _refuse_large(inspection.content)
    return Checked(
        data=inspection.content,
        name=inspection.clean_name,
        media_type=inspection.media_type,
        pages=inspection.pages,
        state=_STATES[verdict],
    )


def _refuse_large(data: bytes) -> None:
    limit = settings.ATTACHMENT_MAX_BYTES
    if len(data) > limit:
        text = _("Ce fichier dépasse {limit} Mo. Réduisez-le ou répartissez-le.").format(limit=limit // 1024**2)
        raise FileRefused(text, status=413)


def keep(checked: Checked, *, insurer: Insurer) -> StoredObject:
    """Encrypt and store a checked file, in the transaction of the act that needs it."""
    return storage.put(checked.data, insurer=insurer, limit=settings.ATTACHMENT_MAX_BYTES)
