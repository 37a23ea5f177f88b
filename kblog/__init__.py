"""K-Blog: a review blog for Korean dramas and films."""

from functools import partial

from flask import Flask, request
from werkzeug.local import LocalProxy
from werkzeug.middleware.proxy_fix import ProxyFix

from .bodies import Bodies
from .config import ROOT, Config, read, secret_key


def create_app(settings: Config | None = None, *, has_commands: bool = True) -> Flask:
    """Put the site together: the one place that knows every part.

    Without `settings` the environment is read, and nonsense in it ends the process. A server has no commands: what
    they import is a third of the time that it takes to start.
    """
    from . import (
        addresses,
        auth,
        background,
        cache,
        comments,
        depot,
        errors,
        feeds,
        guard,
        headers,
        jinja,
        language,
        legacy,
        lines,
        log,
        mail,
        media,
        pages,
        postgres,
        reviews,
        signposts,
        speaking,
        studio,
        traffic,
        uploads,
    )
    from .db import db
    from .storage import MEGABYTE
    from .transactions import reading

    config = settings or read()
    config.instance.mkdir(parents=True, exist_ok=True)
    depot.of(config.media)  # refuses what this machine cannot speak to
    app = log.Site(
        __name__,
        template_folder=str(ROOT / "templates"),
        static_folder=None,  # no route of Flask's: `cache` has the files, and knows them by name
        instance_path=str(config.instance),
    )
    app.static_folder = str(ROOT / "static")
    app.request_class, app.jinja_environment = uploads.Request, speaking.Environment
    app.config.update(
        KBLOG=config,
        SECRET_KEY=secret_key(config),
        SQLALCHEMY_DATABASE_URI=config.database,
        SQLALCHEMY_ENGINE_OPTIONS={
            "hide_parameters": True,  # an error that is logged tells no one's words or hashes
            "execution_options": {"keep_free": config.keep_free * MEGABYTE},
            **({} if config.on_sqlite else postgres.options(config.threads)),
        },
        TRUSTED_HOSTS=config.hosts,
        MAX_CONTENT_LENGTH=256 * 1024,  # 10,000 Hangul characters are 90 kB in a form
        SEND_FILE_MAX_AGE_DEFAULT=31536000,  # static addresses carry the file's hash
    )
    log.init_app(app, config.log)
    db.init_app(app)

    @app.before_request
    def begin() -> None:
        reading.set(request.method in guard.SAFE)
        language.settle("")

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        reading.set(False)
        language.settle("")

    for part in (background, jinja, addresses, errors, headers, guard, auth, cache, traffic, media, mail):
        part.init_app(app)
    language.ask(cache.language, cache.last_language)
    reviews.link_pictures.init_app(app)
    app.jinja_env.globals["site"] = LocalProxy(cache.site)  # read when a template first asks for it,
    app.context_processor(cache.site_at_hand)  # and at hand where a view has asked
    app.jinja_env.globals |= {"static_url": cache.static_url, "script_words": cache.script_words}
    app.jinja_env.filters["here"] = cache.here
    for part in (reviews, lines, comments, pages, media, mail, feeds, signposts, legacy, studio):
        app.register_blueprint(part.bp)
    app.register_blueprint(studio.previews.bp)  # no part of the studio: whoever has the link may see one draft
    if has_commands:
        from . import cli

        cli.init_app(app)
    larger = {"/studio/": studio.access.LARGEST_FORM}  # also the log-in takes it, and anybody may send one there
    most = app.config["MAX_CONTENT_LENGTH"]
    streamed, last_spoken = studio.access.STREAMED, partial(cache.last_spoken, app)
    app.wsgi_app = Bodies(app.wsgi_app, config.threads, most, larger, headers.of, streamed, last_spoken)
    cache.stand_before(app, headers.of)
    if hops := config.trusted_proxies:  # before all else: what is kept depends on the host and the scheme
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)
    return app
