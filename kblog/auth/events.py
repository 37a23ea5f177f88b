"""What happens at the log-in, as lines of the log: without secrets and without anybody's input."""

import logging

logger = logging.getLogger("kblog.auth")


def note(event: str, *, network: str, who: str | None = None, **more: str | int) -> None:
    """Write one event; `who` is the author's name where it was said, and left out for any other."""
    logger.info(event, extra={"facts": {"who": who, "network": network, **more}})
