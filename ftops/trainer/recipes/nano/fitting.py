"""The two ways to fit: supervised answers, and preferences between answers."""

from ftops.trainer.recipes.contract import Fitted, Resolved, Stopped
from ftops.trainer.recipes.nano.beginning import Fit, need
from ftops.trainer.recipes.nano.conversations import Pair, pair, turns
from ftops.trainer.recipes.nano.files import read_weights, write_weights
from ftops.trainer.recipes.nano.lessons import lesson
from ftops.trainer.recipes.nano.memory import Memory, pack
from ftops.trainer.recipes.nano.network import Weights
from ftops.trainer.recipes.nano.opening import Opening, opening
from ftops.trainer.recipes.nano.preference import Choice, Preference
from ftops.trainer.recipes.nano.supervised import Supervised
from ftops.trainer.recipes.nano.tokenizer import END
from ftops.trainer.recipes.nano.training import Phase, Training


def fit_supervised(fit: Fit) -> Fitted | Stopped:
    """Teach the assistant's turns, one by one."""
    task, pace = fit.task, fit.pace
    learned = [turn for row in task.train for turn in turns(row)]
    need(learned, "assistant answer")
    opened = opening(task, learned, (), fit.sizes)
    checked = [turn for row in task.validation for turn in turns(row)]
    resolved = fit.announce(opened, len(learned))
    memory = opened.memory
    aim = Supervised(
        desk=fit.desk(opened),
        train=opened.lessons,
        validation=[lesson(turn, opened.tokenizer, opened.sizes.context) for turn in checked],
        memory=memory,
        first_row=len(memory) - len(learned),
    )
    phase = Phase(
        aim=aim,
        updates=resolved.steps * resolved.passes,
        batch=resolved.batch_size,
        rate=pace.learning_rate * resolved.learning_rate_multiplier,
        ramp=pace.ramp,
    )
    return fit.training(opened, resolved, aim.checks).go(phase)


def _choices(opened: Opening, pairs: list[Pair]) -> list[Choice]:
    return [
        Choice(
            better=lesson(one.good, opened.tokenizer, opened.sizes.context),
            worse=(*opened.tokenizer.encode(one.rejected), END),
        )
        for one in pairs
    ]


def fit_preference(fit: Fit) -> Fitted | Stopped:
    """Teach which answers are better; without a parent the better ones are first taught as such."""
    task, pace = fit.task, fit.pace
    learned = [pair(row) for row in task.train]
    need(learned, "preference")
    goods, bads = [one.good for one in learned], [one.rejected for one in learned]
    opened = opening(task, goods, bads, fit.sizes)
    checked = _choices(opened, [pair(row) for row in task.validation])
    resolved = fit.announce(opened, len(learned))
    fit.report.note(
        "dpo: train_loss is the preference loss, train_mean_token_accuracy the share of pairs "
        "whose preferred answer gained more than the other"
    )
    training = fit.training(opened, resolved, len(checked))
    reference = opened.weights
    if task.parent is None:
        if stopped := _warm_up(fit, opened, resolved, training):
            return stopped
        reference = _reference(fit, training)
    aim = Preference(
        desk=fit.desk(opened),
        train=_choices(opened, learned),
        validation=checked,
        reference={name: weight.copy() for name, weight in reference.items()},
        beta=resolved.beta or 0.0,
    )
    phase = Phase(
        aim=aim,
        updates=resolved.steps * resolved.passes,
        batch=resolved.batch_size,
        rate=pace.preference_learning_rate * resolved.learning_rate_multiplier,
        ramp=pace.ramp,
    )
    return training.go(phase)


def _warm_up(fit: Fit, opened: Opening, resolved: Resolved, training: Training) -> Stopped | None:
    updates = fit.pace.preference_warm_up
    fit.report.note(
        f"dpo without a parent: {updates} supervised updates on the preferred answers come first, "
        "since an untrained reference would make the preference meaningless"
    )
    nothing = Memory(pack([], [], []), opened.lexicon)
    desk, lessons = fit.desk(opened), opened.lessons
    aim = Supervised(desk=desk, train=lessons, validation=(), memory=nothing, first_row=0)
    phase = Phase(
        aim=aim,
        updates=updates,
        batch=resolved.batch_size,
        rate=fit.pace.learning_rate,
        ramp=fit.pace.ramp,
    )
    return training.warm_up(phase)


def _reference(fit: Fit, training: Training) -> Weights:
    course = training.course
    if course.updates == training.begun:
        write_weights(fit.reference, course.weights)
        course.start_over()
    return read_weights(fit.reference)
