"""Questions as HTML."""

# ruff: noqa: E501 - markup reads better in one piece

import pytest
from django import forms
from django.utils import translation
from django.utils.html import strip_spaces_between_tags

from guichet.ui.forms import Choice, ErrorLink, FieldView, are_narrowed, error_links, form_errors, from_django
from guichet.ui.templatetags.swiss import control_tag, field_tag


def html(view):
    return strip_spaces_between_tags(str(field_tag(view))).strip()


def test_field_is_label_and_control():
    view = FieldView(name="npa", label="NPA", value='19"50', width="npa", autocomplete="postal-code")
    assert html(view) == (
        '<div class="field"><label for="id_npa">NPA</label>'
        '<input class="input w-npa" type="text" id="id_npa" name="npa" value="19&quot;50" required="required" '
        'autocomplete="postal-code"></div>'
    )


@pytest.mark.proves("ACC-02")
def test_field_with_an_error_keeps_what_was_typed_and_says_what_to_do():
    view = FieldView(
        name="birth", label="Né le", kind="date", value="31.02.2024", hint="jj.mm.aaaa", errors=("Corrigez.",)
    )
    assert html(view) == (
        '<div class="field"><label for="id_birth">Né le</label><span class="hint" id="id_birth_hint">jj.mm.aaaa</span>'
        '<input class="input w-date" type="text" id="id_birth" name="birth" value="31.02.2024" '
        'aria-describedby="id_birth_hint id_birth_error" aria-invalid="true" required="required" data-check="date" '
        'inputmode="numeric" spellcheck="false">'
        '<span class="error" id="id_birth_error"><svg class="icon" aria-hidden="true">'
        '<use href="/static/ui/icons.svg#exclamation-octagon"/></svg><span>Corrigez.</span></span></div>'
    )


def test_field_that_is_optional_says_so():
    view = FieldView(name="remark", label="Remarque", kind="textarea", value="<b>\nx", required=False)
    assert html(view) == (
        '<div class="field"><label for="id_remark">Remarque <span class="optional">(facultatif)</span></label>'
        '<textarea class="input" id="id_remark" name="remark">\n&lt;b&gt;\nx</textarea></div>'
    )


def test_field_of_choices_is_a_group_with_a_legend():
    view = FieldView(
        name="sex", label="Sexe", kind="radio", choices=(Choice("f", "Féminin"), Choice("m", "Masculin")), value="m"
    )
    option = '<label class="choice" for="id_sex_{0}"><input type="radio" id="id_sex_{0}" name="sex" value="{1}"{2} required="required">'
    assert html(view) == (
        '<fieldset class="field" id="id_sex"><legend class="field__label">Sexe</legend><div class="choices">'
        + option.format(0, "f", "") + '<span class="choice__text">Féminin</span></label>'
        + option.format(1, "m", " checked") + '<span class="choice__text">Masculin</span></label></div></fieldset>'
    )  # fmt: skip


def test_field_in_a_correction_shows_the_version_before_and_the_remark():
    view = FieldView(name="km", label="Km", kind="integer", value="12", previous="21", note="Vérifiez.", locked=True)
    assert html(view).split("spellcheck")[1] == (
        '="false"><span class="previous" id="id_km_previous">Avant : <del>21</del></span>'
        '<span class="note" id="id_km_note"><svg class="icon" aria-hidden="true">'
        '<use href="/static/ui/icons.svg#chat-left-text"/></svg><span>Vérifiez.</span></span></div>'
    )


def test_field_of_several_answers_marks_all_chosen():
    view = FieldView(name="days", label="Jours", kind="checkbox", value=["mo", "we"],
                     choices=(Choice("mo", "Lundi"), Choice("tu", "Mardi"), Choice("we", "Mercredi")))  # fmt: skip
    assert [chosen for _choice, _id, chosen in view.options] == [True, False, True]


