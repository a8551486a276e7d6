"""The rows of a dataset as typed structs, and which method trains on which."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

LONGEST_NAME: Final = 64
FUNCTION_NAME: Final = rf"\A[a-zA-Z0-9_-]{{1,{LONGEST_NAME}}}\Z"
FunctionName = Annotated[str, Meta(pattern=FUNCTION_NAME)]


class Format(StrEnum):
    """The three kinds of row."""

    CHAT = "chat"
    PREFERENCE = "preference"
    REINFORCEMENT = "reinforcement"


FORMAT_OF: Mapping[str, Format] = {
    "supervised": Format.CHAT,
    "dpo": Format.PREFERENCE,
    "reinforcement": Format.REINFORCEMENT,
}


class _Strict(Struct, gc=False, forbid_unknown_fields=True):
    """Without `forbid_unknown_fields` a skipped field may hide invalid UTF-8."""


class OnlyTextPart(_Strict):
    """The part where no other is allowed; a lone tagged struct would let its tag be absent."""

    type: Literal["text"]
    text: str


class TextPart(_Strict, tag_field="type", tag="text"):
    """Text beside other kinds of part."""

    text: str


class ImageUrl(_Strict):
    """Where the picture is (https or data URL) and how closely it is looked at."""

    url: str
    detail: Literal["auto", "low", "high"] | UnsetType = UNSET


class ImagePart(_Strict, tag_field="type", tag="image_url"):
    """A picture; only users show pictures."""

    image_url: ImageUrl


class RefusalPart(_Strict, tag_field="type", tag="refusal"):
    """The model declining; only assistants refuse."""

    refusal: str


class FunctionCall(_Strict):
    """The call itself; `arguments` is JSON as text."""

    name: FunctionName
    arguments: str


class ToolCall(_Strict):
    """One call of a tool by the assistant."""

    id: str
    type: Literal["function"]
    function: FunctionCall


class FunctionShape(_Strict):
    """What a function is called and takes; `parameters` is a JSON Schema."""

    name: FunctionName
    description: str | UnsetType = UNSET
    parameters: dict[str, Any] | UnsetType = UNSET
    strict: bool | UnsetType | None = UNSET


class Tool(_Strict):
    """A tool on offer."""

    type: Literal["function"]
    function: FunctionShape


class SystemMessage(_Strict, tag_field="role", tag="system"):
    """The instructions."""

    content: str | list[OnlyTextPart]
    name: str | UnsetType = UNSET


class DeveloperMessage(_Strict, tag_field="role", tag="developer"):
    """The instructions, as reasoning models call them."""

    content: str | list[OnlyTextPart]
    name: str | UnsetType = UNSET


class UserMessage(_Strict, tag_field="role", tag="user"):
    """What is asked."""

    content: str | list[TextPart | ImagePart]
    name: str | UnsetType = UNSET


class AssistantMessage(_Strict, tag_field="role", tag="assistant"):
    """What is to be learned, unless its weight is 0."""

    content: str | list[TextPart | RefusalPart] | UnsetType | None = UNSET
    refusal: str | UnsetType | None = UNSET
    name: str | UnsetType = UNSET
    tool_calls: list[ToolCall] | UnsetType = UNSET
    function_call: FunctionCall | UnsetType | None = UNSET
    weight: Literal[0, 1] | UnsetType = UNSET


class ToolMessage(_Strict, tag_field="role", tag="tool"):
    """What a tool answered."""

    content: str | list[OnlyTextPart]
    tool_call_id: str


class FunctionMessage(_Strict, tag_field="role", tag="function"):
    """What a function answered (deprecated by the provider, still taken)."""

    content: str | None
    name: FunctionName


Message = (
    SystemMessage
    | DeveloperMessage
    | UserMessage
    | AssistantMessage
    | ToolMessage
    | FunctionMessage
)
Messages = Annotated[list[Message], Meta(min_length=1)]


class ChatRow(_Strict):
    """A conversation to learn the assistant's part of."""

    messages: Messages
    tools: list[Tool] | UnsetType = UNSET
    parallel_tool_calls: bool | UnsetType = UNSET
    functions: Annotated[list[FunctionShape], Meta(min_length=1, max_length=128)] | UnsetType = (
        UNSET
    )


class Prompt(_Strict):
    """The conversation up to the answer."""

    messages: Messages
    tools: list[Tool] | UnsetType = UNSET
    parallel_tool_calls: bool | UnsetType = UNSET


class PreferenceRow(_Strict):
    """A prompt with the answer to prefer and the one to avoid."""

    input: Prompt
    preferred_output: list[Message]
    non_preferred_output: list[Message]


class ReinforcementRow(Struct, gc=False):
    """A prompt; further keys are for graders. It is converted from a whole row, never decoded."""

    messages: Messages
    tools: list[Tool] | UnsetType = UNSET


Row = ChatRow | PreferenceRow | ReinforcementRow

Said = Row | list[str]
"""A row, or the texts of its messages if it has nothing else."""

ROW_OF: Mapping[Format, type[Row]] = {
    Format.CHAT: ChatRow,
    Format.PREFERENCE: PreferenceRow,
    Format.REINFORCEMENT: ReinforcementRow,
}
