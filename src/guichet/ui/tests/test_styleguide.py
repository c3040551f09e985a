"""The whole design system on one page: accessible, at every width, in both schemes, within its budget."""

# ruff: noqa: E501 - markup reads better in one piece

import gzip

import pytest
from django.template.loader import render_to_string

from guichet.ui import navigation
from guichet.ui.navigation import Entry, register
from guichet.ui.styleguide import examples
from guichet.ui.tests.conftest import STATIC


def compressed(pattern):
    return sum(len(gzip.compress(file.read_bytes())) for file in STATIC.glob(pattern))


@pytest.fixture
def guide(site, tab, request_of):
    """Open the style guide at a width, in a scheme."""

    def open_at(width, scheme="light"):
        site.pages["/demo/style/"] = render_to_string("ui/styleguide.html", examples(), request=request_of())
        tab.set_viewport_size({"width": width, "height": 800})
        tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        tab.goto(f"{site.url}/demo/style/")
        tab.wait_for_selector("html[data-ready]")
        return tab

    return open_at


@pytest.mark.proves("USE-01", "UIX-02")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 768, 1280])
def test_styleguide_has_no_violation(guide, accessible, width, scheme):
    accessible(guide(width, scheme))


@pytest.mark.proves("USE-02")
@pytest.mark.parametrize("width", [320, 375, 768, 1024, 1280])
def test_styleguide_never_scrolls_sideways(guide, width):
    """320 px are also what is left of 1280 at 400 % zoom."""
    page = guide(width)
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_focus_is_a_ring_of_three_pixels_two_away(guide):
    page = guide(1280)
    page.locator("#id_last_name").focus()
    style = page.locator("#id_last_name").evaluate(
        "(field) => { const s = getComputedStyle(field); return [s.outlineWidth, s.outlineOffset, s.outlineStyle] }"
    )
    assert style == ["3px", "2px", "solid"]


def test_skip_link_is_the_first_stop(opened):
    page = opened("<p>Contenu</p>")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"


def test_targets_are_large_enough_for_a_thumb(guide):
    """WCAG 2.5.8 asks 24 px; links inside sentences are exempt."""
    page = guide(320)
    small = page.evaluate(
        "[...document.querySelectorAll('button, input, select, summary')].map(e => [e.outerHTML, e.getBoundingClientRect()])"
        ".filter(([, box]) => box.width && (box.width < 24 || box.height < 24)).map(([html]) => html)"
    )
    assert small == []


def test_accent_of_the_insurer_colours_the_primary_button(guide):
    button = guide(1280).locator(".button--primary").first
    assert button.evaluate("(button) => getComputedStyle(button).backgroundColor") == "rgb(181, 18, 27)"


def test_print_leaves_out_what_paper_cannot_do(guide):
    page = guide(1280)
    page.emulate_media(media="print")
    assert [page.locator(part).first.is_visible() for part in (".tools", ".actions", ".filters", "h1", ".table")] == [
        False, False, False, True, True,
    ]  # fmt: skip


def test_frame_of_a_signed_in_person_is_accessible(opened, accessible, actor, monkeypatch):
    monkeypatch.setattr(navigation, "_entries", {})
    register(Entry(place="menu", label="Guichet", url_name="invoices:counter"))
    register(Entry(place="menu", label="Déconnexion", url_name="accounts:logout", post=True))
    register(Entry(place="main", label="File", url_name="invoices:counter", count=lambda _: 3))
    register(Entry(place="new", label="Autre facture", code="318.632", url_name="invoices:new", arguments=("318.632",)))
    page = opened("<p>Contenu</p>", frame="space", actor=actor)
    page.locator(".menu--person summary").click()
    accessible(page)
    page.keyboard.press("Escape")
    page.locator(".menu--new summary").click()
    accessible(page)
    page.locator("h1").click()
    assert page.locator("details[open]").count() == 0


@pytest.mark.proves("PERF-09")
def test_stylesheets_scripts_and_icons_are_within_their_budget():
    """In compressed bytes, everything there is; a page loads less. The rest of 250 kB is for pictures."""
    budgets = {"ui/css/*.css": 14_000, "ui/js/*.js": 30_000, "ui/icons.svg": 12_000}
    assert [pattern for pattern, budget in budgets.items() if compressed(pattern) > budget] == []


@pytest.mark.proves("PERF-09")
def test_fonts_are_within_their_budget():
    assert sum(file.stat().st_size for file in STATIC.glob("ui/fonts/*.woff2")) < 60_000
