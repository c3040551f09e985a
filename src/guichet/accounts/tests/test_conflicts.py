"""What is over when somebody acts on it: said plainly, nothing done (409, 410), and brakes on every door (429)."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from guichet.accounts import throttles
from guichet.accounts.actions import bank, data, invitations, login, members, reset, staff, stepup
from guichet.accounts.demo_people import demo_iban
from guichet.accounts.errors import ConflictError, DeadLinkError, NoAttemptError, ThrottledError
from guichet.accounts.models import (
    Affiliation,
    BankAccount,
    Invitation,
    LoginAttempt,
    LoginSession,
    MemberRole,
    Membership,
    Person,
    StaffMember,
    StaffRole,
    Ticket,
)
from guichet.accounts.tests.people import PASSWORD, code_in
from guichet.accounts.visitor import Visitor
from guichet.ui.templatetags.swiss import swissdate, swisstime

NEW = "marmite-nuage-rivage-0815"


def close(brake, key):
    """Use up every turn."""
    for _ in range(brake.limit):
        throttles.take(brake, key)


def half_way(space, person):
    """A login in progress; gives the cookie's value."""
    return login.start_login(insurer=space.insurer, email=person.email, password=PASSWORD, visitor=Visitor())


@pytest.mark.proves("ACC-07")
def test_first_codes_are_braked_too(vs):
    close(throttles.SEND_ACCOUNT, str(vs.manager.pk))
    answer = Client().post(vs.url(), {"email": vs.manager.email, "password": PASSWORD})
    assert answer.status_code == 429


@pytest.mark.proves("ACC-07")
def test_ten_wrong_codes_an_hour_pause_the_account(vs):
    close(throttles.CODE_ACCOUNT, str(vs.manager.pk))
    browser = Client()
    browser.post(vs.url(), {"email": vs.manager.email, "password": PASSWORD})
    assert browser.post(vs.url("connexion/code/"), {"code": vs.code(vs.manager)}).status_code == 429


@pytest.mark.proves("ACC-07")
@pytest.mark.parametrize("brake", [throttles.RESEND_ACCOUNT, throttles.RESEND_DAY, throttles.RESEND_NUMBER])
def test_new_codes_are_braked_per_account_and_number(vs, brake):
    token = half_way(vs, vs.manager)
    close(brake, vs.manager.mobile if brake is throttles.RESEND_NUMBER else str(vs.manager.pk))
    with time_machine.travel(timezone.now() + timedelta(seconds=61)), pytest.raises(ThrottledError):
        login.resend_code(insurer=vs.insurer, token=token)


@pytest.mark.proves("ACC-07")
@pytest.mark.parametrize("brake", [throttles.RESEND_DAY, throttles.RESEND_NUMBER])
def test_codes_of_a_day_are_counted_over_the_day_and_not_over_an_hour(brake):
    began = timezone.now()
    with time_machine.travel(began) as clock:
        throttles.take(brake, "somebody")
        clock.shift(timedelta(hours=20))
        close(brake, "somebody")
        clock.shift(timedelta(hours=3, minutes=59))
        until = throttles.take(brake, "somebody").until
        assert until is not None
        assert abs(until - began - timedelta(days=1)) < timedelta(seconds=5)
        clock.shift(timedelta(minutes=2))
        assert throttles.take(brake, "somebody").until is None


@pytest.mark.proves("ACC-07")
def test_page_names_the_day_of_a_code_that_comes_tomorrow(vs):
    browser = Client()
    browser.post(vs.url(), {"email": vs.manager.email, "password": PASSWORD})
    close(throttles.RESEND_DAY, str(vs.manager.pk))
    until = throttles.closed_until(throttles.RESEND_DAY, str(vs.manager.pk))
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        answer = browser.post(vs.url("connexion/code/nouveau/"))
    said = f"Un nouveau code peut être demandé le {swissdate(until)} à {swisstime(until)}."
    page = answer.content.decode()
    assert (answer.status_code, said in page, "Trop de codes demandés" in page) == (429, True, True)


