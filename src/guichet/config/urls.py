"""Every address of the platform. A space lies below the slug of its insurer."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from guichet.accounts.access import public
from guichet.invoices.api import service as interface
from guichet.ui import views as ui

handler400 = "guichet.ui.views.bad_request"
handler403 = "guichet.ui.views.permission_denied"
handler404 = "guichet.ui.views.page_not_found"
handler500 = "guichet.ui.views.server_error"

for _view in (ui.theme, ui.language, ui.styleguide):  # `ui` lies below `accounts` and cannot mark its own
    public(_view)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("guichet.ui.urls")),
    path("", include("guichet.accounts.platform_urls")),
    path("<slug:slug>/", include("guichet.accounts.urls")),
    path("<slug:slug>/", include("guichet.invoices.urls")),
    path("<slug:slug>/api/v1/", include((interface.addresses(), "api"))),
    path("<slug:slug>/", include("guichet.recordings.urls")),
    path("<slug:slug>/audit/", include("guichet.config.audit_urls")),
]

if settings.DEMO:
    from guichet.notify.views import outbox_page

    urlpatterns.insert(0, path("demo/outbox/", public(outbox_page), name="outbox"))
