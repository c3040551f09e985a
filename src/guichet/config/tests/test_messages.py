"""What the extractor finds is what Django asks for at run time."""

import ast

import pytest

from guichet.config.messages import Message, _in_python, _in_template


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('_("Bonjour")', [Message("Bonjour")]),
        ('gettext_lazy("Bon" "jour")', [Message("Bonjour")]),
        ('_("oui" if x else "non")', [Message("oui"), Message("non")]),
        ('ngettext("un", "%(n)s", n)', [Message("un", "%(n)s")]),
        ('pgettext("mois", "mai")', [Message("mai", context="mois")]),
        ('_(value); other("x")', []),
    ],
)
def test_messages_of_python(source, found):
    assert list(_in_python(ast.parse(source))) == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('{% translate "Bonjour" %}', [Message("Bonjour")]),
        ("<c-x label=\"{% translate 'l’aide' %}\">", [Message("l’aide")]),
        ('{% translate "à 100 %" as full %}', [Message("à 100 %%")]),
        ('{{ _("Aide") }}', [Message("Aide")]),
        ("{% blocktranslate with n=x.y %}N° {{ n }}{% endblocktranslate %}", [Message("N° %(n)s")]),
        (
            "{% blocktranslate count n=x trimmed %}\n une\n {% plural %}\n {{ n }} fois\n{% endblocktranslate %}",
            [Message("une", "%(n)s fois")],
        ),
        ("{% translate variable %}", []),
    ],
)
def test_messages_of_templates(source, found):
    assert list(_in_template(source)) == found
