"""Whether the time of a refused log-in tells a wrong name from a wrong password.

python -m bench.login [--tries 200]
"""

import argparse
import math
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import flask_migrate
from flask.testing import FlaskClient

from kblog import create_app
from kblog.auth import author as authors
from kblog.auth import passwords
from kblog.config import Config
from kblog.db import db, now

NAME, PASSWORD = "Bae Harin", "seven lanterns over Mokpo harbour"
TRIES = {
    "wrong name": {"name": "Bae Harim", "password": PASSWORD},
    "wrong password": {"name": NAME, "password": "seven lanterns over Yeosu harbour"},
}
MOST_DIFFERENCE, LEAST_P = 2.0, 0.01  # percent of the median; probability that chance alone differs as much


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tries", type=int, default=200, help="of each kind")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Config(instance=Path(folder), guard=False))
        app.logger.getChild("auth").disabled = True
        with app.app_context():
            flask_migrate.upgrade()
            cost = app.config["PASSWORD_COST"]
            authors.create(db.session(), name=NAME, password_hash=passwords.hashed(PASSWORD, cost), moment=now())
            db.session.commit()
            db.session.remove()
        times = _measured(app.test_client(), asked.tries)
        with app.app_context():
            db.engine.dispose()
    medians = {kind: statistics.median(each) for kind, each in times.items()}
    for kind, median in medians.items():
        print(f"{kind:16}{1000 * median:8.2f} ms, median of {asked.tries}")
    one, other = medians.values()
    difference, p = 100 * abs(one - other) / other, mann_whitney(*times.values())
    print(
        f"difference {difference:.2f} % (at most {MOST_DIFFERENCE:g}), Mann-Whitney p = {p:.3f} (more than {LEAST_P:g})"
    )
    return int(difference >= MOST_DIFFERENCE or p <= LEAST_P)


def mann_whitney(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Return the two-sided p of the rank-sum test, by its normal approximation; for samples without ties.

    >>> round(mann_whitney(range(0, 40, 2), range(1, 41, 2)), 2)
    0.79
    >>> mann_whitney(range(20), range(20, 40)) < 0.001
    True
    """
    ranked = sorted([(value, True) for value in ours] + [(value, False) for value in theirs])
    ranks = sum(rank for rank, (_, is_ours) in enumerate(ranked, 1) if is_ours)
    m, n = len(ours), len(theirs)
    u = ranks - m * (m + 1) / 2
    z = (u - m * n / 2) / math.sqrt(m * n * (m + n + 1) / 12)
    return math.erfc(abs(z) / math.sqrt(2))


def _measured(client: FlaskClient, number: int) -> dict[str, list[float]]:
    """Try in turn, so that whatever else the machine does falls on both alike."""
    times: dict[str, list[float]] = {kind: [] for kind in TRIES}
    for turn in range(number + 1):
        for kind in sorted(TRIES, reverse=turn % 2 == 1):
            began = time.perf_counter()
            response = client.post("/studio/login", data=TRIES[kind], headers={"Origin": "http://localhost"})
            took = time.perf_counter() - began
            assert response.status_code == 422, response.status
            if turn:  # the first one warms up
                times[kind].append(took)
    return times


if __name__ == "__main__":
    sys.exit(main())
