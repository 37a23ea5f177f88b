"""K-Blog with nothing kept ready, for the bench: every page is made anew."""

from kblog import create_app

app = create_app()
app.wsgi_app = app.extensions["kblog.pages"].app
