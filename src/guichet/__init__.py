"""Guichet: the open e-counter for Swiss social insurance."""
