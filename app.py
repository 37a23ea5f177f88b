"""The WSGI entry point: `flask` and granian both look for `app`."""

import logging
import os

from kblog import backup, create_app, traffic

logging.captureWarnings(True)
app = create_app()
traffic.write_regularly(app)
if "FLASK_RUN_FROM_CLI" not in os.environ:  # this process serves: a command has something else to do
    places = backup.Places.of(app.config["KBLOG"])
    backup.refuse_newer(places)
    if app.config["KBLOG"].backup_daily:
        backup.make_daily(places)

if __name__ == "__main__":
    app.run(debug=True)
