"""Hands answering over to a vLLM server: adapters are loaded into it, questions are passed on.

Source: https://docs.vllm.ai/en/latest/features/lora/ (dynamically serving LoRA adapters).
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx2

from ftops.trainer.recipes.contract import Message, Sampling, Token
from ftops.trainer.recipes.open_weights.conversation import turns

LOAD_SECONDS: Final = 120.0
ANSWER_SECONDS: Final = 600.0
_HERE_ALREADY: Final = "already been loaded"
_END: Final = "[DONE]"


class VllmError(RuntimeError):
    """The vLLM server is away, or refuses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VllmModel:
    """A tuned model whose adapter a vLLM server loads when it is first asked."""

    address: str
    model_dir: Path

    @property
    def adapter(self) -> str:
        """Return the adapter's name there: its job and step."""
        return f"{self.model_dir.parents[2].name}-{self.model_dir.name}"

    def answer(self, messages: Sequence[Message], sampling: Sampling) -> "VllmAnswer":
        """Ask; the answer arrives as it is drawn there."""
        self._load()
        return VllmAnswer(
            url=f"{self.address}/v1/chat/completions",
            question={
                "model": self.adapter,
                "messages": turns(messages),
                "temperature": sampling.temperature,
                "top_p": sampling.top_p,
                "max_tokens": sampling.max_tokens,
                "stop": list(sampling.stop),
                "seed": sampling.seed,
                "logprobs": True,
                "top_logprobs": sampling.top_logprobs,
                "stream": True,
                "stream_options": {"include_usage": True},
            },
        )

    def _load(self) -> None:
        """Load the adapter; one that is there already is as good."""
        url = f"{self.address}/v1/load_lora_adapter"
        asked = {"lora_name": self.adapter, "lora_path": str(self.model_dir)}
        try:
            told = httpx2.post(url, json=asked, timeout=LOAD_SECONDS, trust_env=False)
        except httpx2.HTTPError as error:
            raise VllmError(f"vLLM at {self.address} does not answer: {error}") from error
        if told.status_code != httpx2.codes.OK and _HERE_ALREADY not in told.text:
            raise VllmError(f"vLLM refuses the adapter {self.model_dir}: {_words(told.text)}")


@dataclass(slots=True, kw_only=True)
class VllmAnswer:
    """One answer being drawn by vLLM."""

    url: str
    question: dict[str, Any]
    prompt_tokens: int = field(default=0, init=False)
    completion_tokens: int = field(default=0, init=False)
    finish_reason: str = field(default="length", init=False)

    def __iter__(self) -> Iterator[Token]:
        """Pass on what arrives."""
        try:
            with httpx2.stream(
                "POST", self.url, json=self.question, timeout=ANSWER_SECONDS, trust_env=False
            ) as told:
                if told.status_code != httpx2.codes.OK:
                    raise VllmError(f"vLLM refuses the question: {_words(told.read().decode())}")
                for line in told.iter_lines():
                    if line.startswith("data:") and line[5:].strip() != _END:
                        yield from self._tokens(json.loads(line[5:]))
        except httpx2.HTTPError as error:
            raise VllmError(f"the answer of vLLM broke off: {error}") from error

    def _tokens(self, chunk: dict[str, Any]) -> Iterator[Token]:
        if chunk.get("error"):
            raise VllmError(f"vLLM failed while answering: {chunk['error'].get('message')}")
        if chunk.get("usage"):
            self.prompt_tokens = chunk["usage"]["prompt_tokens"]
            self.completion_tokens = chunk["usage"]["completion_tokens"]
        for choice in chunk.get("choices") or ():
            self.finish_reason = choice.get("finish_reason") or self.finish_reason
            text = choice.get("delta", {}).get("content") or ""
            measured = (choice.get("logprobs") or {}).get("content") or []
            # One text for all tokens of a chunk: a single token's own text may be half a character.
            for one in measured:
                top = tuple((each["token"], each["logprob"]) for each in one["top_logprobs"])
                yield Token(text=text, logprob=one["logprob"], top=top)
                text = ""
            if text:
                yield Token(text=text, logprob=0.0)


def _words(text: str) -> str:
    try:
        told = json.loads(text)
    except ValueError:
        return text[:200] or "it gives no reason"
    error = told.get("error", told) if isinstance(told, dict) else told
    return str(error.get("message", error)) if isinstance(error, dict) else str(error)
