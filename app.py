"""The WSGI entry point: `flask` and granian both look for `app`."""

import logging

from kblog import create_app, traffic

logging.captureWarnings(True)
app = create_app()
traffic.write_regularly(app)

if __name__ == "__main__":
    app.run(debug=True)
