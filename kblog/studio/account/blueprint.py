"""The blueprint that the account's routes share."""

from flask import Blueprint

bp = Blueprint("account", __name__)
