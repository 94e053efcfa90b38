"""The settings: one frozen value, read once from the environment."""

import secrets
import shlex
from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


def _usual_data() -> Path:
    return Path(platformdirs.user_data_dir("tamis", appauthor=False))


class Settings(BaseSettings):
    """Each field is set by the variable of its name, in capitals after `TAMIS_`."""

    model_config = SettingsConfigDict(env_prefix="TAMIS_", frozen=True, extra="forbid", env_ignore_empty=True)

    data: Path = Field(
        default_factory=_usual_data,
        description="The data folder: the database, thumbnails, vectors and arrays.",
    )
    database_url: str | None = Field(
        None,
        description="The URL of a PostgreSQL database. Unset: SQLite in the data folder.",
        repr=False,  # it may hold a password
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="How much the server writes to its log, `run/server.log` in the data folder."
    )
    debug: bool = Field(
        False, description="Show the traceback of an unexpected error in the terminal. Never sent over HTTP."
    )
    allowed_hosts: tuple[str, ...] = Field(
        ("localhost", "127.0.0.1", "[::1]"),
        description="The host names, without a port, under which the server answers; a JSON list.",
    )
    public_url: str | None = Field(
        None,
        pattern=r"^https?://[^/?#@\s]+$",
        description="The address by which browsers reach the server through a proxy, as in "
        "`https://tamis.example.org`. Its host is allowed, and with https, cookies are sent over https only.",
    )
    max_body_bytes: int = Field(
        32 * 1024 * 1024, ge=1024, description="The largest request body that is read, in bytes."
    )
    max_upload_bytes: int = Field(
        1024 * 1024 * 1024, ge=1024, description="The same for a request that carries files or vectors."
    )
    local_secret: SecretStr = Field(
        default_factory=lambda: SecretStr(secrets.token_urlsafe(32)),
        min_length=32,
        description="The secret of the local door. Unset: a new one at each start, in `run/server.json`.",
    )

    def options(self) -> str:
        """Return what a command needs to mean this data folder, quoted for a shell; empty for the usual."""
        data = self.data.absolute()
        return "" if data == _usual_data() else f"--data {shlex.quote(str(data))}"
