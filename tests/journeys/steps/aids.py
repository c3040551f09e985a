"""Forms of aids, allowances and hearing aids: filled in by the names of their fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.journeys.steps import invoices, papers

if TYPE_CHECKING:
    from tests.journeys.steps.beneficiaries import Insured
    from tests.journeys.steps.people import Someone


def opened(someone: Someone, whom: Insured, code: str) -> None:
    """A new form with its header filled in."""
    invoices.new(someone, code)
    invoices.fill_header(someone, whom)


def types(someone: Someone, answers: dict[str, Any]) -> None:
    """Text into fields, answers of lists by their value, True for a tick."""
    for name, answer in answers.items():
        control = someone.page.locator(f"[name='{name}']")
        if answer is True:
            control.check()
        elif control.evaluate("control => control.localName") == "select":
            control.select_option(answer)
        else:
            control.fill(answer)
    control.blur()


def adds_a_line(someone: Someone, table: str) -> None:
    """« Ajouter une ligne » below that table."""
    someone.page.locator(f"[data-add='{table}']").click()


def is_ready(someone: Someone, total: str) -> None:
    """The side column has the total and misses nothing."""
    expect(someone.page.locator("[data-total-all]")).to_have_text(f"CHF {total}")
    expect(someone.page.locator("[data-missing]")).to_contain_text("Rien : la demande peut être envoyée.")


def pictured(someone: Someone, name: str) -> None:
    """Saved, so that nothing of an earlier fault is left, and its picture taken."""
    someone.presses("Sauvegarde intermédiaire")
    expect(someone.page.locator("#errorsummary")).to_have_count(0)
    someone.pictured(name)


def sends(someone: Someone, *on_paper: str) -> str:
    """Confirm and send; the copy says all of these. Gives the number."""
    invoices.confirm(someone)
    someone.sees("Confirmer l'envoi")
    number = invoices.send(someone)
    copy = papers.text_of(papers.fetch(someone, someone.page.url.split("/envoyee/")[0] + "/pdf/"))
    assert [text for text in on_paper if text not in copy] == [], copy
    return number
