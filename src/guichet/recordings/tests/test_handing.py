"""A request for a destruction follows its recording to the office that has it now (LPGA 30, 39 al. 2; REC-15)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from guichet import storage
from guichet.accounts import cookies, sessions
from guichet.accounts.visitor import Visitor
from guichet.notify.testing import deliver_all, mails
from guichet.recordings.actions import deposits, destruction, forwarding, handing, withdrawal
from guichet.recordings.errors import Destroyed, Incomplete, NotPossible, WaiverInForce
from guichet.recordings.models import DestructionRequest, Forwarding, Mandate, Recording, Waiver, Withdrawal
from guichet.recordings.states import Status
from guichet.recordings.tests import factories
from guichet.recordings.tests.test_destruction import declaration
from guichet.recordings.tests.test_insured import insured
from guichet.recordings.tests.test_withdrawal import in_writing
from guichet.tenancy.context import tenant

pytestmark = [pytest.mark.proves("REC-15"), pytest.mark.proves("REC-07")]


@pytest.fixture(autouse=True)
def own_places(tmp_path, settings):
    settings.DESTRUCTION_LIST = tmp_path / "list.jsonl"


@pytest.fixture
def be(vs):
    return factories.insurer("be", canton="BE", office_code="302")


@pytest.fixture
def recording(doctor, desk):
    return factories.archived(by=doctor, agent=desk.records, last_name="Zermatten")


@pytest.fixture
def berne(be):
    with tenant(be.pk):
        return [factories.staff(be, "agent", "records") for _ in range(2)]


def forward(recording, to, by):
    return forwarding.forward(recording, to=to, reason="Canton de domicile", by=by)


def ask(recording, by, **changes):
    return destruction.ask(recording.mandate, said=declaration(recording.interview_on, **changes), by=by)


def handed(request):
    """What the other office has of it; inside its tenant."""
    related = ("insurer", "mandate__insurer", "document", "handed_from")
    return DestructionRequest.objects.select_related(*related).get(handed_request=request.pk)


def client_of(actor):
    token, _session = sessions.open_session(
        person=actor.person, space=actor.insurer, factors="password sms", visitor=Visitor()
    )
    client = Client()
    client.cookies[cookies.SESSION] = token
    return client


def states(request):
    request.refresh_from_db()
    return request.executed_at is not None, request.withdrawn_at is not None


def test_request_at_the_first_office_reaches_the_recording_where_it_lies(recording, be, desk, mailbox, audited):
    sent = forward(recording, be, desk.records)
    request = ask(recording, desk.records)
    with tenant(be.pk):
        copy = handed(request)
        arrived = Recording.objects.get(pk=sent.arrived_as)
        assert arrived.status == Status.DESTRUCTION_ASKED
        assert (copy.declared_on, copy.interview_on) == (request.declared_on, request.interview_on)
        assert (copy.handed_from_id, copy.insurer_id) == (recording.insurer_id, be.pk)
        assert storage.read(copy.document) == factories.signed_paper().data
        assert Mandate.objects.filter(pk=recording.mandate_id).count() == 0
        deliver_all(be)
        (mail,) = [mail for mail in mails() if mail.to == be.email and "transmise" in mail.subject]
        assert (recording.mandate.last_name in mail.text, "art. 30 LPGA" in mail.text) == (False, True)
    assert DestructionRequest.objects.get() == request
    noted = [(one["action"], one["insurer_id"]) for one in audited if "handed" in one["action"]]
    assert noted == [
        ("mandate.destruction_handed", be.pk),
        ("mandate.destruction_handed_on", recording.insurer_id),
    ]


def test_office_that_has_it_destroys_and_reports_it_to_the_first(recording, be, berne, desk, mailbox):
    sent = forward(recording, be, desk.records)
    request = ask(recording, desk.records)
    with pytest.raises(NotPossible):  # there is nothing here
        destruction.execute(request, by=desk.administrator)
    with tenant(be.pk):
        destruction.execute(handed(request), by=berne[0])
        arrived = Recording.objects.select_related("original").get(pk=sent.arrived_as)
        assert arrived.status == Status.DESTROYED
        with pytest.raises(storage.Destroyed):
            storage.read(arrived.original)
    assert states(request) == (True, False)
    assert (request.executed_by, request.certificate is not None) == (berne[0].person, True)
    assert storage.read(request.certificate)[:5] == b"%PDF-"
    assert Forwarding.objects.get().destroyed_at is not None
    assert [one.act for one in recording.events.order_by("at")][-1] == "destroyed_there"
    (mail,) = [mail for mail in mailbox() if "détruit par un autre office" in mail.subject]
    assert mail.to == recording.mandate.insurer.email
    with pytest.raises(NotPossible):
        destruction.execute(request, by=desk.administrator)


def test_request_goes_through_three_offices_and_is_reported_back(recording, be, berne, desk):
    ju = factories.insurer("ju", canton="JU", office_code="350")
    sent = forward(recording, be, desk.records)
    with tenant(be.pk):
        arrived = Recording.objects.select_related("mandate__insurer").get(pk=sent.arrived_as)
        forward(arrived, ju, berne[0])
    request = ask(recording, desk.records)
    with tenant(be.pk):
        between = handed(request)
    with tenant(ju.pk):
        last = handed(between)
        destruction.execute(last, by=factories.staff(ju, "agent", "records"))
    with tenant(be.pk):
        assert states(between) == (True, False)
    assert states(request) == (True, False)


@pytest.mark.parametrize("where", ["first", "second"])
def test_request_is_taken_back_at_both_offices(recording, be, berne, desk, where, mailbox):
    sent = forward(recording, be, desk.records)
    request = ask(recording, desk.records)
    with tenant(be.pk):
        copy = handed(request)
        if where == "second":
            with pytest.raises(Incomplete):  # a mistake is corrected where it was made
                withdrawal.claim(copy, reason=Withdrawal.TYPING, note="x", by=berne[0])
            withdrawal.withdraw(copy, said=in_writing(), by=berne[0])
    if where == "first":
        withdrawal.withdraw(request, said=in_writing(), by=desk.records)
    assert states(request) == (False, True)
    assert (request.withdrawal, request.withdrawal_document is not None) == (Withdrawal.PERSON, True)
    with tenant(be.pk):
        assert states(copy) == (False, True)
        assert Recording.objects.get(pk=sent.arrived_as).status == Status.SENT
        with pytest.raises(NotPossible):
            destruction.execute(copy, by=berne[0])
        deliver_all(be)
    told = {mail.to for mail in [*mailbox(), *mails()] if "demande de destruction retirée" in mail.subject}
    assert {be.email, recording.mandate.insurer.email} & told == {
        be.email if where == "first" else recording.mandate.insurer.email
    }


def test_mistake_of_the_first_office_stops_the_second_and_is_decided_at_the_first(recording, be, berne, desk):
    sent = forward(recording, be, desk.records)
    request = ask(recording, desk.records)
    withdrawal.claim(request, reason=Withdrawal.TYPING, note="Mandat voisin", by=desk.records)
    with tenant(be.pk):
        copy = handed(request)
        with pytest.raises(NotPossible):
            destruction.execute(copy, by=berne[0])
        with pytest.raises(NotPossible):
            withdrawal.confirm_claim(copy, by=berne[0])
        with pytest.raises(NotPossible):
            withdrawal.dismiss_claim(copy, by=berne[0])
    withdrawal.confirm_claim(request, by=desk.administrator)
    with tenant(be.pk):
        assert (states(copy), Recording.objects.get(pk=sent.arrived_as).status) == ((False, True), Status.SENT)


def test_recording_whose_destruction_is_asked_for_is_not_forwarded(recording, be, desk):
    ask(recording, desk.records)
    with pytest.raises(NotPossible):
        forward(recording, be, desk.records)


def test_forwarding_takes_requests_waivers_and_the_hold_along(recording, be, berne, desk, doctor):
    earlier, mandate = recording.interview_on - timedelta(days=1), recording.mandate
    mandate.interview_dates = [earlier, recording.interview_on]
    mandate.save(update_fields=["interview_dates"])
    Waiver.objects.create(insurer=mandate.insurer, mandate=mandate, declared_on=earlier, entered_by=desk.records.person)
    destruction.hold(mandate, reason="Recours pendant", by=desk.records)
    said = declaration(earlier)
    request = destruction.ask(mandate, said=said, by=desk.records)
    sent = forward(recording, be, desk.records)
    with tenant(be.pk):
        arrived = Recording.objects.select_related("mandate").get(pk=sent.arrived_as)
        theirs = arrived.mandate
        assert (handed(request).interview_on, handed(request).mandate_id) == (earlier, theirs.pk)
        assert (arrived.status, theirs.legal_hold) == (Status.SENT, "Recours pendant")
        with pytest.raises(Destroyed):
            deposits.refuse_destroyed(theirs, earlier)
        with pytest.raises(WaiverInForce):
            deposits.refuse_waived(theirs)
        copy = handed(request)
    destruction.hold(mandate, reason="", by=desk.records)  # lifted here: theirs is theirs
    with tenant(be.pk), pytest.raises(destruction.OnHold):
        destruction.execute(copy, by=berne[0])


def test_request_is_handed_on_only_where_the_law_gives_it_to_the_person(recording, be, desk):
    forward(recording, be, desk.records)
    today = timezone.localdate()
    destruction.ask(recording.mandate, said=declaration(None, final_on=today), by=desk.records)
    with tenant(be.pk):
        assert DestructionRequest.objects.count() == 0


def test_own_request_of_the_other_office_ends_nothing_twice(recording, be, berne, desk):
    sent = forward(recording, be, desk.records)
    with tenant(be.pk):
        theirs = Recording.objects.select_related("mandate__insurer").get(pk=sent.arrived_as)
        own = ask(theirs, berne[0])
    request = ask(recording, desk.records)
    with tenant(be.pk):
        copy = handed(request)
        destruction.execute(own, by=berne[1])
    assert states(request) == (True, False)
    with tenant(be.pk):
        assert states(copy) == (False, False)
        destruction.execute(copy, by=berne[1])


@pytest.mark.proves("REC-22")
def test_person_sees_one_state_asks_and_takes_back_at_the_first_office(recording, be, berne, desk, browser, vs):
    lucie = insured(vs, recording.mandate.avs_number)
    forward(recording, be, desk.records)
    client, at = browser(lucie), f"/vs/mes-enregistrements/{recording.mandate_id}/"
    page = client.get(at).content.decode()
    assert ("(be)" in page, "transmise à l&#x27;office" in page or "transmise à l'office" in page) == (True, True)
    day = {"interview_on": recording.interview_on.isoformat(), "sure": "1"}
    assert client.post(f"{at}destruction/", day).status_code == 303
    request = DestructionRequest.objects.get()
    assert "a suivi l'enregistrement" in client.get(at).content.decode()
    with tenant(be.pk):
        copy = handed(request)
        assert (copy.by_cockpit, copy.document) == (True, None)
    assert client.post(f"{at}destruction/{request.pk}/retirer/").status_code == 303
    with tenant(be.pk):
        assert states(copy) == (False, True)
    assert client.post(f"{at}destruction/", day).status_code == 303
    again = DestructionRequest.objects.get(withdrawn_at=None)
    with tenant(be.pk):
        destruction.execute(handed(again), by=berne[0])
    shown = client.get(at).content.decode()
    assert ("Détruit le" in shown, "Demander la destruction" in shown) == (True, False)


@pytest.mark.proves("REC-22")
def test_person_takes_it_back_in_her_account_at_the_second_office(recording, be, desk, vs):
    lucie = insured(vs, recording.mandate.avs_number)
    forward(recording, be, desk.records)
    said = destruction.Declaration(declared_on=timezone.localdate(), document=None, interview_on=recording.interview_on)
    request = destruction.ask(recording.mandate, said=said, by=lucie)
    with tenant(be.pk):
        there = insured(be, recording.mandate.avs_number)
        withdrawal.withdraw(handed(request), said=withdrawal.TakenBack(reason=Withdrawal.OWN), by=there)
    assert states(request) == (False, True)


def test_pages_of_both_offices_say_whose_turn_it_is(recording, be, berne, desk, browser):
    forward(recording, be, desk.records)
    request = ask(recording, desk.records)
    first, at = browser(desk.administrator), f"/vs/bureau/destructions/{request.pk}/"
    page = first.get(at).content.decode()
    assert ("La demande l'a suivi" in page, "Détruire l'enregistrement" in page) == (True, False)
    assert first.post(f"{at}executer/", {"sure": "1"}).status_code == 409
    with tenant(be.pk):
        copy = handed(request)
    second, there = client_of(berne[0]), f"/be/bureau/destructions/{copy.pk}/"
    page = second.get(there).content.decode()
    assert ("art. 39 al. 2 LPGA" in page, "Détruire l'enregistrement" in page) == (True, True)
    assert "venue de" in second.get("/be/bureau/destructions/").content.decode()
    assert second.get(f"{there}document/").status_code == 200
    assert (
        second.get(f"/be/bureau/destructions/{request.pk}/").status_code,
        first.get(f"/vs/bureau/destructions/{copy.pk}/").status_code,
    ) == (404, 404)
    assert second.post(f"{there}executer/", {"sure": "1"}).status_code == 303
    page = first.get(at).content.decode()
    assert ("détruit là-bas le" in page, "Certificat de destruction" in page) == (True, True)
    assert first.get(f"{at}certificat/").status_code == 200


def test_replay_after_a_restore_is_reported_too(recording, be, desk):
    sent = forward(recording, be, desk.records)
    request = ask(recording, desk.records)
    with tenant(be.pk):
        assert destruction.replayed(be.pk, str(sent.arrived_as), timezone.now().isoformat())
    assert Forwarding.objects.get().destroyed_at is not None
    assert destruction.execute(request, by=desk.administrator).executed_at is not None  # by people: a paper is made
    assert handing.elsewhere(request).count() == 0
