"""Backups: whole copies of the database and the media, made while the site runs, looked at, and put back."""

from .daily import Health, health, make_daily, make_if_due, trouble
from .folder import Backup, Failed, find, kept
from .making import make
from .manifest import Manifest
from .places import Places
from .restoring import Restored, present, restore
from .verifying import refuse_newer, verify

__all__ = [
    "Backup",
    "Failed",
    "Health",
    "Manifest",
    "Places",
    "Restored",
    "find",
    "health",
    "kept",
    "make",
    "make_daily",
    "make_if_due",
    "present",
    "refuse_newer",
    "restore",
    "trouble",
    "verify",
]
