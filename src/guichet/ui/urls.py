"""Routes of the design system itself; config/urls.py marks the views public."""

from __future__ import annotations

from django.urls import path

from guichet.ui import views

app_name = "ui"
urlpatterns = [
    path("langue/", views.language, name="language"),
    path("demo/style/", views.styleguide, name="styleguide"),
    path("<slug:slug>/theme.css", views.theme, name="theme"),
]
