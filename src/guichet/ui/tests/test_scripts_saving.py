"""What is typed is saved silently and never lost: autosave, session, sending once, language."""

# ruff: noqa: E501 - markup reads better in one piece

import pytest

FORM = """<div class="title"><span class="saved" data-saved></span></div>
<form data-autosave-url="/save/" method="post" action="/send/">
  <input type="hidden" name="draft_no" value="7" data-version>
  <label for="a">Remarque</label><input class="input" id="a" name="remark" value="">
  <label for="b">Montant</label><input class="input" id="b" name="amount" value="">
  <input type="file" name="file" aria-label="Document">
</form>"""


@pytest.mark.proves("FRM-02", "USE-04")
def test_autosave_sends_within_two_seconds_of_the_last_key(site, still, opened):
    site.answer("/save/", 200, {"version": 8, "saved_at": "14:32"})
    page = opened(FORM)
    for letter in "Bonjour":
        page.locator("#a").press(letter)
        still(1000)
    before = site.posts("/save/")
    still(1000)
    page.locator(".saved", has_text="Enregistré à 14:32").wait_for()
    assert (before, site.posts("/save/", 1)) == ([], [{"remark": "Bonjour", "draft_no": "7"}])


@pytest.mark.proves("FRM-02")
def test_autosave_names_the_version_it_knows(site, opened):
    site.answer("/save/", 200, {"version": 8, "saved_at": "14:32"})
    page = opened(FORM)
    for field, text in (("#a", "un"), ("#b", "2")):
        page.fill(field, text)
        page.locator(field).blur()
        page.locator(".saved", has_text="Enregistré").wait_for()
    assert [post["draft_no"] for post in site.posts("/save/", 2)] == ["7", "8"]


def test_autosave_says_nothing_to_the_server_if_nothing_changed(site, still, opened):
    page = opened(FORM)
    page.fill("#a", "x")
    page.fill("#a", "")
    page.locator("#a").blur()
    still(5000)
    page.wait_for_timeout(200)
    assert site.posts("/save/") == []


@pytest.mark.proves("USE-04")
def test_autosave_saves_what_was_typed_before_the_scripts_came(site, early):
    with early(FORM) as page:
        page.fill("#a", "impatiente")
    assert site.posts("/save/", 1) == [{"remark": "impatiente", "draft_no": "7"}]


@pytest.mark.proves("USE-04")
def test_autosave_on_leaving_the_page(site, opened):
    page = opened(FORM)
    page.fill("#a", "vite")
    page.goto("about:blank")
    assert site.posts("/save/", 1)[0]["remark"] == "vite"


@pytest.mark.proves("FRM-02")
def test_autosave_conflict_is_shown_and_nothing_more_is_sent(site, still, opened):
    site.answer("/save/", 409, {"conflict": True})
    page = opened(FORM)
    page.fill("#a", "x")
    page.locator("#a").blur()
    page.locator("#conflict").wait_for()
    page.fill("#a", "xy")
    page.locator("#a").blur()
    still(5000)
    page.wait_for_timeout(200)
    words = page.locator("#conflict p").first.text_content()
    assert (words, len(site.posts("/save/")), page.input_value("#a")) == (
        "Ce brouillon a été modifié dans un autre onglet. Rien n’a été écrasé.", 1, "xy",
    )  # fmt: skip


@pytest.mark.proves("ACC-10")
@pytest.mark.parametrize("status", [302, 401, 403])
def test_autosave_after_the_session_keeps_what_was_typed_in_the_page(site, tab, opened, status):
    site.answer("/save/", status)
    tab.clock.install()
    page = opened(FORM)
    page.fill("#a", "à garder")
    page.locator("#a").blur()
    page.locator("#expired").wait_for()
    site.answer("/save/", 200, {"version": 9, "saved_at": "15:00"})
    page.clock.fast_forward(6000)
    page.locator(".saved", has_text="Enregistré à 15:00").wait_for()
    assert (page.locator("#expired").count(), page.evaluate("localStorage.length"), page.input_value("#a")) == (
        0,
        0,
        "à garder",
    )


def test_autosave_tries_again_when_the_server_is_away(site, tab, opened):
    tab.clock.install()
    site.answer("/save/", 503)
    page = opened(FORM)
    page.fill("#a", "x")
    page.locator("#a").blur()
    page.locator(".saved", has_text="Pas encore enregistré").wait_for()
    site.answer("/save/", 200, {"version": 8, "saved_at": "14:40"})
    page.clock.fast_forward(6000)
    page.locator(".saved", has_text="Enregistré à 14:40").wait_for()


@pytest.mark.proves("ACC-10")
def test_session_asks_before_it_ends_and_escape_stays(site, still, opened, actor, settings):
    settings.SESSION_IDLE_SECONDS = 2  # asks after one second
    page = opened("<p>Contenu</p>", frame="space", actor=actor)
    still(1500)
    page.locator("dialog[open]").wait_for()
    focused = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Escape")
    page.locator("dialog[open]").wait_for(state="detached")
    assert (focused, len(site.posts("/vs/compte/keepalive/"))) == ("Rester connecté", 1)


def test_session_that_ended_says_so(site, opened, actor, settings):
    settings.SESSION_IDLE_SECONDS = 1
    page = opened("<p>Contenu</p>", frame="space", actor=actor)
    page.locator("#expired").wait_for()
    assert page.locator("dialog[open]").count() == 0


@pytest.mark.proves("FRM-05")
def test_form_is_sent_once_however_often_it_is_clicked(site, opened):
    site.answer("/send/", 204)
    page = opened(
        '<form method="post" action="/send/" data-once><button class="button" name="do" value="send">Envoyer la demande</button></form>'
    )
    for _ in range(3):
        page.locator("button", has_text="Env").last.click(no_wait_after=True)
    site.posts("/send/", 1)
    page.wait_for_timeout(300)
    assert site.posts("/send/") == [{"do": "send"}]


@pytest.mark.proves("UIX-01")
def test_language_changes_and_what_was_typed_stays(site, opened, rendered):
    page = opened(FORM)
    page.fill("#a", "à garder")
    site.pages["/vs/"] = site.pages["/vs/"].replace('lang="fr"', 'lang="de"').replace("Essai</h1>", "Versuch</h1>")
    page.locator(".langs button[value=de]").click()
    page.locator("h1", has_text="Versuch").wait_for()
    assert (page.input_value("#a"), page.get_attribute("html", "lang"), site.posts("/langue/")[0]["language"]) == (
        "à garder", "de", "de",
    )  # fmt: skip
