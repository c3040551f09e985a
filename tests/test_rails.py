"""The guard rails hold: each is tried once with what it must refuse."""

import socket
import warnings

import pytest
from django.db import connection
from django.template import engines
from pytest_socket import SocketConnectBlockedError

from guichet.tenancy.models import Insurer
from tests.rails.queries import Unordered
from tests.rails.responses import WriteOnGet, inline_code, read_only
from tests.rails.templates import UndefinedVariable


def _insurer(**fields):
    return Insurer.objects.create(slug="x", kind="ai_office", name_fr="X", number_prefix="X", **fields)


@pytest.mark.django_db
def test_database_is_used_as_the_application():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, pg_has_role('guichet_migrate', 'member')")
        assert cursor.fetchone() == ("guichet_app", False)


@pytest.mark.django_db
@pytest.mark.parametrize("turn", [1, 2])
def test_database_is_empty_for_each_test(turn):
    _insurer()
    assert Insurer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_database_is_cloned_anew_after_a_transactional_test(turn):
    _insurer()
    assert Insurer.objects.count() == 1


def test_network_beyond_this_machine_is_refused():
    with pytest.raises((SocketConnectBlockedError, UserWarning)):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


@pytest.mark.django_db
def test_looking_may_not_write():
    with pytest.raises(WriteOnGet), read_only():
        _insurer()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tenancy_insurer SET slug = slug",
        "WITH old AS (SELECT 1) DELETE FROM tenancy_insurer",
        "SELECT procrastinate_defer_jobs_v1(ARRAY[]::procrastinate_job_to_defer_v1[])",
    ],
)
def test_looking_may_not_write_by_other_words(statement):
    with pytest.raises(WriteOnGet), read_only(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
def test_looking_may_lock_and_use_common_tables():
    with read_only(), connection.cursor() as cursor:
        cursor.execute("WITH a AS (SELECT id FROM tenancy_insurer FOR UPDATE SKIP LOCKED) SELECT * FROM a")
        assert cursor.fetchall() == []


@pytest.mark.django_db
def test_cutting_an_unordered_list_fails():
    with pytest.raises(Unordered):
        Insurer.objects.all()[:3]
    assert list(Insurer.objects.order_by("slug")[:3]) == []


def test_undefined_template_variables_fail():
    with pytest.raises(UndefinedVariable):
        engines["django"].from_string("{{ nobody.knows }}").render({})


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<p>text</p><script src='a.js'></script>", []),
        ("<script type='application/json'>{}</script>", []),
        ("<script>alert(1)</script>", ["<script> without src"]),
        ("<p style='color:red'>", ['<p style="color:red">']),
        ("<button onclick='x()'>", ["<button onclick=…>"]),
        ("<a href=' JavaScript:x'>", ['<a href="javascript:…">']),
    ],
)
def test_inline_code_is_found(html, found):
    assert inline_code(html) == found


def test_warnings_are_errors():
    with pytest.raises(DeprecationWarning):
        warnings.warn("old", DeprecationWarning, stacklevel=1)
