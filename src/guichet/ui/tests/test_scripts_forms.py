"""Small helps while filling in: lines, checks on leaving a field, code, countdown, dialog, filters, files, keyboard."""

# ruff: noqa: E501 - markup reads better in one piece

import pytest
from playwright.sync_api import expect

from guichet.ui.forms import FieldView
from guichet.ui.styleguide import examples

LINES = """<fieldset><table class="table lines" data-lines data-prefix="lines"><tbody>{% for line in lines %}<tr>
<td class="lines__no">{{ line.number }}</td>{% for f in line.fields %}<td>{% control f %}</td>{% endfor %}<td data-sum></td>
<td><button type="button" data-duplicate>Dupliquer</button><button name="do" value="remove-lines-{{ forloop.counter0 }}" data-remove>Supprimer</button></td></tr>{% endfor %}</tbody>
<tfoot><tr><td data-total="quantity*price"></td></tr></tfoot></table><button data-add="lines">Ajouter une ligne</button></fieldset>"""


@pytest.fixture
def lines(opened):
    return opened(LINES, context={"lines": examples()["lines"]})


def names(page):
    return page.eval_on_selector_all("[data-lines] input", "inputs => inputs.map(i => i.name + '|' + i.id)")


def column(page, name):
    return page.eval_on_selector_all(f"[name$='-{name}']", "inputs => inputs.map(i => i.value)")


def total(page):
    return page.text_content("[data-total]")


def test_lines_add_up_live(lines):
    before = total(lines)
    lines.fill("[name=lines-0-quantity]", "3")
    assert (before, total(lines), lines.text_content("[data-sum] >> nth=0")) == ("315.80", "413.00", "291.60")


def test_lines_that_cannot_be_read_count_nothing(lines):
    lines.fill("[name=lines-0-price]", "beaucoup")
    assert (total(lines), lines.text_content("[data-sum] >> nth=0")) == ("121.40", "")


def test_lines_added_are_empty_numbered_and_have_the_cursor(lines):
    lines.get_by_text("Ajouter une ligne").click()
    assert (column(lines, "text"), lines.evaluate("document.activeElement.name"), names(lines)[-1]) == (
        ["Séance d'ergothérapie", "Séance, déplacement compris", ""], "lines-2-date", "lines-2-price|id_lines-2-price",
    )  # fmt: skip


def test_lines_duplicate_what_was_typed(lines):
    lines.fill("[name=lines-0-text]", "Changé")
    lines.locator("[data-duplicate]").first.click()
    assert (column(lines, "text"), total(lines)) == (["Changé", "Changé", "Séance, déplacement compris"], "510.20")


def test_lines_removed_renumber_the_rest(lines):
    lines.locator("[data-remove]").first.click()
    button = lines.get_attribute("[data-remove]", "value")
    assert (names(lines)[0], button, lines.text_content(".lines__no"), total(lines)) == (
        "lines-0-date|id_lines-0-date", "remove-lines-0", "1", "121.40",
    )  # fmt: skip


def test_lines_never_end(lines):
    for _ in range(2):
        lines.locator("[data-remove]").first.click()
    assert column(lines, "text") == [""]


@pytest.mark.proves("USE-02")
def test_lines_by_keyboard_enter_goes_down_and_adds_the_last(lines):
    lines.focus("[name=lines-0-quantity]")
    lines.keyboard.press("Enter")
    down = lines.evaluate("document.activeElement.name")
    lines.keyboard.press("Enter")
    assert (down, lines.evaluate("document.activeElement.name")) == ("lines-1-quantity", "lines-2-quantity")


@pytest.mark.parametrize(
    ("kind", "typed", "shown"),
    [("avs", "7569999004213", "756.9999.0042.13"), ("iban", "ch9300762011623852957", "CH93 0076 2011 6238 5295 7"),
     ("date", "5.11.26", "05.11.2026")],
)  # fmt: skip
def test_number_is_written_properly_on_leaving_its_field(opened, kind, typed, shown):
    page = opened(f'<label for="x">X</label><input class="input" id="x" data-check="{kind}">')
    page.fill("#x", typed)
    page.locator("#x").blur()
    assert (page.input_value("#x"), page.get_attribute("#x", "aria-invalid")) == (shown, None)


def test_number_with_a_wrong_digit_is_said_at_once_and_unsaid_when_right(opened, accessible):
    page = opened(
        '<label for="x">N° assuré</label><input class="input" id="x" data-check="avs" aria-describedby="h"><p id="h">Aide</p>'
    )
    page.fill("#x", "756.9999.0042.14")
    page.locator("#x").blur()
    said = page.text_content("#x_blur")
    described = page.get_attribute("#x", "aria-describedby")
    accessible(page)
    page.fill("#x", "756.9999.0042.13")
    page.locator("#x").blur()
    assert (said, described, page.locator("#x_blur").count(), page.get_attribute("#x", "aria-describedby")) == (
        "Ce numéro ne peut pas exister. Vérifiez les 13 chiffres, par exemple 756.1234.5678.97.", "h x_blur", 0, "h",
    )  # fmt: skip


