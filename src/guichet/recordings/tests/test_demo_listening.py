"""What the demo shows of listening."""

from guichet.accounts.models import StaffRole
from guichet.recordings import queries
from guichet.recordings.demo_listening import seed_listening
from guichet.recordings.tests import factories


def test_demo_shows_listenings_accesses_and_markers(doctor, desk):
    commission = factories.staff(desk.records.insurer, StaffRole.COMMISSION, "listen")
    recordings = [factories.archived(by=doctor, agent=desk.records) for _ in range(4)]
    seed_listening(recordings, manager=desk.records, hearer=desk.listener, commission=commission)
    heard = [[one.role for one in queries.listenings(recording)] for recording in recordings]
    assert heard == [["staff", "listener", "staff"], ["listener"], [], ["commission"]]
    states = [[row.state for row in queries.grants(desk.records, recording)] for recording in recordings]
    assert states == [["open"], ["open"], ["revoked"], ["open"]]
    assert len(queries.markers(desk.listener, recordings[0])) == 3
    assert len(queries.defects(recordings[0])) == 1
    assert queries.grants(desk.records, recordings[1])[0].grant.reminded_at is not None
