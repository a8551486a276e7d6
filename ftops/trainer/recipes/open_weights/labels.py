"""Token ids and labels of one conversation: what is learned keeps its id, all else is -100."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from ftops.trainer.recipes.contract import Row, UntrainableError
from ftops.trainer.recipes.open_weights.conversation import tools_of, turns, weights

MASKED: Final = -100


class TemplateError(UntrainableError):
    """The base model's chat template does not show where an answer begins and ends."""


class ChatTokenizer(Protocol):
    """What labelling needs of a fast tokenizer of transformers."""

    def apply_chat_template(
        self,
        conversation: Sequence[dict[str, Any]],
        *,
        tools: Sequence[dict[str, Any]] | None = ...,
        tokenize: bool = ...,
        add_generation_prompt: bool = ...,
    ) -> str:
        """Return the conversation as text."""
        ...

    def __call__(
        self, text: str, *, add_special_tokens: bool = ..., return_offsets_mapping: bool = ...
    ) -> dict[str, Any]:
        """Return `input_ids` and, asked for, the `offset_mapping` of each."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One labelled conversation; `lost` is how many tokens did not fit."""

    ids: list[int]
    labels: list[int]
    lost: int = 0

    @property
    def teaches(self) -> bool:
        """Say whether anything is left to learn from; the first token is never predicted."""
        return any(label != MASKED for label in self.labels[1:])


def lesson(row: Row, tokenizer: ChatTokenizer, max_length: int) -> Lesson:
    """Return a row's tokens, those of learned answers labelled; their end marks too.

    Answers are found by rendering the conversation up to each and with each, so that any template
    serves that prints a conversation's beginning the same however it goes on.
    """
    said = turns(row["messages"])
    tools = tools_of(row)
    text = _rendered(tokenizer, said, tools)
    spans = list(_answers(text, said, weights(row["messages"]), _Renderer(tokenizer, tools)))
    encoded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    ids = list(encoded["input_ids"])
    labels = [
        token
        if any(begin <= start and stop <= end for begin, end in spans) and stop > start
        else MASKED
        for token, (start, stop) in zip(ids, encoded["offset_mapping"], strict=True)
    ]
    return Lesson(
        ids=ids[:max_length], labels=labels[:max_length], lost=max(0, len(ids) - max_length)
    )


@dataclass(frozen=True, slots=True)
class _Renderer:
    tokenizer: ChatTokenizer
    tools: list[dict[str, Any]] | None

    def before(self, said: Sequence[dict[str, Any]]) -> str:
        return _rendered(self.tokenizer, said, self.tools, opens_answer=True)

    def after(self, said: Sequence[dict[str, Any]]) -> str:
        return _rendered(self.tokenizer, said, self.tools)


def _answers(
    text: str, said: Sequence[dict[str, Any]], learned: Sequence[bool], renderer: _Renderer
) -> Iterator[tuple[int, int]]:
    for place, is_learned in enumerate(learned):
        if not is_learned:
            continue
        before, after = renderer.before(said[:place]), renderer.after(said[: place + 1])
        if not (after.startswith(before) and text.startswith(after)):
            raise TemplateError(
                "the base model's chat template prints the beginning of a conversation in another "
                f"way once it goes on, so the answer in message {place + 1} cannot be found in it"
            )
        yield len(before), len(after.rstrip("\n"))


def _rendered(
    tokenizer: ChatTokenizer,
    said: Sequence[dict[str, Any]],
    tools: list[dict[str, Any]] | None,
    *,
    opens_answer: bool = False,
) -> str:
    return tokenizer.apply_chat_template(
        said, tools=tools, tokenize=False, add_generation_prompt=opens_answer
    )
