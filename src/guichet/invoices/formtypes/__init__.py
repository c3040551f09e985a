"""The official forms, one per file. Importing this package publishes them all."""

from guichet.invoices.formtypes import f_318_632, f_318_632_1

__all__ = ["f_318_632", "f_318_632_1"]
