"""`{% rows %}` writes what `{% for %}` writes, whatever stands in it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils.safestring import mark_safe
from django.utils.translation import override

CONTENTS = [
    "<b>{{ r.name }}</b>{{ word }} {{ r.total|chf }} {{ r.missing|default:'–' }}",
    "{% if r.late %}{% icon 'exclamation-triangle' _('Erreur') %}{{ r.name }}{% else %}–{% endif %}",
    "{% if r.late %}!{% endif %}{% if shown %}{{ r.name }}{% elif word %}{{ word }}{% else %}{{ r.total }}{% endif %}",
    "{% if not shown %}x{% endif %}{% if r.late and shown %}{{ r.name }}{% endif %}{% if r.total > 2 %}+{% endif %}",
    "{% if r.missing %}y{% endif %}",
    "{% status r.status r.name %}{% amount r.total %}{% amount r.total unit=r.status %}{% icon 'send' word %}",
    "{% for mark in r.marks %}{{ mark }}{% if not forloop.last %}, {% endif %}{% empty %}none{% endfor %}",
    "{{ r.one.name }}{{ r.one.shout }}{{ r.pair.0 }}{{ r.marks|join:', ' }}{{ r.name|upper|lower }}{{ r.safe }}",
    "{% translate 'Statut' %}{% translate r.status %}{{ _('Statut') }}{{ r.name|default:word }}{{ r }}{{ 'a<b' }}",
    "{% with n=r.name %}{{ n }}{% endwith %}{{ r.total|yesno:'a,b' }}{{ word|upper }}{{ r.late }}{{ r.nothing }}",
]


@dataclass
class One:
    name: str

    def shout(self):
        return self.name.upper()


def line(number):
    return {
        "name": f"<{number}> & 'co'",
        "total": Decimal(number) * Decimal("1234.5"),
        "status": "paid",
        "late": number % 2 == 0,
        "marks": ["a<", "b"][: number % 3],
        "one": One(f"o{number}<"),
        "safe": mark_safe("<i>"),
        "nothing": None,
        "pair": ("x", "y"),
        "missing": "" if number % 2 else "there",
    }


@pytest.mark.proves("PERF-01")
@pytest.mark.parametrize("content", CONTENTS)
@pytest.mark.parametrize("language", ["fr", "de"])
@pytest.mark.parametrize("count", [0, 4])
def test_rows_write_what_for_writes(content, language, count):
    known = {"list": [line(number) for number in range(count)], "word": "<w>", "shown": False}
    with override(language):
        ours = Template(f"{{% rows r in list %}}{content}{{% endrows %}}").render(Context(dict(known)))
        theirs = Template(f"{{% for r in list %}}{content}{{% endfor %}}").render(Context(dict(known)))
    assert ours == theirs


def test_rows_keep_nothing_between_pages():
    template = Template("{% rows r in list %}{{ word }}{{ r.name }}{% endrows %}")
    pages = [template.render(Context({"list": [{"name": name}], "word": name})) for name in "ab"]
    assert pages == ["aa", "bb"]


def test_rows_leave_the_name_as_it_was():
    template = Template("{% rows r in list %}{{ r }}{% endrows %}{{ r }}")
    assert template.render(Context({"list": ["a"], "r": "z"})) == "az"


@pytest.mark.parametrize("words", ["", "r", "r of list", "r, s in list"])
def test_rows_want_one_name_and_one_list(words):
    with pytest.raises(TemplateSyntaxError):
        Template(f"{{% rows {words} %}}{{% endrows %}}")
