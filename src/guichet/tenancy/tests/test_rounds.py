"""Work that comes round for every insurer."""

import pytest

from guichet.tenancy.context import current_insurer_id
from guichet.tenancy.demo import seed_insurers
from guichet.tenancy.rounds import every_insurer

pytestmark = pytest.mark.django_db


def test_every_insurer_works_in_each_tenant_once():
    known = sorted(insurer.pk for insurer in seed_insurers())
    assert every_insurer(lambda insurer: (insurer.pk, current_insurer_id())) == [(pk, pk) for pk in known]
    assert current_insurer_id() is None


def test_every_insurer_gives_all_their_turn_and_then_raises_the_first_trouble(caplog):
    known = sorted(insurer.pk for insurer in seed_insurers())
    served = []

    def work(insurer):
        served.append(insurer.pk)
        if insurer.pk in known[:2]:
            raise LookupError(insurer.pk)

    with pytest.raises(LookupError) as raised:
        every_insurer(work)
    assert raised.value.args == (known[0],)
    assert served == known
    assert [record.args[1] for record in caplog.records] == known[:2]
