"""The page that shows the demo's outbox. It exists in the demo only (`demo_urls.py`)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.utils.dateparse import parse_datetime

from guichet.notify.compose import paragraphs

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_SHOWN: Final = 100
_REFRESH_SECONDS: Final = 5


def outbox_page(request: HttpRequest) -> HttpResponse:
    """The newest hundred mails and SMS that would have left, newest first; `?to=` shows those to one recipient."""
    if not settings.DEMO:
        raise Http404
    to = request.GET.get("to", "").strip()
    auto = request.GET.get("auto") == "1"
    answer = render(request, "notify/outbox.html", {"messages_sent": _messages(to), "to": to, "auto": auto})
    if auto:
        answer["Refresh"] = str(_REFRESH_SECONDS)
    return answer


def _messages(to: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for file in sorted(Path(settings.OUTBOX).glob("*.json"), reverse=True):
        message = json.loads(file.read_text(encoding="utf-8"))
        if to in ("", message["to"]):
            found.append(
                {
                    **message,
                    "body": paragraphs(message["text"]),
                    "created_at": parse_datetime(message["created_at"]),
                }
            )
        if len(found) == _SHOWN:
            break
    return found
