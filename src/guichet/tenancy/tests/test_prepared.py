"""A prepared query gives what the plain one gives, with the values of each call."""

from __future__ import annotations

import re
import threading

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from guichet.invoices.tests.factories import insurer
from guichet.tenancy.models import Insurer
from guichet.tenancy.prepared import Prepared
from guichet.tenancy.rows import one_or_none

pytestmark = pytest.mark.django_db


def _named(slug):
    return Insurer.objects.filter(slug=slug)


def _kind_and_id(kind, number):
    return Insurer.objects.filter(kind=kind, pk__gte=number).order_by("slug")


def test_prepared_query_answers_each_call_with_its_own_values():
    prepared = Prepared(_named)
    vs, be = insurer("vs"), insurer("be")
    assert prepared(slug="vs") == [vs]
    assert prepared(slug="be") == [be]
    assert prepared(slug="zz") == []


def test_prepared_query_gives_what_the_plain_one_gives_in_one_statement():
    prepared = Prepared(_kind_and_id)
    insurer("vs"), insurer("be")
    with CaptureQueriesContext(connection) as asked:
        found = prepared(kind="ai_office", number=0)
        again = prepared(kind="ai_office", number=0)
    assert found == again == list(_kind_and_id("ai_office", 0))
    first, second = (query["sql"] for query in asked.captured_queries)
    assert first == second
    assert re.fullmatch(r"EXECUTE tenancy_insurer_\d+ \('ai_office', 0\)", first)


@pytest.mark.django_db(transaction=True)
def test_prepared_query_survives_a_new_connection_and_a_changed_table():
    prepared = Prepared(_named)
    vs = insurer("vs")
    assert prepared(slug="vs") == [vs]
    connection.close()
    assert prepared(slug="vs") == [vs]
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    assert prepared(slug="vs") == [vs]


def test_prepared_query_reads_the_row_as_it_is_now():
    prepared = Prepared(_named)
    vs = insurer("vs")
    assert prepared(slug="vs")[0].phone == vs.phone
    Insurer.objects.filter(pk=vs.pk).update(phone="027 111 11 11")
    assert prepared(slug="vs")[0].phone == "027 111 11 11"


def test_prepared_query_refuses_a_value_that_goes_nowhere():
    with pytest.raises(ValueError, match="other"):
        Prepared(lambda slug, other: _named(slug))(slug="vs", other="lost")  # noqa: ARG005


@pytest.mark.django_db(transaction=True)
def test_prepared_query_serves_threads_with_connections_of_their_own():
    prepared = Prepared(_named)
    vs, be = insurer("vs"), insurer("be")
    found = {}

    def ask(slug):
        found[slug] = [prepared(slug=slug) for _ in range(20)]
        connections["default"].close()

    threads = [threading.Thread(target=ask, args=[slug]) for slug in ("vs", "be")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {"vs": [[vs]] * 20, "be": [[be]] * 20}


def test_one_or_none_gives_the_row_or_none():
    vs = insurer("vs")
    assert one_or_none(_named("vs")) == vs
    assert one_or_none(_named("zz")) is None