@pytest.mark.proves("ACC-04")
def test_no_new_code_for_a_login_that_is_done(vs):
    token = half_way(vs, vs.manager)
    LoginAttempt.objects.update(used_at=timezone.now())
    with pytest.raises(NoAttemptError):
        login.resend_code(insurer=vs.insurer, token=token)


@pytest.mark.proves("ACC-04")
def test_right_code_of_somebody_who_has_left_opens_nothing(vs):
    colleague = vs.member()
    token = half_way(vs, colleague)
    code = vs.code(colleague)
    Membership.objects.filter(person=colleague).update(removed_at=timezone.now(), removed_by=vs.manager)
    with pytest.raises(NoAttemptError):
        login.verify_code(insurer=vs.insurer, token=token, code=code, visitor=Visitor())


@pytest.mark.proves("ACC-04")
@pytest.mark.parametrize("code", ["", "1" * 21])
def test_code_page_asks_for_six_digits(vs, code):
    browser = Client()
    browser.post(vs.url(), {"email": vs.manager.email, "password": PASSWORD})
    answer = browser.post(vs.url("connexion/code/"), {"code": code})
    assert answer.status_code == 422
    assert answer.content.decode().count("Saisissez le code à six chiffres reçu par SMS.") == 2
    assert LoginAttempt.objects.get().tries == 0


@pytest.mark.proves("ACC-04")
def test_code_page_is_over_once_the_code_was_used(vs):
    browser = Client()
    browser.post(vs.url(), {"email": vs.manager.email, "password": PASSWORD})
    LoginAttempt.objects.update(used_at=timezone.now())
    assert browser.get(vs.url("connexion/code/"))["Location"] == vs.url()


@pytest.mark.proves("ACC-11")
def test_login_page_asks_for_both(vs):
    page = Client().post(vs.url(), {"email": "", "password": ""}).content.decode()
    assert [page.count(f'href="#id_{name}"') for name in ("email", "password")] == [1, 1]


@pytest.mark.proves("ACC-06")
def test_forgotten_page_asks_for_an_address(vs):
    assert Client().get(vs.url("mot-de-passe-oublie/")).status_code == 200
    assert Client().post(vs.url("mot-de-passe-oublie/"), {"email": "x"}).status_code == 422
    assert Client().get(vs.url("adresse/nonsense/")).status_code == 404


@pytest.mark.proves("ACC-06")
def test_reset_link_used_meanwhile_changes_nothing(vs, monkeypatch):
    reset.send_link(insurer=vs.insurer, person_id=vs.manager.pk)
    token = vs.link(vs.manager.email).split("/")[-2]
    ticket = reset.find_ticket(insurer=vs.insurer, token=token, purpose="reset")
    Ticket.objects.update(used_at=timezone.now())
    monkeypatch.setattr(reset, "find_ticket", lambda **_: ticket)
    with pytest.raises(DeadLinkError):
        reset.finish_reset(insurer=vs.insurer, token=token, password=NEW, again=NEW)
    assert Person.objects.get(pk=vs.manager.pk).password == vs.manager.password


def test_nobodys_jobs_do_nothing(vs):
    nobody = "00000000-0000-4000-8000-000000000000"
    from guichet.accounts import tasks

    for task in (tasks.warn_owner, tasks.send_reset):
        task.func(insurer_id=vs.insurer.pk, person_id=nobody)
    tasks.confirm_email.func(insurer_id=vs.insurer.pk, ticket_id=nobody)
    tasks.process_registration.func(insurer_id=vs.insurer.pk, registration_id=nobody)
    assert not Ticket.objects.exists()


@pytest.mark.proves("ORG-01")
def test_member_removed_meanwhile_is_not_changed(vs):
    member = Membership.objects.get(person=vs.member())
    by = vs.actor(vs.manager)
    members.remove(by=by, member=member)
    for act in (
        lambda: members.remove(by=by, member=member),
        lambda: members.change_role(by=by, member=member, role=MemberRole.MANAGER),
    ):
        with pytest.raises(ConflictError, match="member_gone"):
            act()


@pytest.mark.proves("ORG-01")
def test_account_made_elsewhere_is_not_corrected(vs):
    member = Membership.objects.get(person=vs.member())
    member.keeps_account = False
    values = data.Data(first_name="X", last_name="Y", email="z@x.example", mobile="+41791234567")
    with pytest.raises(ConflictError, match="not_yours"):
        data.correct(by=vs.actor(vs.manager), member=member, data=values)


