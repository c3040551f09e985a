"""Addresses of the auditors' page, below `/<slug>/audit/`."""

from __future__ import annotations

from django.urls import path

from guichet.config import audit_page

app_name = "audit"
urlpatterns = [path("", audit_page.entries, name="list")]
