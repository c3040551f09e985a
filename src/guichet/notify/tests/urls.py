"""The demo's outbox and nothing else: what stands above is not this package's business."""

from django.urls import path

from guichet.notify.views import outbox_page

urlpatterns = [path("demo/outbox/", outbox_page)]
