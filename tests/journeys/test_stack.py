"""The stack the journeys run on: it serves, it sends, and its fixtures see what they should."""

import pytest

from tests.rails.browser import assert_accessible, sign_in

pytestmark = pytest.mark.journey


def test_front_page_lists_the_insurers_of_the_demo(live, page):
    page.goto("/")
    links = page.locator("main a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert links == ["/vs/", "/be/", "/caisse/", "/assurance/"]
    assert_accessible(page)


def test_login_by_password_and_code(live, page):
    sign_in(page, live, live.account("vs", "collaborator"))
    page.get_by_text("+ Nouvelle facture").first.wait_for()
    assert_accessible(page)
