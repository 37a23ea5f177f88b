"""The WSGI entry point: `flask` and granian both look for `app`."""

import gc
import logging
import os

from kblog import background, backup, create_app
from kblog.studio import importing

logging.captureWarnings(True)
serves = "FLASK_RUN_FROM_CLI" not in os.environ  # a command has something else to do
app = create_app(has_commands=not serves)
background.of(app).allow(at_once=serves)
if serves:
    places = backup.Places.of(app.config["KBLOG"])
    if app.config["KBLOG"].on_sqlite:
        backup.refuse_newer(places)
    importing.keep_going(app)
    if app.config["KBLOG"].backs_up_daily:
        backup.make_daily(places)
    gc.collect()
    gc.freeze()  # all that is here stays for good: to look through it again and again takes 60 ms each time

if __name__ == "__main__":
    app.run(debug=True)
