"""Any SMS gateway that takes one POST of JSON; names of fields and header come from its address.

`http+sms:https://gateway.example/send#token=SECRET&header=Authorization&to=to&text=text&reference=reference
&sender=from&originator=Guichet` — what follows `#` configures and is never sent as part of the address.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from guichet.notify.doors.base import Refused, Unavailable
from guichet.notify.doors.post import post_json

if TYPE_CHECKING:
    from urllib.parse import SplitResult

    from guichet.notify.doors.base import Sms

_ABOUT_THE_MESSAGE: Final = frozenset({400, 422})  # any other refusal would meet every message


@dataclass(frozen=True, kw_only=True)
class HttpSmsDoor:
    """One gateway. Empty field names leave the field away."""

    url: SplitResult
    token: str = ""
    header: str = "Authorization"
    to: str = "to"
    text: str = "text"
    reference: str = "reference"
    sender: str = "from"
    originator: str = ""

    @property
    def name(self) -> str:
        return f"http {self.url.hostname}{f':{self.url.port}' if self.url.port else ''}{self.url.path}"[:80]

    def send(self, message: Sms) -> str:
        """Hand over one SMS; the reference is our own, so that a second attempt can be recognised."""
        reference = str(message.item_id)
        body = {self.to: message.to, self.text: message.text}
        if self.reference:
            body[self.reference] = reference
        if self.sender and self.originator:
            body[self.sender] = self.originator
        status, _ = post_json(self.url, body, {self.header: self.token} if self.token else {})
        if status // 100 == 2:
            return reference
        if status in _ABOUT_THE_MESSAGE:
            raise Refused(f"http {status}")
        raise Unavailable(f"http {status}")
