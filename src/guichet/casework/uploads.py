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


def check(source: BinaryIO, *, name: str) -> Checked:
    """Look into a file before anything is written.

    Raises `FileRefused` with what the sender can do about it. Done outside of any transaction: scanning takes time.
    """
    limit = settings.ATTACHMENT_MAX_BYTES
    data = source.read(limit + 1)
    if len(data) > limit:
        text = _("Ce fichier dépasse {limit} Mo. Réduisez-le ou répartissez-le.").format(limit=limit // 1024**2)
        raise FileRefused(text, status=413)
    verdict = storage.scan(data)
    if verdict == storage.Verdict.INFECTED:
        raise FileRefused(_("Ce fichier contient un virus. Il n'a pas été enregistré."))
    inspection = storage.inspect_document(data, name=name)
    if inspection.refused:
        status = 415 if inspection.refused.code.startswith("type.") else 422
        raise FileRefused(str(inspection.refused.text), status=status)
    return Checked(
        data=inspection.sanitised or data,
        name=inspection.clean_name,
        media_type=inspection.media_type,
        pages=inspection.pages,
        state=_STATES[verdict],
    )


def keep(checked: Checked, *, insurer: Insurer) -> StoredObject:
    """Encrypt and store a checked file, in the transaction of the act that needs it."""
    return storage.put(checked.data, insurer=insurer, limit=settings.ATTACHMENT_MAX_BYTES)
