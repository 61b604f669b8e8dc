"""docs/settings.md, made from the settings themselves: `python -m storekeep.entry.settings_reference > docs/settings.md`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from storekeep.runtime.settings.root import AREAS, Environment

_HEAD = """# Settings

Every environment variable the product reads. The environment wins over `.env` in the working folder; an empty value counts as
none. A wrong or missing one stops the start, and every problem is listed at once. `make run` makes up what is required and keeps
it in its home ([running.md](running.md)). This page is made from the code: `python -m storekeep.entry.settings_reference`.
"""

_PRODUCTION = """
## What production refuses

With `ENVIRONMENT=production` the product does not start with an `APP_URL` that is not https, without `SHOPIFY_API_KEY` and
`SHOPIFY_API_SECRET`, with a `SHOPIFY_BASE_URL` that is not https, with the demo tenants, or with a database without TLS (unless
`DATABASE_REQUIRE_TLS=false` says the network is private).
"""


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable: its name, its default in words, and what it means."""

    name: str
    default: str
    meaning: str
    secret: bool = False


# Read before there are settings, by the command that starts everything on one machine.
_SUPERVISOR = (
    Setting("STOREKEEP_HOME", "`.storekeep`", "Where `make run` keeps its servers' data, secrets, ports and logs."),
    Setting("DEMO_DATA", "looked for beside the project", "The whole year's file, for `DEMO_FULL`."),
    Setting("FORWARDED_ALLOW_IPS", "`127.0.0.1`", "Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed."),
)


def settings() -> dict[str, list[Setting]]:
    """Every variable of the settings models, by the area's description, in the order of the code."""
    return {_first_line(model): [_setting(model, *field) for field in model.model_fields.items()] for model in AREAS.values()}


def render() -> str:
    """The reference as Markdown."""
    names = ", ".join(f"`{each.value}`" for each in Environment)
    environment = Setting("ENVIRONMENT", f"`{Environment.DEVELOPMENT.value}`", f"Where this runs: {names}.")
    sections = {"Where this runs.": [environment], **settings(), "Read by `make run` and by the web server.": list(_SUPERVISOR)}
    return _HEAD + "".join(_section(title, rows) for title, rows in sections.items()) + _PRODUCTION


def _section(title: str, rows: list[Setting]) -> str:
    lines = [f"| `{row.name}` | {row.default} | {row.meaning}{' Secret.' if row.secret else ''} |" for row in rows]
    return "\n".join(["", f"## {title.rstrip('.')}", "", "| variable | default | meaning |", "| --- | --- | --- |", *lines, ""])


def _first_line(model: type[Any]) -> str:
    return (model.__doc__ or model.__name__).split("\n")[0]


def _setting(model: type[Any], name: str, field: FieldInfo) -> Setting:
    prefix = model.model_config.get("env_prefix", "")
    return Setting(f"{prefix}{name}".upper(), _default(field), field.description or "", _is_secret(field.annotation))


def _default(field: FieldInfo) -> str:
    if field.default is PydanticUndefined and field.default_factory is None:
        return "**required**"
    value = field.get_default(call_default_factory=True, validated_data={})
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if value is None or value in ("", []):
        return "none"
    return f"`{_written(value)}`"


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _is_secret(annotation: Any) -> bool:
    return annotation is SecretStr or SecretStr in get_args(annotation)


if __name__ == "__main__":
    sys.stdout.write(render())
