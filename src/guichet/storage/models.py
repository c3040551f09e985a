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
    sha256 = models.CharField(max_length=64, blank=True)  # of the clear bytes, hexadecimal; empty while parts arrive
    chunk_size = models.PositiveIntegerField()  # clear bytes per sealed chunk
    key_id = models.CharField(max_length=40)  # the insurer's key that wrapped the object's key
    algorithm = models.CharField(max_length=20)  # see `cipher.ALGORITHM`
    holder = models.CharField(max_length=36, blank=True)  # for whom its key is wrapped; empty: the insurer (REC-04)
    unfinished = models.BooleanField(default=False)  # an upload in parts, not all of them there and checked
    bound_insurer = models.PositiveBigIntegerField(null=True, blank=True)  # what its chunks were sealed for, if it came
    bound_object = models.UUIDField(null=True, blank=True)  # … from another insurer; they are never sealed again
    created_at = models.DateTimeField(auto_now_add=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)  # its key was shredded: nobody can read it again

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$") | models.Q(sha256="", unfinished=True),
                name="stored_object_sha256_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(bound_insurer=None, bound_object=None)
                | models.Q(bound_insurer__isnull=False, bound_object__isnull=False),
                name="stored_object_bound_pair",
            ),
            models.CheckConstraint(condition=models.Q(chunk_size__gt=0), name="stored_object_chunk_size_positive"),
        )

    def __str__(self) -> str:
        return str(self.pk)
