"""The filters and tags of templates."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.template import Context, Template

from guichet.ui.templatetags import swiss

INSTANT = datetime(2026, 11, 22, 23, 32, 5, tzinfo=UTC)  # half past midnight of the 23rd in Zurich


@pytest.mark.proves("UIX-01")
@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (swiss.chf(Decimal("1234.5")), "1'234.50"),
        (swiss.number(12345), "12'345"),
        (swiss.swissdate(date(2026, 11, 5)), "05.11.2026"),
        (swiss.swissdate(INSTANT), "23.11.2026"),
        (swiss.swisstime(INSTANT), "00:32"),
        (swiss.swisstime(time(8, 5)), "08:05"),
        (swiss.swissdatetime(INSTANT), "23.11.2026 00:32"),
        (swiss.swisswhen(INSTANT - timedelta(days=2000)), "le 02.06.2021 à 01:32"),
        (swiss.avs("7569999004213"), "756.9999.0042.13"),
        (swiss.avs_masked("7569999004213"), "756.••••.••••.13"),
        (swiss.iban("CH9300762011623852957"), "CH93 0076 2011 6238 5295 7"),
        (swiss.phone_number("+41791234567"), "+41 79 123 45 67"),
        (swiss.phone_number("027 324 96 11"), "027 324 96 11"),
        (swiss.filesize(812), "812\xa0o"),
        (swiss.filesize(340_000), "340\xa0ko"),
        (swiss.filesize(1_400_000), "1,4\xa0Mo"),
        (swiss.filesize(999_600), "1\xa0Mo"),
        (swiss.filesize(20_000_000_000), "20\xa0Go"),
    ],
)
def test_filters_write_the_swiss_way(written, expected):
    assert written == expected


@pytest.mark.parametrize(
    "form",
    [swiss.chf, swiss.number, swiss.swissdate, swiss.swisstime, swiss.swissdatetime, swiss.avs, swiss.iban, swiss.gln,
     swiss.phone_number, swiss.filesize, swiss.moment],
)  # fmt: skip
def test_filters_print_nothing_for_nothing(form):
    assert form(None) == ""


def test_filters_show_what_they_cannot_read():
    assert (swiss.chf(Decimal("NaN")), swiss.phone_number("+0")) == ("NaN", "+0")


def test_moment_tells_machines_the_instant():
    assert swiss.moment(INSTANT) == '<time datetime="2026-11-22T23:32:05+00:00">23.11.2026 00:32</time>'


def test_icon_is_hidden_unless_it_has_words():
    hidden = '<svg class="icon" aria-hidden="true"><use href="/static/ui/icons.svg#trash"/></svg>'
    said = (
        '<svg class="icon" role="img" aria-label="Effacer &lt;ligne&gt;"><use href="/static/ui/icons.svg#trash"/></svg>'
    )
    assert (swiss.icon("trash"), swiss.icon("trash", "Effacer <ligne>")) == (hidden, said)


def test_status_is_icon_and_word():
    svg = '<svg class="icon" aria-hidden="true"><use href="/static/ui/icons.svg#check-circle-fill"/></svg>'
    assert swiss.status("paid", "Payé") == f'<span class="status status--paid">{svg}Payé</span>'


def test_amount_says_its_currency():
    expected = '<span class="amount"><span class="amount__unit">CHF</span>1&#x27;234.50</span>'
    assert (swiss.amount(Decimal("1234.5")), swiss.amount(None)) == (expected, "")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/vs/", "?status=paid"),
        ("/vs/?q=Rey&after=abc", "?q=Rey&amp;status=paid"),
        ("/vs/?status=draft&before=x", "?status=paid"),
    ],
)
def test_querystring_changes_one_thing_and_goes_back_to_the_first_page(request_of, path, expected):
    context = Context({"request": request_of(path)})
    assert Template('{% querystring_with status="paid" %}').render(context) == expected


def test_querystring_without_anything_is_still_an_address(request_of):
    context = Context({"request": request_of("/vs/?q=Rey")})
    assert Template("{% querystring_with q=None %}").render(context) == "?"
