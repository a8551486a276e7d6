"""Legal rows of every format, drawn part by part."""

from typing import Any

from hypothesis import strategies as st

from ftops.dataset.formats import Format

Json = dict[str, Any]

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
NAMES = st.from_regex(r"\A[a-zA-Z0-9_-]{1,12}\Z")
ARGUMENTS = st.sampled_from(["{}", '{"id": "a \\"b\\" c\\\\"}', ""])
SCHEMAS = st.dictionaries(TEXTS, st.none() | st.integers() | TEXTS | st.lists(TEXTS), max_size=2)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(-1e300, 1e300) | TEXTS
EXTRAS = st.recursive(
    SCALARS, lambda deep: st.lists(deep, max_size=3) | st.dictionaries(TEXTS, deep, max_size=3)
)

TEXT_PARTS = st.fixed_dictionaries({"type": st.just("text"), "text": TEXTS})
REFUSALS = st.fixed_dictionaries({"type": st.just("refusal"), "refusal": TEXTS})
IMAGES = st.fixed_dictionaries(
    {
        "type": st.just("image_url"),
        "image_url": st.fixed_dictionaries(
            {"url": st.sampled_from(["https://e.com/a.png", "data:image/png;base64,iVBORw0KGgo="])},
            optional={"detail": st.sampled_from(["auto", "low", "high"])},
        ),
    }
)


def _messages(role: str, parts: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    content = TEXTS | st.lists(parts, min_size=1, max_size=3)
    named = {"name": TEXTS}
    return st.fixed_dictionaries({"role": st.just(role), "content": content}, optional=named)


INSTRUCTIONS = _messages("system", TEXT_PARTS) | _messages("developer", TEXT_PARTS)
ASKED = _messages("user", TEXT_PARTS)
SHOWN = _messages("user", TEXT_PARTS | IMAGES)
ANSWERS = _messages("assistant", TEXT_PARTS | REFUSALS)
TOOLS = st.builds(
    lambda name, schema: {
        "type": "function",
        "function": {"name": name, "parameters": schema, "strict": True},
    },
    NAMES,
    SCHEMAS,
)


@st.composite
def _called(draw: st.DrawFn) -> list[Json]:
    """Calls, and their answers in any order."""
    ids = draw(st.lists(TEXTS, min_size=1, max_size=3, unique=True))
    calls = [
        {
            "id": each,
            "type": "function",
            "function": {"name": draw(NAMES), "arguments": draw(ARGUMENTS)},
        }
        for each in ids
    ]
    answers = [
        {"role": "tool", "tool_call_id": each, "content": draw(TEXTS | st.just(""))}
        for each in draw(st.permutations(ids))
    ]
    return [{"role": "assistant", "content": None, "tool_calls": calls}, *answers]


def _turns(asked: st.SearchStrategy[Json]) -> st.SearchStrategy[list[Json]]:
    exchanges = st.tuples(asked, ANSWERS).map(list) | asked.map(lambda one: [one]) | _called()
    return st.tuples(
        st.lists(INSTRUCTIONS, max_size=2), st.lists(exchanges, max_size=3), asked
    ).map(lambda drawn: [*drawn[0], *(one for turn in drawn[1] for one in turn), drawn[2]])


LEARNED = st.builds(
    lambda answer, weight: answer if weight is None else {**answer, "weight": weight},
    ANSWERS,
    st.sampled_from([None, 1]),
)
CHAT_ROWS = st.builds(
    lambda turns, answer, more: {"messages": [*turns, answer], **more},
    _turns(SHOWN),
    LEARNED,
    st.fixed_dictionaries(
        {},
        optional={"tools": st.lists(TOOLS, max_size=2), "parallel_tool_calls": st.booleans()},
    ),
)
PREFERENCE_ROWS = st.builds(
    lambda turns, liked, other: {
        "input": {"messages": turns},
        "preferred_output": [liked],
        "non_preferred_output": [other],
    },
    _turns(ASKED),
    ANSWERS,
    ANSWERS,
)
REINFORCEMENT_ROWS = st.builds(
    lambda turns, extra: {**extra, "messages": turns},
    _turns(SHOWN),
    st.dictionaries(TEXTS.filter(lambda key: key != "tools"), EXTRAS, max_size=3),
)

LEGAL_ROWS = (
    CHAT_ROWS.map(lambda row: (row, Format.CHAT))
    | PREFERENCE_ROWS.map(lambda row: (row, Format.PREFERENCE))
    | REINFORCEMENT_ROWS.map(lambda row: (row, Format.REINFORCEMENT))
)
