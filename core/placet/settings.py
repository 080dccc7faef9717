"""The settings of an installation: from `placet.toml`, the environment and flags, in rising order of precedence."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from placet.definitions.misfits import sentence
from placet.errors import SettingsError, nearest

_SQLITE = "sqlite:///"
_PREFIX = "PLACET_"
_FILE = "placet.toml"
#: Variables of the client commands: the server, and the actor.
_CLIENT = ("URL", "TOKEN", "ACTOR")
#: Kubernetes gives every container such variables, with the addresses of a service named `placet`.
_OF_A_SERVICE = re.compile(r"PLACET_(SERVICE_HOST|SERVICE_PORT.*|PORT(_\d+_(TCP|UDP|SCTP).*)?)")
#: 5 seconds, 5 and 30 minutes, 2, 5, 10, 14, 20 and 24 hours.
_DELAYS = (5.0, 300.0, 1800.0, 7200.0, 18000.0, 36000.0, 50400.0, 72000.0, 86400.0)


class Settings(BaseSettings):
    """All settings, each as `PLACET_NAME` in the environment or `name` in `placet.toml`."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="forbid", frozen=True)

    #: The database: `sqlite:///FILE` or `postgresql://...`.
    database_url: str = f"{_SQLITE}placet.db"
    #: The folder of evidence, as a path or a `file:` URL. By default `FILE.evidence` beside the SQLite file, and on
    #: PostgreSQL `placet.evidence` in the working directory, so set one there that all processes share.
    evidence_url: str | None = None
    #: The log level: `debug`, `info`, `warning` or `error`.
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    #: Names of plugins that are not to be loaded, separated by commas in the environment.
    disabled_plugins: Annotated[tuple[str, ...], NoDecode] = ()
    #: Bytes that a request's body may have, evidence excepted.
    body_limit: int = Field(default=1024 * 1024, ge=1024)
    #: Bytes that a file of evidence may have.
    evidence_limit: int = Field(default=50 * 1024 * 1024, ge=1024)
    #: Bytes of evidence an hour that each token may upload, in each process; 0 for any number.
    evidence_rate: int = Field(default=0, ge=0)
    #: Bytes that stay free on the disk of the evidence: uploads that would use them are answered with 503.
    evidence_reserve: int = Field(default=100 * 1024 * 1024, ge=0)
    #: Requests a minute for each token, in each process, each one of a bulk counted; 0 for any number.
    rate_limit: int = Field(default=0, ge=0)
    #: Seconds within which a request has to be received; a body may take longer if it comes at `receive_rate` at least.
    receive_timeout: float = Field(default=20.0, gt=0, le=600)
    #: The least rate of a body, in bytes a second.
    receive_rate: int = Field(default=8192, ge=1)
    #: Seconds for which a client may stop reading an answer, before the connection is closed.
    send_timeout: float = Field(default=30.0, gt=0, le=600)
    #: Database connections of each process, on PostgreSQL; as many again may be opened while all of them are in use.
    pool_size: int = Field(default=8, ge=1, le=200)
    #: Seconds for which a request waits for a connection before it is answered with 503, on PostgreSQL.
    pool_timeout: float = Field(default=5.0, gt=0, le=60)

    #: Seconds of its own, without those of its reads, that a check, computed field, effect, job or hook of a plugin may
    #: take before it is interrupted and counts as failed; raise it to step through one with a debugger.
    check_deadline: float = Field(default=2.0, gt=0, le=60)

    #: Where traces are sent, by OTLP over HTTP, such as `http://collector:4318/v1/traces`; nowhere if it is not set.
    traces_endpoint: str | None = Field(default=None, pattern=r"^https?://[^\s/]")

    #: Whether people can vote, confirm and waive with a token that somebody else made for them: `limited`, not; `full`,
    #: yes. `full` is the default of a sandbox (`--test-clock`) and of a demonstration (`--demo`), else `limited`.
    tokens_for_others: Literal["limited", "full"] | None = None

    #: Whether two administrators give somebody an office of the installation (administrator, auditor of all), and erase
    #: a person's data: one proposes it, and another decides. The machine's command line makes the second administrator.
    two_administrators: bool = False

    #: The key that encrypts stored secrets, 16 characters or more, the same for all processes; needed for the first
    #: webhook or channel. On SQLite, if it is not set, a key is made and kept beside the file.
    secret_key: str | None = Field(default=None, min_length=16, repr=False)

    #: The key that signs checkpoints of the log, 16 characters or more, the same for all processes and for ever. On
    #: SQLite, if it is not set, a key is made and kept beside the file; on PostgreSQL no checkpoint is made without it.
    audit_key: str | None = Field(default=None, min_length=16, repr=False)
    #: The name of the log in checkpoints, such as `placet.example.org/log`; by default it is made of the key.
    audit_name: str | None = Field(default=None, pattern=r"^[^\s+]{1,200}$")
    #: Hours between two checkpoints that the worker makes if something has happened since; 0 for none.
    audit_hours: float = Field(default=24.0, ge=0, le=8784)
    #: Hours between two verifications of everything by the worker, each of which is an event; 0 for none.
    audit_verify_hours: float = Field(default=24.0, ge=0, le=8784)
    #: A folder, best on another machine, into which the worker puts every checkpoint as a file of its own.
    audit_folder: str | None = None

    #: Whether webhooks may lead to loopback, private and link-local addresses.
    webhook_allow_private: bool = False
    #: Seconds that the address of a webhook may take to answer.
    webhook_timeout: float = Field(default=15.0, gt=0, le=300)
    #: Seconds between one attempt of a delivery and the next, separated by commas; after the last it is dead.
    delivery_delays: Annotated[tuple[float, ...], NoDecode] = Field(
        default=_DELAYS, min_length=1, max_length=20
    )
    #: Days for which deliveries are kept.
    delivery_days: int = Field(default=30, ge=1)
    #: Seconds after which a plugin's event hook, job or timer is abandoned.
    plugin_timeout: float = Field(default=300.0, gt=0)
    #: Seconds without a heartbeat after which a worker is lost, and others do its work.
    worker_patience: float = Field(default=10.0, ge=0.5)

    #: The way of mail to people's own addresses: an address of an installed channel, with `{to}` for the person's.
    mail_url: str | None = Field(default=None, pattern=r"^mailtos?://.*\{to\}", repr=False)
    #: The schemes of installed channels that people may use, separated by commas; all if not set.
    channel_schemas: Annotated[tuple[str, ...] | None, NoDecode] = None
    #: Hosts in your own network to which channels may lead, such as your chat server, separated by commas.
    channel_hosts: Annotated[tuple[str, ...], NoDecode] = ()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # pydantic's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # the same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags take precedence over the environment, and the environment over the file.

        A file is shared and permanent, while a variable is set for one machine or one start, so that it has to win.
        Sources that hold nothing are left out: asking them for every setting takes longer than opening a database.
        """
        sources = [init_settings]
        if any(name.upper().startswith(_PREFIX) for name in os.environ):
            sources.append(env_settings)
        if Path(_FILE).is_file():
            sources.append(TomlConfigSettingsSource(settings_cls, _FILE))
        return tuple(sources)

    @field_validator("disabled_plugins", "delivery_delays", "channel_schemas", "channel_hosts", mode="before")
    @classmethod
    def _names(cls, value: object) -> object:
        return (
            tuple(name.strip() for name in value.split(",") if name.strip())
            if isinstance(value, str)
            else value
        )

    @property
    def sqlite_file(self) -> Path | None:
        """The database's file, or `None` on PostgreSQL."""
        if not self.database_url.startswith("sqlite:"):
            return None
        return Path(self.database_url.removeprefix(_SQLITE))

    @property
    def evidence_folder(self) -> Path:
        """The default folder of evidence: beside the SQLite file, or in the working directory."""
        if self.evidence_url is not None:
            return Path(self.evidence_url.removeprefix("file://"))
        if self.sqlite_file is None:
            return Path("placet.evidence")
        return self.sqlite_file.with_name(f"{self.sqlite_file.name}.evidence")


