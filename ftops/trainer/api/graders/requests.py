"""What graders are made of, and what clients send to try them."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

Number = int | float
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


class PythonCode(Struct, frozen=True, forbid_unknown_fields=True, tag="python"):
    """Code of the client's; it is described, never run."""

    name: Name
    source: str
    image_tag: str | UnsetType | None = UNSET


class InputText(Struct, frozen=True, forbid_unknown_fields=True, tag="input_text"):
    """Text that the judge reads."""

    text: str


class OutputText(Struct, frozen=True, forbid_unknown_fields=True, tag="output_text"):
    """Text that a model said."""

    text: str


class InputImage(Struct, frozen=True, forbid_unknown_fields=True, tag="input_image"):
    """A picture, by its address."""

    image_url: str
    detail: str | UnsetType | None = UNSET


class Sound(Struct, frozen=True, forbid_unknown_fields=True):
    """Encoded sound."""

    data: str
    format: Literal["mp3", "wav"]


class InputAudio(Struct, frozen=True, forbid_unknown_fields=True, tag="input_audio"):
    """Something to hear."""

    input_audio: Sound


Piece = InputText | OutputText | InputImage | InputAudio


class JudgeMessage(Struct, frozen=True, forbid_unknown_fields=True):
    """One message of what a judge is asked."""

    role: Literal["user", "assistant", "system", "developer"]
    content: str | Piece | list[str | Piece]
    type: Literal["message"] | UnsetType | None = UNSET


class SamplingParams(Struct, frozen=True, forbid_unknown_fields=True):
    """How a judge's answer is sampled."""

    max_completions_tokens: Annotated[int, Meta(ge=1)] | UnsetType | None = UNSET
    reasoning_effort: (
        Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"] | UnsetType | None
    ) = UNSET
    seed: int | UnsetType | None = UNSET
    temperature: Number | UnsetType | None = UNSET
    top_p: Number | UnsetType | None = UNSET


class ScoreModel(Struct, frozen=True, forbid_unknown_fields=True, tag="score_model"):
    """A model that judges; there is none here that could."""

    name: Name
    model: str
    input: list[JudgeMessage]
    range: tuple[Number, Number] = (0, 1)
    sampling_params: SamplingParams | UnsetType = UNSET


class LabelModel(Struct, frozen=True, forbid_unknown_fields=True, tag="label_model"):
    """A model that labels, as a part of other graders alone; there is none here that could."""

    name: Name
    model: str
    input: list[JudgeMessage]
    labels: list[str]
    passing_labels: list[str]


Single = StringCheck | TextSimilarity | PythonCode | ScoreModel
Part = Single | LabelModel


class Multi(Struct, frozen=True, forbid_unknown_fields=True, tag="multi"):
    """A formula over other graders' scores."""

    name: Name
    graders: Annotated[dict[str, Part], Meta(min_length=1)]
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
