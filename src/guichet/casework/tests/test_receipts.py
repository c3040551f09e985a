"""Numbers, codes and hashes of what was sent."""

from __future__ import annotations

import pytest

from guichet.casework.receipts import content_hash, next_number
from guichet.invoices.tests import factories
from guichet.tenancy.context import tenant


@pytest.mark.django_db
@pytest.mark.proves("INV-07")
def test_numbers_count_by_insurer_and_year():
    valais, berne = factories.insurer("vs"), factories.insurer("be", number_prefix="BE")
    with tenant(valais.pk):
        given = [next_number(valais, 2026), next_number(valais, 2026), next_number(valais, 2027)]
    with tenant(berne.pk):
        given.append(next_number(berne, 2026))
    assert given == ["VS-2026-000001", "VS-2026-000002", "VS-2027-000001", "BE-2026-000001"]


@pytest.mark.proves("FRM-06")
def test_a_hash_depends_on_every_sign_and_on_no_order():
    one = {"form": "318.632", "answers": {"remark": "é", "lines": [1, 2]}}
    same = {"answers": {"lines": [1, 2], "remark": "é"}, "form": "318.632"}
    others = [
        one | {"form": "318.633"},
        {"form": "318.632", "answers": {"remark": "e\u0301", "lines": [1, 2]}},
        {"form": "318.632", "answers": {"remark": "é", "lines": [2, 1]}},
        {"form": "318.632", "answers": {"remark": "é", "lines": ["1", 2]}},
    ]
    assert content_hash(one) == content_hash(same)
    assert content_hash(one) == "7dc9c367c019392af95ff16692b142e285bd373a8449c4e885166fb48d469587"
    assert len({content_hash(other) for other in [one, *others]}) == 5