@pytest.mark.proves("ACC-04")
def test_code_is_sent_when_complete_once(site, opened):
    site.answer("/code/", 204)
    page = opened(
        '<form method="post" action="/code/"><label for="c">Code d\'accès</label><input class="input w-code" id="c" name="code"><button class="button--primary">Envoyer</button></form>'
    )
    page.locator("#c").press_sequentially("123 456")
    site.posts("/code/", 1)
    page.wait_for_timeout(200)
    assert site.posts("/code/") == [{"code": "123456"}]


@pytest.mark.proves("ACC-04")
def test_new_code_can_be_asked_for_after_the_countdown(site, still, opened):
    site.answer("/again/", 204)
    page = opened(
        '<form method="post" action="/again/"><button class="button button--quiet" data-countdown="1">J\'ai besoin d\'un nouveau code d\'accès</button></form><p data-show-after="1">Aide</p>'
    )
    button = page.locator("[data-countdown]")
    before = (
        button.get_attribute("aria-disabled"),
        page.text_content("[data-rest]"),
        page.locator("[data-show-after]").is_visible(),
    )
    button.click(force=True)
    still(1000)
    page.locator("[data-countdown]:not([aria-disabled])").wait_for()
    button.click()
    assert (before, len(site.posts("/again/", 1)), page.locator("[data-show-after]").is_visible()) == (
        ("true", "possible dans 1 s", False), 1, True,
    )  # fmt: skip


CONFIRM = """<form method="post" action="/delete/"><button name="id" value="3" data-confirm="sure">Supprimer</button></form>
<c-dialogconfirm id="sure" title="Supprimer ?" act="Oui, supprimer" kind="danger"><p>Tout sera effacé.</p></c-dialogconfirm>"""


def test_dialog_asks_before_the_act(site, opened, accessible):
    site.answer("/delete/", 204)
    page = opened(CONFIRM)
    page.click("[data-confirm]")
    accessible(page)
    page.get_by_text("Annuler").click()
    refused = site.posts("/delete/")
    page.click("[data-confirm]")
    page.get_by_text("Oui, supprimer").click()
    assert (refused, site.posts("/delete/", 1)) == ([], [{"id": "3"}])


def test_button_that_only_a_dialog_serves_can_be_used_once_it_is_listened_to(early):
    with early(CONFIRM.replace("<button ", '<button type="button" disabled ')) as page:
        page.locator("[data-confirm]:disabled").wait_for()
    page.click("[data-confirm]")
    assert page.locator("dialog[open]").count() == 1


def test_dialog_gives_the_focus_back(opened):
    page = opened(CONFIRM)
    page.click("[data-confirm]")
    inside = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Escape")
    assert (inside, page.evaluate("document.activeElement.textContent")) == ("Annuler", "Supprimer")


def test_filter_takes_effect_when_chosen_and_leaves_a_clean_address(opened):
    page = opened('<c-filterbar :fields="filters" />', context={"filters": examples()["filters"]})
    page.select_option("#f_status", "paid")
    page.wait_for_url("**/vs/?status=paid")


FILES = """<section data-attachments data-list-url="/list/"><ul class="files"><li{{ reading }}>a.pdf</li></ul>
<form method="post" enctype="multipart/form-data" action="/up/" data-upload-url="/up/" data-max-bytes="1000" data-types="application/pdf">
<label for="f">Ajouter</label><input type="file" id="f" name="files" multiple><button>Ajouter le document</button></form></section>"""


def pdf(name, size=100):
    return {"name": name, "mimeType": "application/pdf", "buffer": b"x" * size}


@pytest.mark.proves("FRM-09")
def test_files_are_sent_one_by_one_and_the_list_is_exchanged(site, opened):
    site.answer("/up/", 200, FILES.replace("{{ reading }}", "").replace("a.pdf", "reçu"))
    page = opened(FILES, context={"reading": ""})
    page.set_input_files("#f", [pdf("a.pdf"), pdf("b.pdf")])
    page.locator(".files li", has_text="reçu").wait_for()
    site.posts("/up/", 2)
    page.wait_for_timeout(200)
    assert (len(site.posts("/up/")), page.locator("[data-attachments]").count()) == (2, 1)


@pytest.mark.proves("FRM-09")
def test_file_chosen_before_the_scripts_came_is_sent(site, early):
    site.answer("/up/", 200, FILES.replace("{{ reading }}", "").replace("a.pdf", "reçu"))
    with early(FILES, context={"reading": ""}) as page:
        page.set_input_files("#f", [pdf("a.pdf")])
    page.locator(".files li", has_text="reçu").wait_for()
    assert len(site.posts("/up/")) == 1


