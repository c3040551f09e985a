"""Routes outside any space."""

from __future__ import annotations

from django.urls import path

from guichet.accounts.views import platform

app_name = "platform"
urlpatterns = [path("", platform.spaces, name="spaces")]
