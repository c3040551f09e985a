"""What a row keeps of a code by SMS that is on its way (`guichet.accounts.codes`)."""

from __future__ import annotations

import uuid

from django.db import models


class OneTimeCode(models.Model):
    """Bound to one browser, five minutes, one use, five tries (ACC-04). What it opens stands in the model itself."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    browser_hash = models.CharField(max_length=64, unique=True)
    code_hash = models.CharField(max_length=64)  # HMAC of attempt and code: useless for any other attempt
    reference = models.CharField(max_length=2)  # the two letters on the page and in the SMS
    tries = models.PositiveSmallIntegerField(default=0)  # of the newest code
    sends = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()  # of the newest code
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.reference