@pytest.mark.proves("FRM-09")
def test_files_too_large_or_of_another_kind_are_refused_before_sending(site, opened):
    page = opened(FILES, context={"reading": ""})
    page.set_input_files(
        "#f", [pdf("grand.pdf", 2000), {"name": "x.exe", "mimeType": "application/x-exe", "buffer": b"MZ"}]
    )
    page.locator(".error").nth(1).wait_for()
    assert (page.locator(".error").all_text_contents(), site.posts("/up/")) == (
        ["grand.pdf dépasse la taille permise (0 Mo). Choisissez un fichier plus petit.",
         "x.exe : ce format n’est pas accepté. Choisissez un PDF, JPG ou PNG."], [],
    )  # fmt: skip


def test_files_that_do_not_arrive_say_so(site, opened):
    site.answer("/up/", 500, "oops")
    page = opened(FILES, context={"reading": ""})
    page.set_input_files("#f", [pdf("a.pdf")])
    page.locator(".error").wait_for()
    assert page.text_content(".error") == "a.pdf : l’envoi a échoué. Vérifiez la connexion, puis réessayez."


def test_file_that_was_chosen_is_named_in_the_words_of_the_page(opened, accessible):
    view = FieldView(name="deed", label="Procuration", kind="file")
    page = opened("{% field view %}", context={"view": view})
    field, said = page.get_by_label("Procuration"), page.locator("output")
    before = said.text_content()
    field.set_input_files([pdf("acte.pdf")])
    expect(said).to_have_text("acte.pdf")
    accessible(page)
    field.focus()
    ring = page.locator(".filepick").evaluate("box => getComputedStyle(box).outlineWidth")
    field.set_input_files([])
    assert (before, said.text_content(), ring) == ("Aucun fichier choisi", "Aucun fichier choisi", "3px")


def test_files_being_read_are_asked_for_again(site, opened):
    site.pages["/list/"] = FILES.replace("{{ reading }}", "").replace("a.pdf", "lu")
    page = opened(FILES, context={"reading": " data-reading"})
    page.locator(".files li", has_text="lu").wait_for()


KEYS = """<input type="search" aria-label="Chercher"><a href="/new/" data-new>Nouvelle</a><form method="post" action="/save/">
<input id="t" aria-label="Texte"><button name="do" value="save" data-save>Enregistrer</button><button class="button--primary" name="do" value="send" data-submit>Envoyer</button></form>"""


@pytest.mark.proves("FRM-10")
def test_shortcuts_of_one_key_work_outside_fields_only(site, opened):
    site.pages["/new/"] = "<title>Nouvelle</title>"
    page = opened(KEYS)
    page.focus("#t")
    page.keyboard.type("n/?")
    typed = page.input_value("#t")
    page.locator("#t").blur()
    page.keyboard.press("/")
    focused = page.evaluate("document.activeElement.type")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("n")
    page.wait_for_url("**/new/")
    assert (typed, focused) == ("n/?", "search")


@pytest.mark.proves("FRM-10")
@pytest.mark.parametrize(("keys", "act"), [("Control+Enter", "send"), ("Alt+s", "save")])
def test_shortcuts_of_two_keys_work_inside_fields(site, opened, keys, act):
    site.answer("/save/", 204)
    page = opened(KEYS)
    page.focus("#t")
    page.keyboard.press(keys)
    assert site.posts("/save/", 1) == [{"do": act}]


def test_shortcuts_are_listed_and_can_be_switched_off(opened, accessible):
    page = opened(KEYS)
    page.keyboard.press("?")
    page.locator("dialog[open]").wait_for()
    accessible(page)
    page.get_by_text("Désactiver les raccourcis").click()
    page.locator("dialog[open]").wait_for(state="detached")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.localName") != "input"


def test_divider_moves_by_keyboard(opened, actor):
    page = opened(
        '<div class="splitview" data-split><div class="splitview__left">A</div><button class="divider" type="button" role="separator" aria-label="Largeur"></button><div class="splitview__right">B</div></div>',
        frame="desk",
        actor=actor,
    )
    page.focus(".divider")
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowRight"):
        page.keyboard.press(key)
    assert page.get_attribute(".divider", "aria-valuenow") == "58"


def test_error_summary_is_read_first_and_leads_to_the_field(opened):
    page = opened(
        '<c-errorsummary :errors="errors" />{% field f %}',
        context={"errors": examples()["errors"][:1], "f": examples()["person"][2]},
    )
    first = page.evaluate("document.activeElement.id")
    page.click("#errorsummary a")
    assert (first, page.evaluate("document.activeElement.id"), page.title()) == (
        "errorsummary", "id_birth", "Erreur : Guichet – Office cantonal AI du Valais",
    )  # fmt: skip
