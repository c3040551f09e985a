"""The outbox of the demo: what would leave lands as a file in `settings.OUTBOX` (MSG-03, the contract of the demo)."""

from __future__ import annotations

import json
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from guichet.notify.doors.base import Mail, Unavailable

if TYPE_CHECKING:
    from guichet.notify.doors.base import Sms


class LocalDoor:
    """One JSON file per mail or SMS; names sort by time, a second attempt writes the same file."""

    name = "outbox"

    def send(self, message: Mail | Sms) -> str:
        """Write the file beside its place and move it there, so that nobody ever reads half of one."""
        stamp = message.created_at.astimezone(UTC)
        file = Path(settings.OUTBOX) / f"{stamp:%Y%m%dT%H%M%S%f}Z-{message.item_id}.json"
        is_mail = isinstance(message, Mail)
        content = {
            "kind": "mail" if is_mail else "sms",
            "to": message.to,
            "subject": message.subject if isinstance(message, Mail) else "",
            "text": message.text,
            "html": message.html if isinstance(message, Mail) else "",
            "created_at": stamp.isoformat(),
        }
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            unfinished = file.with_name(f".{file.name}.part")
            unfinished.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
            unfinished.replace(file)
        except OSError as error:
            raise Unavailable(f"outbox {type(error).__name__}") from None
        return str(message.item_id)
