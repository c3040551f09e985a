"""ASPSMS, a Swiss SMS provider: its JSON interface `SendSimpleTextSMS`.

Source: https://json.aspsms.com/ (request and answer objects). Request: `UserName`, `Password`, `Originator`,
`Recipients` (list), `MessageText`. Answer, always with HTTP 200: `{"StatusCode": "1", "StatusInfo": "OK"}`; among the
codes 3 is « Authorization failed. », 5 « not enough credits », 10 and 30 an originator too long or not authorised.
A reference of ours is appended to the number (`+41791234567:reference`) and comes back as `TransactionReferenceNumber`
in `InquireDeliveryNotifications`; `tracking=no` in the door's address leaves it away.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from guichet.notify.doors.base import Refused, Unavailable
from guichet.notify.doors.post import post_json

if TYPE_CHECKING:
    from urllib.parse import SplitResult

    from guichet.notify.doors.base import Sms

_OK: Final = "1"
_OUR_ACCOUNT: Final = frozenset({"0", "2", "3", "5", "10", "30"})  # no message would pass, not only this one


@dataclass(frozen=True, kw_only=True)
class AspsmsDoor:
    """One account at ASPSMS."""

    url: SplitResult  # …/SendSimpleTextSMS
    user: str
    password: str
    originator: str
    tracking: bool = True

    @property
    def name(self) -> str:
        return f"aspsms {self.url.netloc}"[:80]

    def send(self, message: Sms) -> str:
        """Hand over one SMS; the reference is our own."""
        reference = message.item_id.hex
        status, answer = post_json(
            self.url,
            {
                "UserName": self.user,
                "Password": self.password,
                "Originator": self.originator,
                "Recipients": [f"{message.to}:{reference}" if self.tracking else message.to],
                "MessageText": message.text,
            },
            {},
        )
        if status != 200:
            raise Unavailable(f"http {status}")
        code = _status_code(answer)
        if code == _OK:
            return reference
        if code in _OUR_ACCOUNT:
            raise Unavailable(f"aspsms {code}")
        raise Refused(f"aspsms {code}")


def _status_code(answer: bytes) -> str:
    """The provider's code; an answer that is not its own is none."""
    try:
        code = json.loads(answer)["StatusCode"]
    except (ValueError, KeyError, TypeError):
        raise Unavailable("aspsms unreadable") from None
    text = str(code).strip()
    if not text.isdecimal():
        raise Unavailable("aspsms unreadable")
    return text
