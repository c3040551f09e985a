"""The demo shows a package, a waiting one, a destruction that waits, a hold, the public word."""

from datetime import timedelta

from django.utils import timezone

from guichet.recordings import demo, demo_custody
from guichet.recordings.models import CourtPackage, DestructionRequest, Mandate, SecurityStatement
from guichet.recordings.tests import factories


def test_demo_of_custody(doctor, desk, vs):
    second = factories.staff(vs, "agent", "records", "court")
    made = [factories.archived(by=doctor, agent=desk.records) for _ in range(2)]
    days = (timezone.localdate() - timedelta(days=1), timezone.localdate())
    made += [factories.sent(by=doctor, interview_on=day) for day in days]
    demo_custody.seed_custody(made, office=desk.administrator, second=second, paper=demo.PAPER)
    states = CourtPackage.objects.order_by("asked_at").values_list("state", flat=True)
    assert list(states) == ["ready", "asked"]
    assert DestructionRequest.objects.waiting().count() == 1
    assert DestructionRequest.objects.exclude(withdrawn_at=None).count() == 1
    assert Mandate.objects.exclude(legal_hold="").count() == 1
    assert SecurityStatement.objects.get().review_de != ""
