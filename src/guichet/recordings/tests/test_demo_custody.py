"""The demo shows a package, a waiting one, a destruction that waits, a hold, the public word."""

from django.utils import timezone

from guichet.recordings import demo, demo_custody
from guichet.recordings.models import CourtPackage, DestructionRequest, Mandate, SecurityStatement
from guichet.recordings.tests import factories


def test_demo_of_custody(doctor, desk, vs):
    second = factories.staff(vs, "agent", "records", "court")
    made = [factories.archived(by=doctor, agent=desk.records) for _ in range(2)]
    made.append(factories.sent(by=doctor, interview_on=timezone.localdate()))
    demo_custody.seed_custody(made, office=desk.administrator, second=second, paper=demo.PAPER)
    states = CourtPackage.objects.order_by("asked_at").values_list("state", flat=True)
    assert list(states) == ["ready", "asked"]
    assert DestructionRequest.objects.filter(executed_at=None).count() == 1
    assert Mandate.objects.exclude(legal_hold="").count() == 1
    assert SecurityStatement.objects.get().review_de != ""
