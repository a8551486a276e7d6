"""`Desired`: a declared spec pinned to the bytes it will train on, and its fingerprint."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ftops.core.canonical import sha256_of
from ftops.core.cost import Estimate, Tariff, epochs_for
from ftops.core.names import Digest, Fingerprint, ModelId, SpecName, TargetName
from ftops.core.shaping import Shaping
from ftops.core.spec import FineTuneSpec
from ftops.errors import Problem, SpecError

FINGERPRINT_SCHEMA: Final = 1

DATA_FIELDS: Final = (
    *("dataset", "dataset.train", "dataset.validation"),
    *("privacy", "privacy.allow", "privacy.presidio"),
)
"""Of which a finding about the data is said, where it is said of no line of the data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A spec as read: rendered, with where it stands and which of its texts change by themselves.

    `suffix_identity` is what the fingerprint sees: the rendered suffix, or its template if that
    uses `git` or `now`. `volatile_metadata` names the keys whose templates do, so that a commit
    alone is no difference. `lines` knows where fields such as `dataset.train` stand.
    """

    spec: FineTuneSpec
    path: str
    line: int = 1
    lines: Mapping[str, int] = field(default_factory=dict)
    suffix_identity: str | None = None
    volatile_metadata: frozenset[str] = frozenset()

    @property
    def name(self) -> SpecName:
        """Return the spec's name."""
        return self.spec.name

    def line_of(self, name: str) -> int:
        """Return the line of a field, or else of what is around it."""
        while name and name not in self.lines:
            name = name.rpartition(".")[0]
        return self.lines.get(name, self.line)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPin:
    """One dataset pinned to its bytes as they will be uploaded; sizes in bytes.

    `tokens_bound` is how far off tokens from a sample may be, as a share of them.
    """

    digest: Digest
    size: int
    examples: int
    tokens: int
    tokens_exact: bool
    paths: tuple[str, ...]
    source: "DataSource"
    tokens_bound: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSource:
    """How to make a pin's bytes again: files in order, perhaps shaped, or one side of a split."""

    paths: tuple[str, ...]
    side: str | None = None
    fraction: float | None = None
    seed: int = 0
    shaping: Shaping | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pins:
    """The pinned data of one spec."""

    training: DataPin
    validation: DataPin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Desired:
    """What should exist: the spec, its data and the fingerprint of the training run."""

    declared: Declared
    target: TargetName
    pins: Pins
    inputs: Mapping[str, Any]
    fingerprint: Fingerprint
    estimate: Estimate
    root_model: ModelId
    """The base model at the end of the chain of `from`."""

    @property
    def spec(self) -> FineTuneSpec:
        """Return the spec as people wrote it."""
        return self.declared.spec

    @property
    def name(self) -> SpecName:
        """Return the spec's name."""
        return self.declared.name

    def metadata_matches(self, recorded: Mapping[str, str]) -> bool:
        """Say whether recorded metadata is what the spec says, volatile texts aside."""
        declared = self.spec.metadata
        volatile = self.declared.volatile_metadata
        return declared.keys() == recorded.keys() and all(
            recorded[key] == value for key, value in declared.items() if key not in volatile
        )

    def metadata_to_record(self, launched_with: Mapping[str, str]) -> dict[str, str]:
        """Return the metadata for the lock: as declared, volatile texts as they were at launch."""
        volatile = self.declared.volatile_metadata
        return {
            key: launched_with.get(key, value) if key in volatile else value
            for key, value in self.spec.metadata.items()
        }


def training_inputs(declared: Declared, pins: Pins, upstream: Fingerprint | None) -> dict[str, Any]:
    """Return everything that decides the weights or the model's name, as plain data.

    It leaves out the spec's name, metadata and integrations, and every `auto`: what the provider
    chose is recorded but never compared.
    """
    spec = declared.spec
    model: Any = spec.model if isinstance(spec.model, str) else {"from": upstream}
    dataset: dict[str, Any] = {"train": pins.training.digest}
    if pins.validation is not None:
        dataset["validation"] = pins.validation.digest
    inputs: dict[str, Any] = {
        "model": model,
        "method": spec.method,
        "hyperparameters": spec.hyperparameters.declared(),
        "suffix": declared.suffix_identity,
        "seed": spec.seed,
        "generation": spec.generation,
        "dataset": dataset,
        "grader": spec.grader,
    }
    return {key: value for key, value in inputs.items() if value is not None}


