"""What the database knows about stored bytes: never their key, never where they lie."""

from __future__ import annotations

import uuid

from django.db import models

from guichet.tenancy.models import Insurer


class StoredObject(models.Model):
    """One encrypted object of one insurer. Its bytes lie in `STORAGE_ROOT`, its key in `KEY_STORE`, both by `id`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="+")
    size = models.PositiveBigIntegerField()  # bytes in the clear
    sha256 = models.CharField(max_length=64)  # of the clear bytes, hexadecimal
    chunk_size = models.PositiveIntegerField()  # clear bytes per sealed chunk
    key_id = models.CharField(max_length=40)  # the insurer's key that wrapped the object's key
    algorithm = models.CharField(max_length=20)  # see `cipher.ALGORITHM`
    created_at = models.DateTimeField(auto_now_add=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)  # its key was shredded: nobody can read it again

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="stored_object_sha256_whole"
            ),
            models.CheckConstraint(condition=models.Q(chunk_size__gt=0), name="stored_object_chunk_size_positive"),
        )

    def __str__(self) -> str:
        return str(self.pk)
