"""Files full of invoices or people: looked at, confirmed as a whole, carried out once (INV-14, INV-29)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guichet import audit, readers, storage
from guichet.accounts.access import Actor
from guichet.accounts.models import Membership
from guichet.casework.errors import Blocked, CaseError, NotEditable
from guichet.casework.jobs import defer
from guichet.formspec import registry
from guichet.formspec.findings import words
from guichet.invoices.actions import beneficiaries, drafts, sending
from guichet.invoices.models import Beneficiary, ImportKind, ImportRow, ImportRun, ImportState, RowState
from guichet.invoices.sheets import invoices, people
from guichet.invoices.sheets.plan import Plan
from guichet.kernel.findings import Level
from guichet.kernel.text import clean_line

if TYPE_CHECKING:
    from guichet.invoices.sheets.plan import Unit

MOST_ROWS: Final = 5_000
MOST_BYTES: Final = 10 * 1024 * 1024  # of a file
_LARGEST_PLAN: Final = 100 * 1024 * 1024
DRAFTS, SEND, KEEP, REPLACE = "drafts", "send", "keep", "replace"


class NotConfirmable(CaseError):
    """The file has faults, or what was asked for does not fit it (422)."""


def look_at_invoices(*, data: bytes, name: str, form_code: str, by: Actor) -> ImportRun:
    """Read and check a file of invoices. Raises `readers.Unreadable`; KeyError if there is no such form."""
    form_type = registry.current(form_code)
    table = readers.table(data, name=name, most_rows=MOST_ROWS)
    plan = invoices.plan(table, form_type, by=by)
    return _keep(plan, kind=ImportKind.INVOICES, name=name, form=(form_type.code, form_type.edition), by=by)


def look_at_people(*, data: bytes, name: str, by: Actor) -> ImportRun:
    """Read and check a file of beneficiaries. Raises `readers.Unreadable`."""
    table = readers.table(data, name=name, most_rows=MOST_ROWS)
    return _keep(people.plan(table, by=by), kind=ImportKind.PEOPLE, name=name, form=("", ""), by=by)


@transaction.atomic
def _keep(plan: Plan, *, kind: str, name: str, form: tuple[str, str], by: Actor) -> ImportRun:
    assert by.affiliation is not None  # noqa: S101 -- the view is a partner's
    run = ImportRun.objects.create(
        insurer=by.insurer,
        affiliation=by.affiliation,
        person=by.person,
        kind=kind,
        form_code=form[0],
        edition=form[1],
        file_name=clean_line(name[-120:], 120) or "-",
        plan=storage.put(plan.dump(), insurer=by.insurer, limit=_LARGEST_PLAN),
        rows=len(plan.lines) - 1,
        units=len(plan.units),
        faults=len(plan.faults),
    )
    _record(run, "read", by=by, detail={"kind": kind, "rows": run.rows, "faults": run.faults})
    return run


def plan_of(run: ImportRun) -> Plan | None:
    """What the file would do; None once it was carried out or put away: nothing of it is kept."""
    return Plan.load(storage.read(run.plan)) if run.plan else None


@transaction.atomic
def confirm_invoices(run: ImportRun, *, wish: str, reason: str, by: Actor) -> None:
    """Make all drafts at once; with the wish `send` a job then sends them one by one.

    Raises `NotConfirmable` (faults, documents or an answer missing), `NotEditable` (done already).
    """
    plan = _claim(run, {DRAFTS, SEND}, wish, reason, by=by)
    if wish == SEND and any(unit.needs_document for unit in plan.units):
        raise NotConfirmable
    if wish == SEND and not reason and any(unit.warnings for unit in plan.units):
        raise NotConfirmable
    for unit in plan.units:
        draft = drafts.open_draft(code=run.form_code, raw=unit.raw, by=by)
        ImportRow.objects.create(
            insurer=by.insurer, run=run, no=unit.no, row=unit.row, key=unit.key[:120], invoice=draft
        )
    if wish == SEND:
        defer("invoices.send_import", queue="documents", insurer_id=by.insurer.pk, run_id=str(run.pk))
    else:
        _finish(run)


@transaction.atomic
def confirm_people(run: ImportRun, *, wish: str, replaced: frozenset[int], by: Actor) -> None:
    """Add everybody who is new; who is on the list is left alone (`keep`) or changed (`replace`).

    `replaced` are the numbers of the units for which the opposite of `wish` was chosen. Raises as above, and
    `beneficiaries.AlreadyThere` if somebody was added by hand since the look; nothing is changed then.
    """
    plan = _claim(run, {KEEP, REPLACE}, wish, "", by=by)
    for unit in plan.units:
        _keep_person(unit, replace=(wish == REPLACE) != (unit.no in replaced), by=by)
    _finish(run)


def _keep_person(unit: Unit, *, replace: bool, by: Actor) -> None:
    facts: dict[str, Any] = {name: unit.raw[name] for name in people.FIELDS}
    facts["birth_date"] = date.fromisoformat(facts["birth_date"])
    person = Beneficiary.objects.visible_to(by).filter(avs_number=unit.key).first() if unit.known else None
    if person is None:
        person = beneficiaries.add_beneficiary(facts=facts, by=by)
    elif replace:
        person = beneficiaries.change_beneficiary(person, facts=facts, by=by)
    for number, description in unit.raw["decisions"]:
        beneficiaries.remember_decision(person, number=number, description=description, by=by)


def _claim(run: ImportRun, wishes: set[str], wish: str, reason: str, *, by: Actor) -> Plan:
    """Whoever moves the row on carries it out; a second click finds it moved."""
    if wish not in wishes or run.faults or not run.units:
        raise NotConfirmable
    plan = plan_of(ImportRun.objects.select_related("plan").get(pk=run.pk))
    now = timezone.now()
    moved = ImportRun.objects.filter(pk=run.pk, state=ImportState.READY, faults=0).update(
        state=ImportState.RUNNING, wish=wish, reason=clean_line(reason[:500], 500), confirmed_at=now
    )
    if not moved or plan is None:
        raise NotEditable
    run.refresh_from_db()
    _record(run, "confirmed", by=by, detail={"wish": wish, "units": run.units})
    return plan


def _finish(run: ImportRun) -> None:
    """Nothing of the file is kept any longer."""
    stored = ImportRun.objects.select_related("plan").get(pk=run.pk).plan
    ImportRun.objects.filter(pk=run.pk).update(state=ImportState.DONE, finished_at=timezone.now(), plan=None)
    if stored:
        storage.destroy(stored)
    run.refresh_from_db()


@transaction.atomic
def discard(run: ImportRun, *, by: Actor) -> None:
    """Put a file away that was not confirmed. Raises `NotEditable` otherwise."""
    stored = ImportRun.objects.select_related("plan").get(pk=run.pk).plan
    moved = ImportRun.objects.filter(pk=run.pk, state=ImportState.READY).update(state=ImportState.DISCARDED, plan=None)
    if not moved:
        raise NotEditable
    if stored:
        storage.destroy(stored)
    run.refresh_from_db()
    _record(run, "discarded", by=by)


def send_all(run_id: str) -> None:
    """Send what a file brought, each by the act of the page and exactly once; a second job finds nothing to do."""
    run = ImportRun.objects.select_related("insurer", "affiliation__partner", "person").get(pk=run_id)
    if run.state != ImportState.RUNNING:
        return
    plan, by = plan_of(run), _actor(run)
    warnings = {unit.no: unit.warnings for unit in plan.units} if plan else {}
    for row in ImportRow.objects.filter(run=run, state=RowState.DRAFT).select_related("invoice").order_by("no"):
        _send_one(run, row, warnings.get(row.no, ()), by=by)
    with transaction.atomic():
        _finish(run)


def _actor(run: ImportRun) -> Actor | None:
    """Who confirmed, as long as they belong to the company."""
    member = Membership.objects.filter(affiliation=run.affiliation, person=run.person, removed_at=None).first()
    if member is None:
        return None
    return Actor(person=run.person, insurer=run.insurer, role=member.role, affiliation=run.affiliation)


def _send_one(run: ImportRun, row: ImportRow, warnings: tuple[str, ...], *, by: Actor | None) -> None:
    state, problem = RowState.SENT, ""
    try:
        if by is None or row.invoice is None:
            raise NotEditable
        row.invoice.insurer, row.invoice.affiliation = run.insurer, run.affiliation
        sending.send(
            row.invoice, key=send_key(run.pk, row.no), draft_no=1, answered=dict.fromkeys(warnings, run.reason), by=by
        )
    except Blocked as blocked:
        found = [words(one) for one in blocked.reading.findings if one.level is not Level.INFORMATION]
        state, problem = RowState.FAILED, " ".join(dict.fromkeys(found))
    except CaseError:
        state, problem = RowState.FAILED, _("Ce brouillon a été modifié, envoyé ou supprimé entre-temps.")
    ImportRow.objects.filter(pk=row.pk, state=RowState.DRAFT).update(state=state, problem=problem)


def send_key(run: UUID, no: int) -> UUID:
    """The key of one sending: the same invoice of the same file, however often the job runs."""
    return uuid5(run, str(no))


def _record(run: ImportRun, act: str, *, by: Actor, detail: dict[str, object] | None = None) -> None:
    audit.record(
        f"import.{act}", insurer_id=by.insurer.pk, by=by.who, on="import", object_id=str(run.pk), detail=detail
    )
