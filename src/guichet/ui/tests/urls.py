"""Routes of these tests: the design system's own, and stand-ins for those of the packages above it."""

from django.http import HttpResponse
from django.urls import include, path


def _nothing(request, **kwargs):
    return HttpResponse(str(kwargs))


_accounts = ([path("keepalive/", _nothing, name="keepalive"), path("logout/", _nothing, name="logout")], "accounts")
_invoices = ([path("", _nothing, name="counter"), path("new/<str:code>/", _nothing, name="new")], "invoices")

urlpatterns = [
    path("", include("guichet.ui.urls")),
    path("<slug:slug>/compte/", include(_accounts)),
    path("<slug:slug>/factures/", include(_invoices)),
]
