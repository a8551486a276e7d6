"""`ftops.yaml` as people write it: the project, its targets, limits and prices."""

from typing import Annotated, Any, Literal

import msgspec
from pydantic import Field, StrictBool, StrictFloat, StrictInt, StrictStr, field_validator

from ftops.adapters.spec_files.written.base import Written
from ftops.core import project as core
from ftops.core.project import ENVIRONMENT_REFERENCE, TargetKind


class Target(Written):
    """One place to train: a service that speaks OpenAI's API, or ftops' own server."""

    kind: Annotated[
        TargetKind, Field(description="Which service speaks there: openai, azure or local.")
    ] = "openai"
    base_url: Annotated[
        StrictStr | None, Field(description="The API's root, usually ending in /v1.")
    ] = None
    api_key: Annotated[
        StrictStr | None, Field(description="${NAME} of an environment variable, never the key.")
    ] = None
    extra_body: dict[str, Any] = Field(
        default_factory=dict,
        description="Sent with every job, such as {trainingType: Standard}.",
    )

    @field_validator("api_key")
    @classmethod
    def _key_is_a_reference(cls, api_key: str | None) -> str | None:
        if api_key is not None and not ENVIRONMENT_REFERENCE.fullmatch(api_key):
            raise ValueError(
                "must be ${NAME} of an environment variable; a key never stands in a file"
            )
        return api_key


class Limits(Written):
    """What one apply may launch and spend; a plan beyond it refuses itself."""

    max_train: Annotated[
        Annotated[StrictInt, Field(ge=0)] | None,
        Field(description="Jobs that one apply may launch."),
    ] = None
    max_cost_usd: Annotated[
        Annotated[StrictFloat, Field(ge=0)] | None,
        Field(description="US dollars that one apply may spend, by estimate."),
    ] = None


class GitLease(Written):
    """The ledger on a git remote through which machines take turns."""

    remote: Annotated[
        StrictStr,
        Field(
            pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]*$",
            description="The git remote that all machines push to.",
            json_schema_extra={"patternErrorMessage": "must be the name of a git remote"},
        ),
    ] = "origin"
    ref: Annotated[
        StrictStr,
        Field(
            pattern=r"^refs/[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)+$",
            description="Where the ledger lies; a branch where a host takes nothing else.",
            json_schema_extra={
                "patternErrorMessage": "must be a whole ref, such as refs/ftops/ledger"
            },
        ),
    ] = "refs/ftops/ledger"
    ttl_seconds: Annotated[
        StrictInt,
        Field(
            # Three times what one creation request may take.
            ge=180,
            le=86_400,
            description="How long a machine that vanished while launching keeps the others out.",
        ),
    ] = 900


class SharedLease(Written):
    """`lease` written out."""

    git: Annotated[GitLease, Field(description="A ledger on a git remote.")]


class HourlyPrice(Written):
    """What an hour of training costs, where that is billed."""

    per_hour: Annotated[
        StrictFloat, Field(ge=0, description="USD per hour; reinforcement alone is billed by it.")
    ]


class Project(Written):
    """`ftops.yaml`, parsed."""

    project: Annotated[
        StrictStr,
        Field(
            pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$",
            description="The project's name; goes into every stamp.",
            json_schema_extra={
                "patternErrorMessage": (
                    "must be 1 to 63 letters, digits, dots, _ and - (the first a letter or digit)"
                )
            },
        ),
    ]
    defaults: dict[str, Any] = Field(
        default_factory=dict, description="Spec keys that are merged under every spec."
    )
    targets: dict[StrictStr, Target] = Field(
        default_factory=dict, description="Places to train; openai and local are built in."
    )
    limits: Annotated[
        Limits, Field(description="A plan beyond these refuses itself before anything is spent.")
    ] = Limits()
    prices: dict[StrictStr, Annotated[StrictFloat, Field(ge=0)] | HourlyPrice] = Field(
        default_factory=dict,
        description="USD per million trained tokens, or per hour of reinforcement, by base model; "
        "wins over the built-in table.",
    )
    lease: Annotated[
        Literal["none", "git"] | SharedLease,
        Field(description="git: machines that share a remote take turns through a ledger there."),
    ] = "none"
    allow_outside: StrictBool = Field(
        default=False, description="Let dataset paths leave the project's folder."
    )
    template_env: list[StrictStr] = Field(
        default_factory=list, description="Environment variables that templates may read."
    )

    def meant(self) -> core.Project:
        """Return the project in the core's terms; a target named local is one, unless it says."""
        plain = self.model_dump()
        for name, target in self.targets.items():
            if name == "local" and "kind" not in target.model_fields_set:
                plain["targets"][name]["kind"] = "local"
        plain["lease"] = self._lease()
        for name, price in self.prices.items():
            if isinstance(price, HourlyPrice):
                del plain["prices"][name]
                plain.setdefault("hourly_prices", {})[name] = price.per_hour
        return msgspec.convert(plain, core.Project)

    def _lease(self) -> dict[str, Any] | None:
        if isinstance(self.lease, SharedLease):
            return self.lease.git.model_dump()
        return {} if self.lease == "git" else None
