"""Measurements: what `make bench` runs."""
