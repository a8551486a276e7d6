"""How alike two texts are: the n-gram measures, as their papers have them, over words."""

import math
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

_BLEU_GRAMS = 4

Words = Sequence[str]


def fuzzy_match(said: Words, wanted: Words) -> float:
    """Return the share of characters that match in order."""
    return SequenceMatcher(None, " ".join(said), " ".join(wanted), autojunk=False).ratio()


def rouge(said: Words, wanted: Words, size: int) -> float:
    """Return ROUGE-N: the F1 of shared n-grams."""
    ours, theirs = _grams(said, size), _grams(wanted, size)
    return _f1((ours & theirs).total(), ours.total(), theirs.total())


def rouge_l(said: Words, wanted: Words) -> float:
    """Return ROUGE-L: the F1 of the longest common subsequence."""
    row = [0] * (len(wanted) + 1)
    for word in said:
        above = 0
        for place, other in enumerate(wanted, start=1):
            kept = row[place]
            row[place] = above + 1 if word == other else max(row[place], row[place - 1])
            above = kept
    return _f1(row[-1], len(said), len(wanted))


def bleu(said: Words, wanted: Words) -> float:
    """Return BLEU of one sentence: the geometric mean of precisions, short answers punished."""
    logs = 0.0
    longest = min(_BLEU_GRAMS, len(said), len(wanted))
    for size in range(1, longest + 1):
        ours, theirs = _grams(said, size), _grams(wanted, size)
        shared = (ours & theirs).total()
        if not shared:
            return 0.0
        logs += math.log(shared / ours.total())
    if not longest:
        return 0.0
    brevity = min(0.0, 1 - len(wanted) / len(said))
    return math.exp(brevity + logs / longest)


def gleu(said: Words, wanted: Words) -> float:
    """Return GLEU: the smaller of precision and recall over n-grams of one to four words."""
    shared = ours = theirs = 0
    for size in range(1, _BLEU_GRAMS + 1):
        mine, other = _grams(said, size), _grams(wanted, size)
        shared += (mine & other).total()
        ours += mine.total()
        theirs += other.total()
    return shared / max(ours, theirs) if shared else 0.0


def _grams(words: Words, size: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[at : at + size]) for at in range(len(words) - size + 1))


def _f1(shared: int, ours: int, theirs: int) -> float:
    return 2 * shared / (ours + theirs) if shared else 0.0
