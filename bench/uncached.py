"""K-Blog as it is served, with nothing kept ready, for the bench: every page is made anew."""

from app import app

app.wsgi_app = app.extensions["kblog.pages"].app
