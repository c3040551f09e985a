"""The closed list of art. 7l OPGA: these grounds, these articles, these roles, and no others (REC-10, 13, 14)."""

import pytest

from guichet.recordings import rules
from guichet.recordings.grounds import GROUNDS

LAW = {
    "procedure": ("OPGA 7l al. 1 ; LPGA 43", {"staff", "listener"}),
    "preavis": ("OPGA 7l al. 1 ; LAI 57a", {"staff", "listener"}),
    "opposition": ("OPGA 7l al. 1 ; LPGA 52", {"staff", "listener"}),
    "appeal": ("OPGA 7l al. 1 ; LPGA 56 et 62", {"staff", "listener", "court"}),
    "revision": ("OPGA 7l al. 1 ; LPGA 53 al. 1", {"staff", "listener", "court"}),
    "reconsideration": ("OPGA 7l al. 1 ; LPGA 53 al. 2", {"staff", "listener"}),
    "consultation": ("LPGA 47", {"listener"}),
    "quality": ("OPGA 7l al. 2 ; 7p al. 4 et 5", {"commission"}),
}


@pytest.mark.proves("REC-10")
def test_list_of_grounds_is_closed_and_names_the_article_of_each():
    assert {code: (ground.article, set(ground.roles)) for code, ground in GROUNDS.items()} == LAW
    assert [(rules.article(code), rules.ground_of(code)) for code in ("curiosity", "")] == [("", None)] * 2


@pytest.mark.proves("REC-10", "REC-13", "REC-14")
@pytest.mark.parametrize("role", ["staff", "listener", "commission", "court", "expert"])
def test_each_role_has_its_own_grounds(role):
    assert [ground.code for ground in rules.grounds_for(role)] == [code for code, law in LAW.items() if role in law[1]]
