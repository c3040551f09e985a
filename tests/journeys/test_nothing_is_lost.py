"""Nothing typed is lost: by a second tab, by a login that ends, by a server that dies (FRM-02, ACC-10)."""

import contextlib
import os
import re
import signal
import time
from urllib.parse import parse_qs

import psycopg
import pytest
from playwright.sync_api import Error, expect
from psycopg import sql

from guichet.config import database
from tests.journeys.steps import beneficiaries, invoices, login

pytestmark = pytest.mark.journey
REMARK = "Selon entente avec l'office, deux séances par semaine."


def saved(someone):
    """Wait for « Enregistré à … »."""
    expect(someone.page.locator("[data-saved]")).to_have_text(re.compile(r"Enregistré à \d\d:\d\d"))


def carries(text):
    """Whether an answer is that of a silent saving of this very remark."""

    def answers(answer):
        sent = parse_qs(answer.request.post_data or "") if answer.url.endswith("/brouillon/") else {}
        return sent.get("remark") == [text]

    return answers


def types_and_is_saved(someone, text):
    """Type into « Remarque » and wait until a silent saving has carried these very words."""
    with someone.page.expect_response(carries(text)):
        someone.question("Remarque").fill(text)
    saved(someone)


@pytest.mark.proves("FRM-02")
def test_a_second_tab_overwrites_nothing(sandra):
    loane = beneficiaries.add(sandra)
    invoices.new(sandra)
    invoices.fill_other(sandra, loane)
    types_and_is_saved(sandra, REMARK)
    other = sandra.another_tab()
    other.page.goto(sandra.page.url)
    other.settles()
    expect(other.question("Remarque")).to_have_value(REMARK)
    types_and_is_saved(other, "Écrit dans le deuxième onglet.")

    sandra.question("N° de la facture du fournisseur").fill("2026-77")
    expect(sandra.page.get_by_text("Ce brouillon a été modifié dans un autre onglet.")).to_be_visible()
    sandra.presses("Sauvegarde intermédiaire")

    sandra.reads("Cette facture a été modifiée ailleurs entre-temps", "Écrit dans le deuxième onglet.")
    expect(sandra.question("Remarque")).to_have_value(REMARK)
    expect(sandra.question("N° de la facture du fournisseur")).to_have_value("2026-77")
    sandra.sees("Autre facture")
    other.page.reload()
    expect(other.question("Remarque")).to_have_value("Écrit dans le deuxième onglet.")

    sandra.presses("Sauvegarde intermédiaire")
    expect(sandra.page.get_by_text("Cette facture a été modifiée ailleurs entre-temps")).to_have_count(0)
    other.page.reload()
    expect(other.question("Remarque")).to_have_value(REMARK)


@pytest.mark.proves("ACC-10", "FRM-02")
@pytest.mark.parametrize("column, hours", [("last_seen_at", 0.6), ("created_at", 13)])
def test_what_was_sent_after_the_login_ended_comes_back(arrive, column, hours):
    sandra = arrive("vs", "collaborator", fresh=True, javascript=False)
    loane = beneficiaries.add(sandra)
    invoices.new(sandra)
    invoices.fill_other(sandra, loane)
    sandra.question("Remarque").fill(REMARK)

    end_logins(sandra, column, hours)
    sandra.presses("Envoyer ma demande")
    expect(sandra.page.get_by_role("button", name="Se connecter")).to_be_visible()
    login.identify(sandra)
    login.confirm(sandra)

    sandra.reads("Votre saisie a été conservée")
    expect(sandra.question("Remarque")).to_have_value(REMARK)
    expect(sandra.page.locator("[name=lines-0-price]")).to_have_value("145")
    sandra.sees("Autre facture")
    sandra.presses("Sauvegarde intermédiaire")
    expect(sandra.page.locator("[data-saved]")).to_have_text("Enregistré")
    sandra.page.goto(sandra.page.url)
    expect(sandra.question("Remarque")).to_have_value(REMARK)
    expect(sandra.page.get_by_text("Votre saisie a été conservée")).to_have_count(0)


@pytest.mark.proves("ACC-10")
def test_typing_goes_on_after_a_login_in_another_tab(arrive):
    sandra = arrive("vs", "collaborator", fresh=True)
    invoices.new(sandra)
    sandra.question("Remarque").fill("Avant.")
    saved(sandra)

    end_logins(sandra, "last_seen_at", 0.6)
    sandra.question("Remarque").fill(REMARK)
    sandra.reads(re.compile("Votre session a expiré : votre saisie reste dans cette page."))
    other = sandra.another_tab()
    login.log_in(other)
    other.page.goto(sandra.page.url)
    expect(other.question("Remarque")).to_have_value(REMARK)

    expect(sandra.question("Remarque")).to_have_value(REMARK)
    sandra.page.wait_for_timeout(100)
    sandra.sees("Autre facture")


def end_logins(someone, column, hours):
    """Time passes for this person's logins: nobody waits half an hour in a test."""
    address = someone.live.stack.cluster.url(database.MIGRATE, "guichet")
    query = sql.SQL(
        "UPDATE accounts_loginsession SET {} = now() - %s * interval '1 hour'"
        " WHERE person_id = (SELECT id FROM accounts_person WHERE email = %s)"
    )
    with psycopg.connect(address) as connection:
        connection.execute(query.format(sql.Identifier(column)), [hours, someone.account["email"]])


@pytest.mark.proves("FRM-02")
def test_a_server_that_dies_loses_nothing_older_than_two_seconds(sandra):
    clock = sandra.page.clock
    clock.install()
    invoices.new(sandra)
    clock.pause_at(sandra.page.evaluate("Date.now() + 1000"))  # two seconds are two seconds on the slowest machine
    with sandra.page.expect_response(carries(REMARK)):
        sandra.question("Remarque").fill(REMARK)
        clock.run_for(2_000)

    kill_web(sandra)
    clock.resume()
    sandra.question("N° de la facture du fournisseur").fill("2026-78")
    sandra.reads(re.compile("Pas encore enregistré"))
    bring_back(sandra)
    other = sandra.another_tab()
    other.page.goto(sandra.page.url)
    expect(other.question("Remarque")).to_have_value(REMARK)

    clock.fast_forward(5_000)
    saved(sandra)
    other.page.reload()
    expect(other.question("N° de la facture du fournisseur")).to_have_value("2026-78")
    sandra.sees("Autre facture")


def kill_web(someone):
    """At once, all of it, without a chance to finish anything."""
    [web] = [service for service in someone.live.stack.services if service.name == "web"]
    os.killpg(web.process.pid, signal.SIGKILL)
    web.process.wait()


def bring_back(someone):
    """What the supervisor does; until the server answers."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        someone.live.stack.look_after()
        with contextlib.suppress(Error):
            someone.page.request.get("/", timeout=5_000)
            return
        time.sleep(0.1)
    raise AssertionError("the server did not come back")
