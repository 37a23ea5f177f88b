"""The headers that keep a browser from doing anything a page did not ask for."""

from flask import Flask, Response, request

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "media-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
}
# A browser that came by https once comes back by https alone, for two years; by plain http it would not be believed.
HTTPS_HEADERS = HEADERS | {
    "Content-Security-Policy": f"{POLICY}; upgrade-insecure-requests",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
}


def of(scheme: str) -> dict[str, str]:
    """Return the headers of every answer to a request that came by this scheme."""
    return HTTPS_HEADERS if scheme == "https" else HEADERS


def init_app(app: Flask) -> None:
    @app.after_request
    def protect(response: Response) -> Response:
        given = {name.lower() for name in response.headers.keys()}  # noqa: SIM118 - it is no dictionary
        wanted = of(request.scheme).items()
        response.headers.extend([(name, value) for name, value in wanted if name.lower() not in given])
        return response
