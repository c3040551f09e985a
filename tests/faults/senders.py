"""Clients that never give up: every step is repeated until it is answered, the sending with the same key."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bench import flow
from bench.visitor import NoAnswer, Visitor

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_RECEIPT = re.compile(r"[2-9A-HJ-NP-Z]{4}(?:-[2-9A-HJ-NP-Z]{4}){3}")
_NUMBER = re.compile(r'class="done__number">([^<]+)<')
_PATIENCE = 240.0  # seconds; a database that was killed is back long before


class GaveUp(AssertionError):
    """The platform did not come back in time."""


@dataclass
class Sent:
    """What a client was told of one sending."""

    marker: str
    case: str
    number: str
    receipt: str
    retries: int


@dataclass
class Sender:
    """One bookkeeper with one draft at a time."""

    visitor: Visitor
    person: str
    account: str
    pdf: bytes
    retries: int = 0

    def send(self, marker: str) -> Sent:
        """One invoice that carries `marker`, sent once whatever happens; the receipt as the page shows it."""
        self.retries = 0
        case, confirmation = self.prepared(marker)
        form = flow.last_click(confirmation)
        self.until(lambda: self.visitor.post(f"{case}confirmer/", form), 303)
        return self.receipt(marker, case)

    def send_again(self, sent: Sent) -> Sent:
        """The receipt once more, later."""
        return self.receipt(sent.marker, sent.case)

    def receipt(self, marker: str, case: str) -> Sent:
        """Number and code of the confirmation page."""
        page = self.until(lambda: self.visitor.get(f"{case}envoyee/"), 200).text
        number, code = _NUMBER.search(page), _RECEIPT.search(page)
        assert number, page[:2000]
        assert code, page[:2000]
        return Sent(marker, case, number.group(1), code.group(0), self.retries)

    def prepared(self, marker: str) -> tuple[str, Any]:
        """The address of a draft with its document, and its confirmation page: ready for the last click."""
        visitor = self.visitor
        new = f"/{visitor.slug}/factures/nouvelle/{flow.FORM}/"
        opened = self.until(lambda: visitor.post(new, {"beneficiary": self.person}), 302)
        case = opened.location.removesuffix("saisie/")
        self.until(lambda: visitor.upload(f"{case}pieces/", self.pdf), 200)
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            page = self.until(lambda: visitor.get(f"{case}saisie/"), 200)  # says which saving is the newest
            typed = flow.answers(self.person, self.account, draft_no=flow.draft_no(page)) | {"supplier_number": marker}
            try:
                flow.expect(visitor.post(f"{case}saisie/", {**typed, "do": "check"}), 303)
                return case, self.until(lambda: visitor.get(f"{case}confirmer/"), 200)
            except (NoAnswer, flow.Failed):
                self.retries += 1
                time.sleep(0.2)
        raise GaveUp(marker)

    def until(self, ask: Callable[[], Any], status: int) -> Any:
        """Repeat one request until it is answered like this; 5xx and silence are asked again, anything else fails."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            try:
                answer = ask()
            except NoAnswer:
                answer = None
            if answer is not None and answer.status == status:
                return answer
            if answer is not None and answer.status < 500:
                raise AssertionError(f"{answer.status} instead of {status}: {answer.text[:500]}")
            self.retries += 1
            time.sleep(0.2)
        raise GaveUp(status)


def senders(port: int, account: dict[str, Any], outbox: Path, *, count: int, pdf: bytes) -> list[Sender]:
    """Clients of one company, each with a connection, a login and a beneficiary of its own."""
    found = []
    for number in range(count):
        visitor = Visitor(port, "vs")
        visitor.log_in(account, outbox)
        offered = flow.choices(visitor)
        found.append(Sender(visitor, offered.people[number], offered.account, pdf))
    return found


@dataclass
class Crowd:
    """Clients at work at the same time; the first error of any of them is raised at the end."""

    clients: list[Sender]
    sent: list[Sent] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)

    def start(self, markers: list[str]) -> None:
        """Share the sendings out."""
        self._left = list(reversed(markers))
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._work, args=[client]) for client in self.clients]
        for thread in self._threads:
            thread.start()

    def is_working(self) -> bool:
        """Whether something is still to be sent."""
        return any(thread.is_alive() for thread in self._threads)

    def finish(self) -> list[Sent]:
        """Wait for all."""
        for thread in self._threads:
            thread.join()
        if self.errors:
            raise self.errors[0]
        return self.sent

    def _work(self, client: Sender) -> None:
        try:
            while True:
                with self._lock:
                    if not self._left or self.errors:
                        return
                    marker = self._left.pop()
                done = client.send(marker)
                with self._lock:
                    self.sent.append(done)
        except BaseException as error:  # noqa: BLE001 -- handed to the test's own thread
            self.errors.append(error)
