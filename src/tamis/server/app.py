"""The application: routes behind the gate, over one store."""

from fastapi import FastAPI
from fastapi.routing import APIRoute

from tamis import __version__
from tamis.server import errors, routes
from tamis.server.access import Access
from tamis.server.following import EventReader
from tamis.server.gate import Gate
from tamis.server.needs import Routes
from tamis.server.settings import Settings
from tamis.server.webapp import WebApp
from tamis.services.decoding import new_engine
from tamis.store.store import Store


def create_app(settings: Settings, store: Store) -> FastAPI:
    """Make the application. The caller closes the store and `state.engine`."""
    app = bare_app()
    app.state.store = store
    app.state.options = settings.options()
    app.state.events = EventReader(store)
    app.state.engine = new_engine()  # no process starts before there is a file to decode
    app.add_middleware(
        Gate,
        routes=Routes(routes.all_routes()),
        access=Access(store, settings.local_secret.get_secret_value()),
        webapp=WebApp(),
        allowed_hosts=settings.allowed_hosts,
        public_url=settings.public_url,
        max_body_bytes=settings.max_body_bytes,
        max_upload_bytes=settings.max_upload_bytes,
    )
    return app


def bare_app() -> FastAPI:
    """Make the application without the gate, and with nothing behind it: enough for its OpenAPI."""
    app = FastAPI(
        title="Tamis",
        version=__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        responses=errors.DOCUMENTED,
        generate_unique_id_function=_operation_id,
    )
    app.state.checks = {}
    errors.register(app)
    for router in routes.routers():
        app.include_router(router)
    return app


def _operation_id(route: APIRoute) -> str:
    return route.name
