"""Adds new editions to `editions.lock`; those it knows stay as they are: `python -m tests.contracts.editions`."""

from __future__ import annotations

from pathlib import Path


def added(lock: str, digests: dict[str, str]) -> str:
    """The lock with the editions (« 318.632 2026-01 ») it does not know yet, in order of their codes."""
    known = dict(line.rsplit(" ", 1) for line in lock.splitlines())
    return "".join(f"{name} {digest}\n" for name, digest in sorted({**digests, **known}.items()))


def main() -> None:
    """Publish what is declared."""
    import django

    django.setup()

    from guichet import invoices
    from guichet.formspec import registry

    lock = Path(invoices.__file__).parent / "formtypes" / "editions.lock"
    digests = {f"{form_type.code} {form_type.edition}": form_type.digest() for form_type in registry.every()}
    lock.write_text(added(lock.read_text(), digests))


if __name__ == "__main__":
    main()
