"""Disk images and sealed envelopes: what leaves the platform on a medium."""
