"""Bad input of every kind: one clear message, a hint, the right exit code, nothing paid."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.checkout import Checkout
from tests.cli.lab import NEW_JOB, UPLOAD, Canned, Lab, running_lab
from tests.cli.scene import Ftops, Scene, begun

APPLY = ("apply", "--yes")
PLAN = ("plan",)
LOCK = "specs/triage.lock"


Spoil = Callable[[Scene], object]


def as_it_is(at: Scene) -> None:
    """Spoil nothing: the words alone are wrong."""
    del at


FILES = [
    pytest.param(
        lambda at: (at.checkout.root / "datasets/triage.jsonl").unlink(),
        APPLY,
        "datasets/triage.jsonl",
        id="a missing dataset file",
    ),
    pytest.param(
        lambda at: at.checkout.write("datasets/triage.jsonl", ""),
        APPLY,
        "datasets/triage.jsonl",
        id="an empty dataset file",
    ),
    pytest.param(
        lambda at: at.checkout.write("datasets/triage.jsonl", '{"messages": []}\n' * 12),
        APPLY,
        "datasets/triage.jsonl:1",
        id="rows that are no conversations",
    ),
    pytest.param(
        lambda at: at.checkout.write("datasets/triage.jsonl", "not json\n" * 12),
        APPLY,
        "datasets/triage.jsonl:1",
        id="rows that are not JSON",
    ),
    pytest.param(lambda at: at.spec(""), APPLY, "specs/triage.yaml", id="an empty spec"),
    pytest.param(
        lambda at: at.spec("name: [triage\nmodel: x\n"),
        APPLY,
        "specs/triage.yaml:",
        id="broken YAML",
    ),
    pytest.param(
        lambda at: at.add("hyperparameters: {n_epoch: 3}"),
        APPLY,
        "did you mean n_epochs?",
        id="an unknown key",
    ),
    pytest.param(
        lambda at: at.add('hyperparameters: {n_epochs: "three"}'),
        APPLY,
        "specs/triage.yaml:4:",
        id="a wrong type",
    ),
    pytest.param(
        lambda at: at.add("seed: 1\nseed: 2"), APPLY, "specs/triage.yaml:5:1", id="a key twice"
    ),
    pytest.param(
        lambda at: at.add("target: nowhere"), APPLY, "nowhere", id="a spec's unknown target"
    ),
    pytest.param(
        lambda at: at.checkout.spec("tone", model={"from": "nobody"}),
        APPLY,
        "nobody",
        id="going on from a spec that is not there",
    ),
    pytest.param(
        lambda at: (
            at.checkout.write("datasets/twin.jsonl", at.checkout.read("datasets/triage.jsonl")),
            at.checkout.spec("twin"),
        ),
        APPLY,
        "twin",
        id="two specs that would train the very same",
    ),
    pytest.param(
        lambda at: at.checkout.write("ftops.yaml", "project: acme\nproject: acme\n"),
        APPLY,
        "ftops.yaml:2:1",
        id="a broken ftops.yaml",
    ),
    pytest.param(
        lambda at: at.checkout.settings(
            targets={"lab": {"base_url": at.lab.base_url, "api_key": "sk-live-1234567890"}}
        ),
        APPLY,
        "ftops.yaml:2:",
        id="a literal key",
    ),
    pytest.param(
        lambda at: (at.checkout.root / "ftops.yaml").unlink(),
        APPLY,
        "there is no ftops.yaml in",
        id="no ftops.yaml",
    ),
    pytest.param(
        lambda at: (at.checkout.root / "specs/triage.yaml").unlink(),
        APPLY,
        "no spec is declared under specs/",
        id="no spec",
    ),
    pytest.param(
        lambda at: (at.checkout.root / "specs/triage.yaml").unlink(),
        ("validate",),
        "no spec is declared under specs/",
        id="no spec to validate",
    ),
    pytest.param(
        lambda at: at.checkout.write(LOCK, "schema: 1\nspec: triage\n"),
        APPLY,
        LOCK,
        id="a damaged lock",
    ),
    pytest.param(
        lambda at: at.checkout.write(LOCK, "schema: 2\nspec: triage\n"),
        APPLY,
        LOCK,
        id="a lock from the future",
    ),
    pytest.param(
        lambda at: at.checkout.write(".ftops/journal.jsonl", "junk\n"),
        APPLY,
        ".ftops/journal.jsonl:1",
        id="a damaged journal",
    ),
]

WORDS = [
    pytest.param(
        as_it_is,
        ("plan", "nosuch"),
        "no spec is named nosuch\nhint: the specs here are: triage",
        id="an unknown spec",
    ),
    pytest.param(
        as_it_is,
        ("apply", "--yes", "--retry", "nosuch"),
        "no spec is named nosuch",
        id="an unknown spec to retry",
    ),
    pytest.param(
        as_it_is,
        ("--target", "nowhere", "plan"),
        "no target is named nowhere\nhint: the targets here are: lab, local, openai",
        id="an unknown target",
    ),
    *(
        pytest.param(
            as_it_is,
            words,
            "hint: no spec is named nosuch; the specs here are: triage",
            id=f"{words[0]} of an unknown spec",
        )
        for words in (
            ("logs", "nosuch"),
            ("metrics", "nosuch"),
            ("cancel", "nosuch"),
            ("test", "nosuch", "Hello"),
            ("history", "nosuch"),
        )
    ),
    pytest.param(as_it_is, ("adopt", "nosuch", "ftjob-1"), "nosuch", id="adopt unknown"),
    pytest.param(
        as_it_is,
        ("logs", "triage"),
        "triage has no job\nhint: `ftops apply triage` launches one",
        id="no job yet",
    ),
    pytest.param(
        as_it_is,
        ("test", "triage", "Hello"),
        "triage has no recorded model\nhint: `ftops apply triage` trains or records one",
        id="no model yet",
    ),
    pytest.param(
        as_it_is,
        ("history", "triage"),
        "git knows no lock of triage\nhint: commit specs/triage.lock after `ftops apply triage`",
        id="no history yet",
    ),
    pytest.param(
        as_it_is,
        ("--target", "local", "history", "triage"),
        "hint: .ftops/targets/local/triage.lock is never committed",
        id="no history of a rehearsal",
    ),
    pytest.param(
        lambda at: at.checkout.write("prompts.jsonl", '{"prompt": 5}\n'),
        ("--target", "openai", "test", "ft:some-model", "-f", "prompts.jsonl"),
        "prompts.jsonl:1: needs",
        id="prompts that are none",
    ),
]

SETTINGS = [
    pytest.param(
        lambda at: (at.checkout.settings(), at.env.setenv("CI", "true")),
        PLAN,
        "no target is declared, and CI is set",
        id="CI without a target",
    ),
    pytest.param(
        lambda at: at.checkout.settings(
            targets={"lab": {"base_url": at.lab.base_url, "api_key": "${LAB_KEY}"}},
            defaults={"target": "lab"},
        ),
        PLAN,
        "LAB_KEY is not set\nhint: export LAB_KEY=",
        id="a key's variable is not set",
    ),
    pytest.param(
        lambda at: at.checkout.settings(defaults={"target": "openai"}),
        PLAN,
        "target openai needs a key, and OPENAI_API_KEY is not set",
        id="no OpenAI key",
    ),
    pytest.param(
        lambda at: at.checkout.settle("https://models.example.org/v1"),
        PLAN,
        "target lab names no api_key for https://models.example.org/v1",
        id="a foreign address without a key of its own",
    ),
    pytest.param(
        lambda at: at.checkout.settle("models.example.org"),
        PLAN,
        "base_url 'models.example.org' is not an http(s) address",
        id="an address that is none",
    ),
    *(
        pytest.param(
            lambda at, address=address: at.checkout.settle(address),
            PLAN,
            f"base_url {address!r} is not an http(s) address",
            id=f"the address {address}",
        )
        for address in ("http://127.0.0.1:port/v1", "http://127.0.0.1:0/v1", "http://[::1/v1")
    ),
    pytest.param(
        lambda at: at.checkout.settle("http://ann:secret@127.0.0.1:1/v1"),
        PLAN,
        "error: base_url holds a user name or a password",
        id="a password in the address",
    ),
    pytest.param(
        lambda at: at.env.setenv("ALL_PROXY", "socks5://127.0.0.1:1"),
        PLAN,
        "can be set up: ",
        id="a proxy that cannot be used",
    ),
    pytest.param(
        lambda at: (
            at.checkout.settings(defaults={"target": "openai"}),
            at.env.setenv("OPENAI_API_KEY", "none"),
            at.env.setenv("SSL_CERT_FILE", "/nowhere"),
        ),
        PLAN,
        "look at HTTPS_PROXY, ALL_PROXY and SSL_CERT_FILE",
        id="certificates that are not there",
    ),
    pytest.param(
        lambda at: at.checkout.settings(
            targets={"cloud": {"kind": "azure"}}, defaults={"target": "cloud"}
        ),
        PLAN,
        "a target of kind azure needs a base_url",
        id="Azure without an address",
    ),
    pytest.param(
        lambda at: at.env.setenv("FTOPS_POLL_SECONDS", "often"),
        APPLY,
        "FTOPS_POLL_SECONDS is 'often', which is no number above zero",
        id="a setting that is no number",
    ),
    pytest.param(
        lambda at: at.checkout.settle("http://127.0.0.1:1/v1"),
        PLAN,
        "http://127.0.0.1:1/v1 cannot be reached",
        id="an unreachable server",
    ),
]


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with running_lab(tmp_path_factory.mktemp("untouched")) as served:
        yield served


@pytest.fixture
def spoiled(
    ftops: Ftops, empty: Checkout, untouched: Lab, monkeypatch: pytest.MonkeyPatch
) -> Scene:
    """A project whose server is never asked to change anything, so that one serves all cases."""
    untouched.forget()
    return begun(Scene(ftops=ftops, checkout=empty, lab=untouched, env=monkeypatch))


@pytest.mark.parametrize(("spoil", "words", "told"), [*FILES, *WORDS, *SETTINGS])
def test_bad_input_gets_one_clear_message(
    spoiled: Scene, spoil: Spoil, words: tuple[str, ...], told: str
) -> None:
    spoiled.env.setattr("ftops.adapters.openai_provider.wire._FIRST_WAIT", 0.01)
    spoil(spoiled)
    ran = spoiled.ftops(*words)
    assert ran.code == 1, ran
    assert told in ran.err
    assert "hint: " in ran.err
    assert "Traceback" not in ran.err
    assert ran.out == ""
    assert spoiled.lab.acts.keys() <= {("POST", "/chat/completions")}


REFUSALS = [
    pytest.param(
        NEW_JOB,
        Canned.error(429, "You exceeded your current quota", "insufficient_quota"),
        "Insufficient credits: You exceeded your current quota",
        id="no credit",
    ),
    pytest.param(
        NEW_JOB,
        Canned.error(403, "Fine-tuning is closed", "training_not_available"),
        "2027-01-06",
        id="fine-tuning is closed",
    ),
    pytest.param(
        NEW_JOB,
        Canned.error(400, "The model gpt-0 cannot be tuned", "model_not_found"),
        "The model gpt-0 cannot be tuned hint: correct what it names, then apply again",
        id="a wrong model",
    ),
    pytest.param(
        UPLOAD,
        Canned.error(400, "Invalid file", "invalid_file"),
        "Invalid file",
        id="a refused file",
    ),
    pytest.param(
        UPLOAD, Canned(200, b"<html>hi</html>", "text/html"), "a web page", id="a web page instead"
    ),
]


@pytest.mark.parametrize(("act", "answer", "told"), REFUSALS)
def test_a_refused_act_fails_its_spec_and_is_never_sent_again(
    at: Scene, act: tuple[str, str], answer: Canned, told: str
) -> None:
    at.lab.instead[act] = answer
    ran = at.ftops(*APPLY)
    assert ran.code == 1
    assert "✗  triage  failed" in ran.out
    assert told in " ".join(ran.out.split())
    assert "hint: " in ran.out
    assert at.lab.acts[act] == 1
    assert not at.checkout.lock("triage").exists()

    at.lab.instead.clear()
    assert at.ftops(*APPLY).code == 0


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        pytest.param(
            Canned(200, b"<html>hi</html>", "text/html"),
            "answered with a web page\nhint: is base_url right? It usually ends in /v1",
            id="a web page",
        ),
        pytest.param(
            Canned.error(404, "Invalid URL"),
            "Invalid URL\nhint: is base_url right? It usually ends in /v1",
            id="another API",
        ),
        pytest.param(
            Canned.error(401, "Incorrect API key provided", "invalid_api_key"),
            "Authentication failed: Incorrect API key provided\nhint: check api_key",
            id="a refused key",
        ),
    ],
)
def test_a_look_that_fails_stops_before_anything_is_done(
    at: Scene, answer: Canned, told: str
) -> None:
    at.lab.answers_everything = answer
    ran = at.ftops(*APPLY)
    assert ran.code == 1
    assert told in ran.err
    assert at.lab.acts == {}


def test_a_refused_key_is_named_but_never_shown(at: Scene, empty: Checkout, tmp_path: Path) -> None:
    with running_lab(tmp_path / "guarded", api_key="sk-the-right-one") as guarded:
        empty.settings(
            targets={"lab": {"base_url": guarded.base_url, "api_key": "${LAB_KEY}"}},
            defaults={"target": "lab"},
        )
        empty.spec("triage")
        at.env.setenv("LAB_KEY", "sk-the-wrong-one")
        ran = at.ftops("--verbose", *APPLY)
        assert ran.code == 1
        assert ran.err.startswith("error: Authentication failed: Incorrect API key provided.\n")
        assert "hint: check LAB_KEY: is it a live key" in ran.err
        assert "sk-the" not in ran.out + ran.err
        assert guarded.acts == {}

        at.env.setenv("LAB_KEY", "sk-the-right-one\n")
        assert at.ftops(*APPLY).code == 0


def test_a_folder_that_is_gone_is_told(ftops: Ftops, empty: Checkout) -> None:
    empty.root.rmdir()
    ran = ftops("plan")
    assert ran.code == 1
    assert ran.err == (
        "error: the current folder is gone\nhint: go to one that exists, or name it with --root\n"
    )


def test_every_finding_of_every_file_comes_at_once(at: Scene) -> None:
    at.checkout.write("specs/triage.yaml", "name: Triage\nmodel: x\ndataset: {train: 5}\n")
    at.checkout.write("specs/tone.yaml", "name: tone\nmodle: x\ndataset: {train: a.jsonl}\n")
    ran = at.ftops("validate")
    assert ran.code == 1
    for place in ("specs/triage.yaml:1:", "specs/triage.yaml:3:", "specs/tone.yaml:2:"):
        assert place in ran.err
    assert "did you mean model?" in ran.err


def test_the_cause_of_an_error_is_shown_when_asked_for(at: Scene) -> None:
    (at.checkout.root / ".env").write_bytes(b"\xff")
    assert "cause: UnicodeDecodeError" in at.ftops("--verbose", "plan").err
    assert "cause:" not in at.ftops("plan").err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param((), "Usage: ftops", id="nothing"),
        pytest.param(("aply",), "No such command 'aply'. Did you mean 'apply'?", id="a typo"),
        pytest.param(("xyzzy",), "No such command 'xyzzy'.", id="a word from elsewhere"),
        pytest.param(("plan", "--nosuch"), "No such option", id="an unknown option"),
        pytest.param(("plan", "-o", "xml"), "'xml' is not one of", id="an unknown format"),
        pytest.param(("--root", "nosuch", "plan"), "does not exist", id="an unknown folder"),
        pytest.param(("apply", "--plan", "nosuch"), "does not exist", id="an unknown file"),
        pytest.param(("new", "Bad Name", "--model", "m", "--train", "t"), "a name is", id="a name"),
        pytest.param(
            ("new", "one", "--model", "m", "--train", "t", "--validation", "split:half"),
            "split:half is no share",
            id="a share",
        ),
        pytest.param(("status", "--watch", "-o", "json"), "--watch draws text", id="watch JSON"),
        pytest.param(("test", "ft:x"), "give either a PROMPT or --file", id="no prompt"),
        pytest.param(("local", "serve", "--port", "0"), "is not in the range", id="no port"),
        pytest.param(("completion", "cmd"), "'cmd' is not one of", id="an unknown shell"),
    ],
)
def test_wrong_usage_exits_with_2(spoiled: Scene, words: tuple[str, ...], told: str) -> None:
    ran = spoiled.ftops(*words)
    assert ran.code == 2
    assert told in ran.err
    assert ran.out == ""
    assert spoiled.lab.acts == {}
