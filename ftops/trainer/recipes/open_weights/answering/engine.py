"""Draws answers for many at once: one base, an adapter a row, one forward pass a token."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from peft import PeftModel
from transformers import DynamicCache, PreTrainedModel, PreTrainedTokenizerBase

from ftops.trainer.recipes.contract import Sampling, Token
from ftops.trainer.recipes.open_weights import loading
from ftops.trainer.recipes.open_weights.answering.words import Ask, Began, Ended, Said, Word
from ftops.trainer.recipes.open_weights.base import Base, Tuning
from ftops.trainer.recipes.open_weights.conversation import turns
from ftops.trainer.recipes.sampling import Speech, draw

MOST_ADAPTERS: Final = 16
_NO_ADAPTER: Final = "__base__"
_HALF_A_CHARACTER: Final = "\N{REPLACEMENT CHARACTER}"


@dataclass(slots=True, kw_only=True)
class Row:
    """One answer being drawn."""

    ask: Ask
    adapter: str
    prompt: list[int]
    speech: Speech
    rng: np.random.Generator
    drawn: list[int] = field(default_factory=list)
    spelled: str = ""
    finish_reason: str | None = None

    @property
    def sampling(self) -> Sampling:
        """Return how to draw."""
        ask = self.ask
        return Sampling(temperature=ask.temperature, top_p=ask.top_p, max_tokens=ask.max_tokens)


class Engine:
    """One loaded base; used by one thread."""

    def __init__(self, base: Base, model_dir: Path, tell: Callable[[Word], None]) -> None:
        """Load the base, or with full tuning the model that stands in its place."""
        source = str(model_dir) if base.tuning is Tuning.FULL else base.source
        loading.stay_offline(base)
        self._tokenizer: PreTrainedTokenizerBase = loading.load_tokenizer(base.source)
        self._model: PreTrainedModel | PeftModel = loading.load_weights(base, source).eval()
        if torch.accelerator.is_available() and base.tuning is not Tuning.QLORA:
            self._model = self._model.to(torch.accelerator.current_accelerator())
        self._adapters: OrderedDict[str, str] = OrderedDict()
        self._ends = _end_tokens(self._model, self._tokenizer)
        self._numbered = 0
        self._tell = tell

    @torch.inference_mode()
    def answer(self, asks: Sequence[Ask], is_left: Callable[[int], bool]) -> None:
        """Answer all of them together, telling each token as it is drawn."""
        rows = [row for ask in asks if (row := self._opened(ask, asks)) is not None]
        cache, fed = DynamicCache(), _padded([row.prompt for row in rows])
        seen = fed.seen
        while rows:
            logits = self._forward(fed, seen, cache, rows)
            for row, scores in zip(rows, logits, strict=True):
                if is_left(row.ask.number):
                    row.finish_reason = "stop"
                else:
                    self._draw(row, scores)
            kept = [place for place, row in enumerate(rows) if row.finish_reason is None]
            if len(kept) < len(rows) and kept:
                cache.batch_select_indices(torch.tensor(kept, device=self._model.device))
            rows = [rows[place] for place in kept]
            fed = _Fed(
                tokens=torch.tensor([[row.drawn[-1]] for row in rows]),
                places=fed.places[kept, -1:] + 1,
                seen=seen,
            )
            seen = torch.cat([seen[kept], torch.ones((len(kept), 1), dtype=torch.long)], dim=1)

    def _opened(self, ask: Ask, together: Sequence[Ask]) -> Row | None:
        try:
            prompt = self._tokenizer.apply_chat_template(
                turns(ask.messages), add_generation_prompt=True, return_dict=False
            )
            adapter = self._adapter(ask.adapter, {one.adapter for one in together})
        except Exception as error:  # noqa: BLE001 - whatever one prompt raises must not end the others
            self._tell(Ended(number=ask.number, finish_reason="stop", drawn=0, error=f"{error}"))
            return None
        self._tell(Began(number=ask.number, prompt_tokens=len(prompt)))
        return Row(
            ask=ask,
            adapter=adapter,
            prompt=list(prompt),
            speech=Speech(ask.stop),
            rng=np.random.default_rng(None if ask.seed is None else ask.seed % 2**63),
        )

    def _adapter(self, folder: str | None, needed: set[str | None]) -> str:
        if folder is None:
            return _NO_ADAPTER
        if folder in self._adapters:
            self._adapters.move_to_end(folder)
            return self._adapters[folder]
        self._make_room(needed)
        self._numbered += 1
        name = f"a{self._numbered}"
        if isinstance(self._model, PeftModel):
            self._model.load_adapter(folder, adapter_name=name)
        else:
            self._model = PeftModel.from_pretrained(self._model, folder, adapter_name=name).eval()
        self._adapters[folder] = name
        return name

    def _make_room(self, needed: set[str | None]) -> None:
        for folder in list(self._adapters):
            if len(self._adapters) < MOST_ADAPTERS:
                return
            if folder not in needed:
                self._model.delete_adapter(self._adapters.pop(folder))

    def _forward(
        self, fed: "_Fed", seen: torch.Tensor, cache: DynamicCache, rows: Sequence[Row]
    ) -> np.ndarray[Any, Any]:
        device = self._model.device
        extra: dict[str, Any] = (
            {"adapter_names": [row.adapter for row in rows]} if self._adapters else {}
        )
        out = self._model(
            input_ids=fed.tokens.to(device),
            attention_mask=seen.to(device),
            position_ids=fed.places.to(device),
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,
            **extra,
        )
        logs: np.ndarray[Any, Any] = (
            torch.log_softmax(out.logits[:, -1].float(), dim=-1).cpu().numpy().astype(np.float64)
        )
        return logs

    def _draw(self, row: Row, logs: np.ndarray[Any, Any]) -> None:
        token = draw(logs, row.sampling, row.rng)
        if token in self._ends:
            self._finish(row, "stop", row.speech.finish())
            return
        row.drawn.append(token)
        said = list(row.speech.say(self._spelled(row), self._token(row, token, logs)))
        if row.speech.stopped:
            self._finish(row, "stop", said)
        elif len(row.drawn) >= row.ask.max_tokens:
            self._finish(row, "length", [*said, *row.speech.finish()])
        else:
            self._say(row, said)

    def _spelled(self, row: Row) -> bytes:
        """Return what the newest token adds to the text; half a character waits for the rest."""
        text = self._tokenizer.decode(row.drawn, skip_special_tokens=True)
        if text.endswith(_HALF_A_CHARACTER):
            return b""
        new = text[len(row.spelled) :]
        row.spelled = text
        return new.encode()

    def _token(self, row: Row, token: int, logs: np.ndarray[Any, Any]) -> Token:
        best = np.argsort(-logs, kind="stable")[: row.ask.top_logprobs]
        return Token(
            text="",
            logprob=float(logs[token]),
            top=tuple((self._tokenizer.decode([int(one)]), float(logs[one])) for one in best),
        )

    def _say(self, row: Row, tokens: Sequence[Token]) -> None:
        for token in tokens:
            self._tell(
                Said(
                    number=row.ask.number,
                    text=token.text,
                    logprob=token.logprob,
                    top=token.top,
                    drawn=len(row.drawn),
                )
            )

    def _finish(self, row: Row, reason: str, rest: Iterable[Token]) -> None:
        row.finish_reason = reason
        self._say(row, list(rest))
        self._tell(Ended(number=row.ask.number, finish_reason=reason, drawn=len(row.drawn)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fed:
    """What one forward pass reads: tokens and places (rows, length), and which were ever real."""

    tokens: torch.Tensor
    places: torch.Tensor
    seen: torch.Tensor


def _padded(prompts: Sequence[list[int]]) -> _Fed:
    """Return the prompts side by side, ending together."""
    longest = max((len(prompt) for prompt in prompts), default=0)
    gaps = [longest - len(prompt) for prompt in prompts]
    return _Fed(
        tokens=torch.tensor([[0] * gap + one for gap, one in zip(gaps, prompts, strict=True)]),
        places=torch.tensor([[0] * gap + list(range(longest - gap)) for gap in gaps]),
        seen=torch.tensor([[0] * gap + [1] * (longest - gap) for gap in gaps]),
    )


def _end_tokens(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> frozenset[int]:
    ends = model.generation_config.eos_token_id
    listed = ends if isinstance(ends, list) else [ends]
    return frozenset(end for end in [*listed, tokenizer.eos_token_id] if end is not None)
