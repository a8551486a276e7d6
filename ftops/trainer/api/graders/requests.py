"""What graders are made of, and what clients send to try them."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

Name = Annotated[str, Meta(min_length=1)]


class StringCheck(Struct, frozen=True, forbid_unknown_fields=True, tag="string_check"):
    """1 if the texts compare as asked, else 0."""

    name: Name
    input: str
    reference: str
    operation: Literal["eq", "ne", "like", "ilike"]


class TextSimilarity(Struct, frozen=True, forbid_unknown_fields=True, tag="text_similarity"):
    """How alike two texts are, from 0 to 1."""

    name: Name
    input: str
    reference: str
    evaluation_metric: Literal[
        "cosine",
        "fuzzy_match",
        "bleu",
        "gleu",
        "meteor",
        "rouge_1",
        "rouge_2",
        "rouge_3",
        "rouge_4",
        "rouge_5",
        "rouge_l",
    ]


class PythonCode(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="python"):
    """Code of the client's; it is described, never run."""

    name: Name
    source: str
    image_tag: str | None = None


class InputText(Struct, frozen=True, tag="input_text"):
    """Text that the judge reads."""

    text: str


class OutputText(Struct, frozen=True, tag="output_text"):
    """Text that a model said."""

    text: str


class InputImage(Struct, frozen=True, omit_defaults=True, tag="input_image"):
    """A picture, by its address."""

    image_url: str
    detail: str | None = None


class Sound(Struct, frozen=True):
    """Encoded sound."""

    data: str
    format: Literal["mp3", "wav"]


class InputAudio(Struct, frozen=True, tag="input_audio"):
    """Something to hear."""

    input_audio: Sound


Piece = InputText | OutputText | InputImage | InputAudio


class JudgeMessage(Struct, frozen=True, omit_defaults=True):
    """One message of what a judge is asked."""

    role: Literal["user", "assistant", "system", "developer"]
    content: str | Piece | list[str | Piece]
    type: Literal["message"] | None = None


class ScoreModel(Struct, frozen=True, tag="score_model"):
    """A model that judges; there is none here that could."""

    name: Name
    model: str
    input: list[JudgeMessage]


Single = StringCheck | TextSimilarity | PythonCode | ScoreModel


class Multi(Struct, frozen=True, forbid_unknown_fields=True, tag="multi"):
    """A formula over other graders' scores."""

    name: Name
    graders: Annotated[dict[str, Single], Meta(min_length=1)]
    calculate_output: str


Grader = Single | Multi


class TryGrader(Struct, frozen=True, forbid_unknown_fields=True):
    """The body that scores one sample."""

    grader: Grader
    model_sample: str
    item: dict[str, Any] | None = None


class CheckGrader(Struct, frozen=True, forbid_unknown_fields=True):
    """The body that only has a grader looked at."""

    grader: Grader
