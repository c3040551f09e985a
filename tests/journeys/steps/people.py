"""Somebody in front of a browser."""

from __future__ import annotations

import itertools
import random
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from guichet.kernel.identifiers import with_ean_digit
from tests.rails.browser import assert_accessible, screenshot

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Response

    from tests.rails.browser import Live

_number = itertools.count(random.SystemRandom().randint(20_000, 80_000)).__next__


@dataclass
class Someone:
    """A visitor of one insurer's space: the page before them, and who they are."""

    page: Page
    live: Live
    slug: str
    account: dict[str, Any] = field(default_factory=dict)
    scripts: bool = True

    @property
    def name(self) -> str:
        """« Jean D. », as lists of the company show it."""
        first, last = str(self.account["name"]).split(" ", 1)
        return f"{first} {last[0]}."

    def goes_to(self, path: str) -> Response | None:
        """Type an address below the space."""
        answer = self.page.goto(f"/{self.slug}{path}")
        self.settles()
        return answer

    def settles(self) -> None:
        """The whole page is here, and its scripts listen, if it has any."""
        self.page.wait_for_load_state()
        if self.scripts:
            self.page.locator("html[data-ready]").wait_for(state="attached")

    def sees(self, heading: str | re.Pattern[str]) -> None:
        """A whole page with this title, without a single violation of the rules of access."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)
        self.is_accessible()

    def is_accessible(self) -> None:
        """Zero violations. The rules are a script: for who has none, another browser looks at the same page."""
        self.settles()
        if self.scripts:
            assert_accessible(self.page)
            return
        context = self.page.context
        assert context.browser
        other = context.browser.new_context(storage_state=context.storage_state(), locale="fr-CH")
        twin = other.new_page()
        twin.goto(self.page.url)
        assert_accessible(twin)
        other.close()

    def reads(self, *texts: str | re.Pattern[str]) -> None:
        """All of these are on the page."""
        for text in texts:
            expect(self.page.get_by_text(text).locator("visible=true").first).to_be_visible()

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    def question(self, label: str) -> Locator:
        """The control with this label; « (facultatif) » is not part of it."""
        return self.page.get_by_label(re.compile(rf"^\s*{re.escape(label)}(\s*\(facultatif\))?\s*$"))

    def answers(self, **texts: str) -> None:
        """Type into fields by their name in the form, where a label alone would not do."""
        for name, text in texts.items():
            self.page.locator(f"[name='{name}']").fill(text)

    def fills(self, answers: dict[str, str]) -> None:
        """Type into fields by their label."""
        for label, text in answers.items():
            self.question(label).fill(text)

    def chooses(self, label: str, answer: str) -> None:
        """An answer of a list."""
        self.question(label).select_option(label=answer)

    def presses(self, button: str) -> None:
        """A button, by its whole words, on the page that has it; its scripts listen."""
        control = self.page.get_by_role("button", name=button, exact=True)
        control.wait_for()
        self.settles()
        control.click()

    def is_sure(self, act: str, yes: str) -> None:
        """An act that cannot be undone: its button asks, in a dialog that names what will happen."""
        button = self.page.get_by_role("button", name=act, exact=True)
        button.wait_for()
        self.settles()
        button.click()
        self.page.get_by_role("dialog").get_by_role("button", name=yes, exact=True).click()

    def follows(self, link: str) -> None:
        """A link, by its whole words."""
        self.page.get_by_role("link", name=link, exact=True).first.click()

    def is_told(self) -> list[str]:
        """The summary of errors, which says what stands beside the fields, in the same words."""
        summary = self.page.locator("#errorsummary li")
        expect(summary.first).to_be_visible()
        self.settles()
        told = summary.all_inner_texts()
        beside = self.main.locator(".error").all_inner_texts()
        assert sorted(told) == sorted(text.strip() for text in beside)
        return told

    def opens_menu(self, entry: str) -> None:
        """An entry of the menu under one's own name."""
        self.settles()
        self.page.locator(".menu--person > summary").click()
        self.page.locator(".menu--person").get_by_text(entry, exact=True).click()

    def pictured(self, name: str) -> None:
        """The page of the manual at 1280 and 320 px: accessible, nothing beyond the edge, and its picture."""
        self.settles()
        width, height = 1280, 900
        for wide in (320, width):
            self.page.set_viewport_size({"width": wide, "height": height})
            reach = self.page.evaluate("() => document.documentElement.scrollWidth")
            assert reach <= wide, f"{self.page.url} is {reach} px wide on a screen of {wide}"
            if wide != width:
                self.is_accessible()
            self.page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0); }")
            screenshot(self.page, f"{name}-{wide}")

    def another_tab(self) -> Someone:
        """The same person in a second tab."""
        return Someone(self.page.context.new_page(), self.live, self.slug, self.account, self.scripts)


def somebody_new() -> dict[str, str]:
    """An invented person nobody has met: name, address, mobile."""
    number = _number()
    return {
        "name": f"Camille Nouveau{number}",
        "email": f"camille.{number}@nouveau.example",
        "mobile": f"07955{number}",
        "password": "lanterne riviere montagne bleue",
    }


def new_avs_number() -> str:
    """756.9999.xxxx.xx, given to nobody."""
    return with_ean_digit(f"7569999{_number():05d}")


def new_gln() -> str:
    """An invented Swiss GLN."""
    return with_ean_digit(f"7601999{_number():05d}")
