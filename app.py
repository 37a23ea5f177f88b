"""The WSGI entry point: `flask` and granian both look for `app`."""

from kblog import backup, create_app, traffic

app = create_app()
traffic.write_regularly(app)
if app.config["KBLOG"].backup_daily:
    backup.make_daily(backup.Places.of(app.config["KBLOG"]))

if __name__ == "__main__":
    app.run(debug=True)