@pytest.mark.proves("ORG-01")
def test_address_taken_before_it_was_confirmed_stays_with_the_other(vs):
    member = Membership.objects.get(person=vs.member(email="old@x.example"))
    person = member.person
    values = data.Data(first_name="X", last_name="Y", email="wish@x.example", mobile=person.mobile)
    data.correct(by=vs.actor(vs.manager), member=member, data=values)
    link = vs.link("wish@x.example")
    vs.member(email="wish@x.example")
    assert Client().post(link).status_code == 410
    assert Person.objects.get(pk=person.pk).email == "old@x.example"


@pytest.mark.proves("ORG-07")
def test_staff_removed_meanwhile_is_not_changed(vs):
    member = StaffMember.objects.get(person=vs.staff("agent"))
    by = vs.actor(vs.administrator)
    staff.remove_staff(by=by, member=member)
    for act in (
        lambda: staff.remove_staff(by=by, member=member),
        lambda: staff.change_staff(by=by, member=member, role=StaffRole.AGENT, rights=()),
    ):
        with pytest.raises(ConflictError, match="member_gone"):
            act()


@pytest.mark.proves("ORG-01")
def test_invitation_that_is_over_is_neither_sent_again_nor_revoked(vs):
    token = vs.invite(email="late@x.example")
    invitation = Invitation.objects.get()
    invitations.accept(insurer=vs.insurer, token=token, password=PASSWORD, again=PASSWORD)
    by = vs.actor(vs.manager)
    for act in (invitations.resend, invitations.revoke):
        with pytest.raises(ConflictError, match="invitation_over"):
            act(by=by, invitation=invitation)


@pytest.mark.proves("ORG-01")
def test_invitation_of_a_closed_company_is_dead(vs):
    vs.invite(email="late@x.example")
    Affiliation.objects.filter(pk=vs.affiliation.pk).update(status="closed")
    assert Client().get(vs.link("late@x.example")).status_code == 410


@pytest.mark.proves("ORG-01")
def test_unknown_invitation_does_not_exist(vs):
    assert Client().get(vs.url("invitation/nonsense/")).status_code == 404


@pytest.mark.proves("ORG-01")
@pytest.mark.parametrize("password,again", [("", ""), ("court", "court"), (NEW, "autre-chose-encore")])
def test_invitation_page_says_what_is_wrong(vs, password, again):
    vs.invite(email="new@x.example")
    link = vs.link("new@x.example")
    assert Client().post(link, {"password": password, "again": again}).status_code == 422
    assert not Person.objects.filter(email="new@x.example").exists()


@pytest.mark.proves("ORG-01", "ACC-07")
def test_invitations_are_braked(vs):
    vs.invite(email="again@x.example")
    invitation = Invitation.objects.get()
    close(throttles.INVITE_COMPANY, str(vs.affiliation.pk))
    browser = vs.signed_in(vs.manager)
    values = {"last_name": "A", "first_name": "B", "role": "manager", "email": "c@x.example", "mobile": "079 123 45 67"}
    assert browser.post(vs.url("ma-societe/collaborateurs/nouveau/"), values).status_code == 429
    assert browser.post(vs.url(f"ma-societe/invitations/{invitation.pk}/renvoyer/")).status_code == 429


def _account(space):
    by = space.actor(space.manager)
    return by, bank.add_account(by=by, iban=demo_iban("00765", 1), holder="A", label="")


def _fresh_session(space):
    space.signed_in(space.manager)
    LoginSession.objects.update(stepped_up_at=timezone.now())
    return LoginSession.objects.get()


@pytest.mark.proves("ORG-05")
def test_bank_account_changed_meanwhile_is_not_overwritten(vs):
    by, account = _account(vs)
    session = _fresh_session(vs)
    BankAccount.objects.update(iban=demo_iban("00765", 2))
    with pytest.raises(ConflictError, match="account_changed"):
        bank.change_account(by=by, session=session, account=account, iban=demo_iban("00765", 3), holder="A", label="")
    bank.archive_account(by=by, account=account)
    with pytest.raises(ConflictError, match="account_changed"):
        bank.archive_account(by=by, account=account)


