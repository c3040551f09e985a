"""One POST of JSON to a provider: TLS verified, no redirect followed, ten seconds at most."""

from __future__ import annotations

import http.client
import json
import ssl
from typing import TYPE_CHECKING, Any, Final

from guichet.notify.doors.base import STEP_TIMEOUT, TIMEOUT, Unavailable
from guichet.notify.doors.deadline import deadline

if TYPE_CHECKING:
    from collections.abc import Mapping
    from urllib.parse import SplitResult

_ANSWER_BYTES: Final = 64 * 1024  # more than any provider's answer


def post_json(url: SplitResult, body: Mapping[str, Any], headers: Mapping[str, str]) -> tuple[int, bytes]:
    """Status and body of the answer, whatever the status. Raises `Unavailable` if there is none in time."""
    connection = _connection(url)
    target = url.path or "/"
    if url.query:
        target = f"{target}?{url.query}"
    try:
        connection.connect()
        with deadline(lambda: connection.sock, TIMEOUT):
            connection.request(
                "POST",
                target,
                body=json.dumps(dict(body), ensure_ascii=False).encode(),
                headers={"Content-Type": "application/json; charset=utf-8", "Accept": "application/json", **headers},
            )
            answer = connection.getresponse()
            return answer.status, answer.read(_ANSWER_BYTES)
    except (http.client.HTTPException, OSError) as error:
        raise Unavailable(f"http {type(error).__name__}") from None
    finally:
        connection.close()


def _connection(url: SplitResult) -> http.client.HTTPConnection:
    host = url.hostname or ""
    if url.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, url.port, timeout=STEP_TIMEOUT, context=context)
    return http.client.HTTPConnection(host, url.port, timeout=STEP_TIMEOUT)