def load_settings(**flags: Any) -> Settings:
    """The settings of this process. Raises `SettingsError`, which names the setting or the unreadable file."""
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise SettingsError(
                f'{_FILE} has an unknown setting "{name}"{nearest(name, Settings.model_fields, at_most=1)}'
            ) from None
        where = f"PLACET_{name.partition('.')[0].upper()}, or {_FILE}"
        raise SettingsError(f"the setting {name} ({where}) does not fit: {sentence(first)}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{_FILE} is not valid TOML, {error}: correct it there") from error
    except OSError as error:
        raise SettingsError(
            f"{_FILE} cannot be read, {error.strerror}: make it a file that this user may read"
        ) from error


def unknown_variables(names: Iterable[str]) -> list[str]:
    """A sentence for each variable of the environment that has our prefix and is not read."""
    known = [name.upper() for name in (*Settings.model_fields, *_CLIENT)]
    found = []
    for name in sorted(names):
        # Names of settings are read in upper and lower case.
        own = name.upper().removeprefix(_PREFIX)
        if name.upper() == own or own in known or _OF_A_SERVICE.fullmatch(name):
            continue
        # Compared without the prefix, which would make any two of them similar.
        close = get_close_matches(own, known, n=1)
        meant = f'did you mean "{_PREFIX}{close[0]}"?' if close else "docs/reference/settings.md lists all"
        found.append(f"the variable {name} has no effect, as there is no such setting; {meant}")
    return found