def training_fingerprint(inputs: Mapping[str, Any]) -> Fingerprint:
    """Return the sha256 of the canonical JSON of the inputs."""
    return Fingerprint(sha256_of({"schema": FINGERPRINT_SCHEMA, "inputs": dict(inputs)}))


def pin(
    declared: Declared,
    pins: Pins,
    *,
    target: TargetName,
    tariff: Tariff,
    upstream: "Desired | None" = None,
) -> Desired:
    """Pin a declared spec to its data; `upstream` is the spec it goes on from, already pinned."""
    inputs = training_inputs(declared, pins, upstream.fingerprint if upstream else None)
    declared_epochs = declared.spec.hyperparameters.n_epochs
    epochs, assumed = epochs_for(
        None if declared_epochs == "auto" else declared_epochs, pins.training.examples
    )
    trained = pins.training.tokens * epochs
    root = upstream.root_model if upstream else ModelId(str(declared.spec.model))
    estimate = Estimate(
        tokens_per_epoch=pins.training.tokens,
        epochs=epochs,
        epochs_are_assumed=assumed,
        exact=pins.training.tokens_exact,
        bound=pins.training.tokens_bound,
        usd=tariff.cost(root, trained, declared.spec.method),
        usd_per_hour=tariff.usd_per_hour(root, declared.spec.method),
    )
    return Desired(
        declared=declared,
        target=target,
        pins=pins,
        inputs=inputs,
        fingerprint=training_fingerprint(inputs),
        estimate=estimate,
        root_model=root,
    )


def in_dependency_order(declared: Sequence[Declared]) -> tuple[Declared, ...]:
    """Return the specs so that each comes after the one it goes on from; else raise SpecError."""
    by_name = {one.name: one for one in declared}
    problems = [
        Problem(
            message=f"{one.name}: goes on from {one.spec.upstream!r}, which no spec declares",
            path=one.path,
            line=one.line,
            field="model.from",
        )
        for one in declared
        if one.spec.upstream is not None and one.spec.upstream not in by_name
    ]
    if problems:
        raise SpecError(problems, hint="name a spec of this project after `from:`")
    done: dict[SpecName, Declared] = {}
    for one in sorted(declared, key=lambda each: each.name):
        _visit(one, by_name, done, ())
    return tuple(done.values())


def _visit(
    one: Declared,
    by_name: Mapping[SpecName, Declared],
    done: dict[SpecName, Declared],
    trail: tuple[SpecName, ...],
) -> None:
    if one.name in done:
        return
    if one.name in trail:
        circle = " → ".join((*trail[trail.index(one.name) :], one.name))
        problem = Problem(
            message=f"these specs go on from each other: {circle}", path=one.path, line=one.line
        )
        raise SpecError([problem], hint="let one of them start from a base model")
    if one.spec.upstream is not None:
        _visit(by_name[one.spec.upstream], by_name, done, (*trail, one.name))
    done[one.name] = one


def twins_among(desired: Iterable[Desired]) -> tuple[Problem, ...]:
    """Return which specs would pay for the very same training as another on one target."""
    first: dict[tuple[TargetName, Fingerprint], Desired] = {}
    problems = []
    for one in desired:
        other = first.setdefault((one.target, one.fingerprint), one)
        if other is not one:
            problems.append(
                Problem(
                    message=f"{other.name} and {one.name} declare the very same training",
                    path=one.declared.path,
                    line=one.declared.line,
                    hint="remove one, or give one of them another suffix, seed or generation",
                )
            )
    return tuple(problems)