@pytest.mark.proves("ORG-05")
def test_iban_of_another_account_of_the_company_is_refused(vs):
    by, account = _account(vs)
    bank.add_account(by=by, iban=demo_iban("00765", 2), holder="A", label="")
    browser = vs.signed_in(vs.manager)
    LoginSession.objects.update(stepped_up_at=timezone.now())
    path = vs.url(f"ma-societe/comptes/{account.pk}/")
    double = browser.post(path, {"iban": demo_iban("00765", 2), "holder": "A"})
    wrong = browser.post(path, {"iban": "CH93", "holder": ""})
    same = browser.post(path, {"iban": demo_iban("00765", 1), "holder": "Autre titulaire"})
    assert (double.status_code, wrong.status_code, same.status_code) == (422, 422, 302)
    account.refresh_from_db()
    assert (account.holder, account.changed_at) == ("Autre titulaire", None)


@pytest.mark.proves("ORG-05")
def test_staff_has_no_bank_accounts(vs):
    with pytest.raises(ConflictError, match="no_company"):
        bank.add_account(by=vs.actor(vs.administrator), iban=demo_iban("00765", 1), holder="A", label="")


@pytest.mark.proves("ORG-05")
def test_another_iban_needs_a_fresh_step_up_in_the_action_as_well(vs):
    by, account = _account(vs)
    vs.signed_in(vs.manager)
    with pytest.raises(bank.StepUpNeededError):
        bank.change_account(
            by=by, session=LoginSession.objects.get(), account=account, iban=demo_iban("00765", 9), holder="A", label=""
        )


@pytest.mark.proves("ACC-08")
def test_step_up_pages_say_what_is_wrong(vs):
    browser = vs.signed_in(vs.manager)
    page, code_page = vs.url("confirmation/"), vs.url("confirmation/code/")
    assert browser.get(page).status_code == 200
    assert browser.get(code_page)["Location"] == page
    assert [browser.post(page, {"password": text}).status_code for text in ("", "faux-faux-faux")] == [422, 422]
    sent = browser.post(page, {"password": PASSWORD})
    assert sent["Location"] == code_page
    assert browser.get(code_page).status_code == 200
    code = vs.code(vs.manager)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    assert [browser.post(code_page, {"code": text}).status_code for text in ("", wrong)] == [422, 422]
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        late = browser.post(code_page, {"code": code})
    assert (late.status_code, "Ce code a expiré" in late.content.decode()) == (422, True)
    assert browser.post(code_page, {"code": code})["Location"] == vs.url("mon-compte/")


@pytest.mark.proves("ACC-07", "ACC-08")
def test_step_up_is_braked(vs):
    browser = vs.signed_in(vs.manager)
    close(throttles.RESEND_NUMBER, vs.manager.mobile)
    assert browser.post(vs.url("confirmation/"), {"password": PASSWORD}).status_code == 429
    close(throttles.STEP_UP, str(vs.manager.pk))
    values = {"password": PASSWORD, "mobile": "076 123 45 67"}
    assert browser.post(vs.url("mon-compte/portable/"), values).status_code == 429


@pytest.mark.proves("ACC-08")
def test_mobile_code_page_is_there_while_a_code_waits(vs):
    browser = vs.signed_in(vs.manager)
    assert browser.get(vs.url("mon-compte/portable/")).status_code == 200
    browser.post(vs.url("mon-compte/portable/"), {"password": PASSWORD, "mobile": "076 123 45 67"})
    assert browser.get(vs.url("mon-compte/portable/code/")).status_code == 200
    assert code_in(vs.texts("+41761234567")[-1].text).isdigit()


@pytest.mark.proves("ACC-08")
def test_code_without_a_waiting_ticket_is_a_conflict(vs):
    vs.signed_in(vs.manager)
    with pytest.raises(ConflictError, match="no_code"):
        stepup.use_code(by=vs.actor(vs.manager), session=LoginSession.objects.get(), code="1", purpose="mobile")
