"""Included by config/urls.py below `demo/`, in the demo only."""

from django.urls import path

from guichet.notify.views import outbox_page

app_name = "notify"
urlpatterns = [path("outbox/", outbox_page, name="outbox")]
