"""Measurements: `python -m bench` (see the quality requirements for the protocol)."""
