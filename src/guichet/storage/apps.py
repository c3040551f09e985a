from django.apps import AppConfig


class StorageConfig(AppConfig):
    """Bytes at rest, and the doors that look into them."""

    name = "guichet.storage"

    def ready(self) -> None:
        from guichet.storage import checks  # noqa: F401 - registers the checks