def test_control_in_a_table_has_a_label_for_ears():
    view = FieldView(name="lines-0-text", label="Prestation", value="Séance", hint="visible dans l'en-tête")
    assert str(control_tag(view)).strip() == (
        '<input class="input" type="text" id="id_lines-0-text" name="lines-0-text" value="Séance" aria-label="Prestation" '
        'required="required">'
    )


def test_kind_nobody_draws_is_refused():
    with pytest.raises(ValueError, match="no control for kind 'colour'"):
        FieldView(name="x", label="X", kind="colour")


@pytest.mark.proves("ACC-02")
def test_error_links_say_the_same_words_in_the_order_of_the_page():
    fields = [
        FieldView(name="a", label="A", errors=("Un.", "Deux.")),
        FieldView(name="b", label="B"),
        FieldView(name="c", label="C", kind="radio", choices=(Choice("1", "1"),), errors=("Trois.",)),
    ]
    assert error_links(fields, ["Général."]) == [
        ErrorLink("", "Général."), ErrorLink("id_a", "Un."), ErrorLink("id_a", "Deux."), ErrorLink("id_c_0", "Trois."),
    ]  # fmt: skip


class LoginForm(forms.Form):
    email = forms.EmailField(label="Email", max_length=80, widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(label="Mot de passe", widget=forms.PasswordInput)
    avs = forms.CharField(label="N° assuré", required=False, widget=forms.TextInput(attrs={"data-kind": "avs"}))
    canton = forms.ChoiceField(label="Canton", choices=[("VS", "Valais"), ("BE", "Berne")])


def test_from_django_keeps_the_question():
    view = from_django(LoginForm(data={"email": "x", "canton": "BE"})["email"])
    assert view == FieldView(
        name="email", label="Email", kind="email", value="x", autocomplete="username", maxlength=80, id="id_email",
        errors=("Saisissez une adresse de courriel valide.",),
    )  # fmt: skip


def test_from_django_finds_kind_choices_and_chosen_value():
    form = LoginForm(data={"canton": "BE"})
    view = from_django(form["canton"])
    assert (view.kind, [(choice.label, chosen) for choice, _id, chosen in view.options]) == (
        "select", [("Valais", False), ("Berne", True)],
    )  # fmt: skip
    assert from_django(form["avs"]).kind == "avs"


def test_from_django_never_sends_a_password_back():
    assert from_django(LoginForm(data={"password": "secret"})["password"]).value == ""


def test_form_errors_are_empty_before_anything_was_sent():
    assert form_errors(LoginForm()) == []


def test_form_errors_lead_to_the_fields():
    anchors = [link.anchor for link in form_errors(LoginForm(data={"canton": "XX"}))]
    assert anchors == ["id_email", "id_password", "id_canton"]


@pytest.mark.parametrize(
    ("filters", "narrowed"),
    [
        ([], False),
        ([FieldView(name="q", label="Chercher")], False),
        ([FieldView(name="q", label="Chercher", value="  ")], False),
        ([FieldView(name="q", label="Chercher", value="Rey")], True),
        ([FieldView(name="s", label="Statut", kind="select", value="paid", usual="in_review")], True),
        ([FieldView(name="s", label="Statut", kind="select", value="in_review", usual="in_review")], False),
        ([FieldView(name="tab", label="", kind="hidden", value="mine")], False),
    ],
)
def test_filters_are_narrowed_by_a_choice_only(filters, narrowed):
    assert are_narrowed(filters) is narrowed


def test_file_field_speaks_the_language_of_the_page():
    with translation.override("de"):
        shown = html(
            FieldView(name="deed", label="Vollmacht", kind="file", required=False, attributes={"accept": ".pdf"})
        )
    assert (
        '<div class="filepick drop"><input type="file" id="id_deed" name="deed"  accept=".pdf">'
        '<label class="button" for="id_deed">' in shown
    )
    assert ["Datei wählen</label>" in shown, "Keine Datei gewählt</output>" in shown] == [True, True]
