"""The log of what happens at the log-in: one line of JSON an event, without secrets and without anybody's input."""

import json
import logging

logger = logging.getLogger("kblog.auth")


def note(event: str, *, network: str, who: str | None = None, **more: str | int) -> None:
    """Write one event; `who` is the author's name where it was said, and left out for any other."""
    logger.info(json.dumps({"event": event, "who": who, "network": network, **more}))
