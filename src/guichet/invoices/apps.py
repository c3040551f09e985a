"""The invoice counter as a Django application."""

from django.apps import AppConfig


class InvoicesConfig(AppConfig):
    """Publishes the form types when the platform starts."""

    name = "guichet.invoices"

    def ready(self) -> None:
        """Importing the package registers every form."""
        from guichet.invoices import formtypes  # noqa: F401
