"""The application: routes behind the gate, over one store."""

from fastapi import FastAPI

from tamis.server import errors, routes
from tamis.server.access import Access
from tamis.server.following import EventReader
from tamis.server.gate import Gate
from tamis.server.needs import Routes
from tamis.server.settings import Settings
from tamis.server.webapp import WebApp
from tamis.services.decoding import new_engine
from tamis.store.store import Store

_ROUTES = tuple(routes.all_routes())


def create_app(settings: Settings, store: Store) -> FastAPI:
    """Make the application. The caller closes the store and `state.engine`."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    # As they are: to include them in an application, and to document them, takes as long as to make them.
    app.router.routes.extend(_ROUTES)
    errors.register(app)
    app.state.checks = {}
    app.state.store = store
    app.state.options = settings.options()
    app.state.events = EventReader(store)
    app.state.engine = new_engine()  # no process starts before there is a file to decode
    app.add_middleware(
        Gate,
        routes=Routes(_ROUTES),
        access=Access(store, settings.local_secret.get_secret_value()),
        webapp=WebApp(),
        allowed_hosts=settings.allowed_hosts,
        public_url=settings.public_url,
        max_body_bytes=settings.max_body_bytes,
        max_upload_bytes=settings.max_upload_bytes,
    )
    return app
