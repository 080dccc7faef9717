"""One word for each thing: retired words come back neither as names in the code nor in sentences.

As names and ids, words of `RETIRED` are retired; in sentences, those of `PROSE` and the phrases: a change needs notice,
and a linter makes proofs.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

#: Parts of names, and what to say instead.
RETIRED = {
    "house": "application",
    "houses": "applications",
    "afresh": "UnitOfWork.renewed",
    "trouble": "failure",
    "troubled": "failed, or in exception",
    "hand": "writer",
    "deed": "act",
    "deeds": "act",
    "asker": "actor, or requester",
    "askers": "actors, or requesters",
    "whoever": "who",
    "outlook": "preview",
    "tally": "ApprovalRound",
    "owed": "due",
    "owes": "due",
    "ring": "fire",
    "rings": "fires",
    "rung": "fired",
    "pay": "fire",
    "notice": "notification, or notification rule",
    "notices": "notifications, or notification rules",
    "tell": "notify",
    "tells": "notifies",
    "told": "notified, or event_document",
    "telling": "notifying",
    "keeper": "administrator, or maintainer",
    "keepers": "administrators, or maintainers",
    "receiver": "subscriber",
    "receivers": "subscribers",
    "audience": "subscriber",
    "errand": "Task",
    "errands": "tasks",
    "beat": "heartbeat",
    "beaten": "heartbeat",
    "bury": "dead letter",
    "buried": "dead letter",
    "news": "log_signal, or update",
    "gauge": "stat",
    "gauges": "stats",
    "clock": "timer, unless it is the source of time",
    "clocks": "timers",
    "turn": "worklist",
    "proof": "evidence",
    "proofs": "evidence",
}
#: Names that mean something else.
MEANT = {
    # The code that a benchmark is compared with is written by hand.
    "by_hand": "hand",
    # A transition or an effect hands something over to the next level of support.
    "hand_up": "hand", "hand_over": "hand",
    # The time between the decision on a change and its start, or between telling users and an outage.
    "short_notice": "notice", "short_notice_start": "notice", "notice_ends": "notice", "notice_given": "notice",
    "outage_notice": "notice", "accept_short_notice": "notice", "short_notice_class": "notice",
    # Whom a communication or an update is for.
    "update_audience": "audience",
    # Clients take turns, and the benchmark's people have theirs.
    "in_turn": "turn", "InTurn": "turn", "_turn": "turn", "Turn": "turn",
    # Prometheus' own name for a figure that goes up and down.
    "GaugeMetricFamily": "gauge",
    # Files of Python know where they are.
    "tell": "tell",
    # The nights in which summer time begins and ends.
    "_change_of_clocks": "clocks",
    # The source of time, and a time as it shows it.
    "clock": "clock", "_clock": "clock", "Clock": "clock", "SystemClock": "clock", "MovableClock": "clock",
    "SandboxClock": "clock", "StageClock": "clock", "DeskClock": "clock", "CurrentClock": "clock", "ClockForm": "clock",
    "ClockTime": "clock", "_CLOCK_NOTE": "clock", "by_clock": "clock", "get_clock": "clock", "move_clock": "clock",
    "movable_clock": "clock", "test_clock": "clock", "_same_clock": "clock", "clock_timestamp": "clock",
    "by_the_clock": "clock", "monday_it_ends_by_the_clock": "clock",
    # The metric of ITIL, as its source spells it.
    "mttr_clock": "clock",
}  # fmt: skip
#: Where a plain word means something else.
ROOMS = {
    "hand": ("benchmarks",),
    # The code that a benchmark is compared with has a model of its own.
    "clock": ("benchmarks/peer",),
    "clocks": ("benchmarks/peer",),
    "turn": ("benchmarks", "tests/bench"),
    # Hours of notice before a change.
    "notice": ("plugins/itil_change/placet_itil_change/changes/schedule_checks.py",),
    # The field of communications and trainings that says whom they are for.
    "audience": (
        "plugins/governance", "plugins/integration", "plugins/itil_change", "tests/acceptance", "tests/composition",
    ),
    # The field of reports that says what comes next.
    "outlook": (
        "plugins/prince2", "plugins/integration/placet_integration/communication_plan.py",
        "plugins/integration/placet_integration/delivery/effects.py",
        "plugins/integration/placet_integration/demo/tale.py", "tests/acceptance/projects.py",
        "tests/acceptance/test_fortnights.py", "tests/acceptance/test_prince2.py",
        "tests/acceptance/walkthrough/cast.py",
    ),
    # `include=proof` is a parameter of the REST contract.
    # The proof that one log continues another is what RFC 9162 calls it.
    "proof": (
        "core/placet/api", "tests/api/test_history.py", "core/placet/cli/audit.py", "core/placet/verify_export.py",
        "core/placet/engine/reports/checkpoints.py", "core/placet/engine/reports/numbered_log.py",
        "tests/cli/test_audit.py", "tests/api/test_audit.py", "tests/packaging/test_verifying_an_export.py",
        "tests/packaging/test_forged_exports.py",
    ),
}  # fmt: skip
#: Workers are lost: they are neither quiet nor silent.
WORKERS = {"quiet": "lost", "silent": "lost"}

#: Words that are retired in sentences too, those of comments and tests included, and what to say instead.
PROSE = {
    r"tells?|told|telling": "notify, inform, report, show or return",
    r"whoever": "who, or a noun",
    r"errands?|deeds?": "task, act",
    r"askers?": "actor, or requester",
    r"outlooks?": "preview",
    r"owe[sd]?": "due",
    r"afresh": "again",
    r"troubles?": "failure, or problem",
    r"buried|bury": "dead letter",
    r"(?:stands?|stood) in (?:the|its|their|an? [a-z]+'s) way": "is a blocker, or blocks",
    r"held against (?:its|the|an?) (?:[a-zA-Z]+ )?(?:workflow|catalog|document|schema)s?": "checked against",
    r"what stands": "a noun",
    r"(?<!there )(?:is|are|was|were) no (?!fewer|later|less|longer|more|older)[a-z]+": "not a",
}
#: Strings, and the texts in f-strings where Python has tokens for them.
STRINGS = {tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
#: An id of something that a method defines: `itil.no_freeze`.
ID = re.compile(r"[a-z][a-z_]*(?:\.[a-z][a-z_]*)+")
#: A string of so many words is a sentence.
SENTENCE = re.compile(r"(?:[A-Za-z']+[,.:;]?\s+){2}[A-Za-z']")
#: British spellings, which neither names nor sentences have: ids of methods keep the spelling of their sources.
BRITISH = r"""
    \w*(?:organis|realis(?!t)|categoris|prioritis|normalis|authoris|materialis|utilis|recognis|summaris)\w*
    |analys(?:ed?|ing)|catalogues?|learnt|programmes?|artefacts?|neighbours?|fulfil(?:s|ment)?|colours?|centres?|behaviours?|labelled
    |judgements?|practised
"""
#: Names and ids with the spelling of the source that they are from, and a name that is wrong on purpose.
SPELLED = {
    "benefits_realised", "realised", "realises", "REALISES", "utilisation", "organisation", "ORGANISATION",
    "in_catalogue", "catalogue", "in_fulfilment", "to_fulfil", "request_to_fulfil", "learnt_at",
    "programme_informed", "programme_heard_days",
}  # fmt: skip
#: Phrases that people read, and what to say instead.
PHRASES = {
    r"\bthe house\b": "Placet, or the application",
    r"\bwhoever\b": "who",
    r"nobody knows who is asking": "authentication required",
    r"\bit is taken\b(?! back)": "already in use",
    r"\bit has moved on\b": "version conflict",
    r"too many writers met": "concurrent updates, please retry",
    r"\bthe rules refuse (?:it|what)\b": "blocked by rules",
    r"\bask its keeper\b": "report the request id to your administrator",
    r"whoever keeps the plugin": "the plugin's maintainer",
    r"\bworthless\b": "revoked, or no longer valid",
    r"let somebody vote for you": "delegate your vote",
    r"tell an address of": "create a webhook, or deliver events",
    r"the work in the background": "background jobs",
    r"\blive with it\b": "accept known error",
    r"\bthe emergency is one\b": "emergency justified",
    r"\bwho (is|are) told of\b": "who is notified of",
    r"\b(is|are|be) told of events\b": "gets events",
    r"\bclocks? (of|on) (an |the )?items?\b": "timer",
    r"from here one can": "available transitions",
    r" [a-z]+\(s\)": "one or several, as number_of() counts",
    r"no window stands in the way": "no freeze or blackout applies",
    r"(?<!there )\b(is|are) no (?!fewer|later|less|longer|more|older)[a-z]+\b": "is not a ...",
}


def sources() -> Iterator[Path]:
    """Every module of the repository."""
    for room in ("core/placet", "plugins", "docs", "tests", "benchmarks"):
        yield from sorted(path for path in (ROOT / room).rglob("*.py") if ".venv" not in path.parts)


@cache
def text(path: Path) -> str:
    """The text of a module."""
    return path.read_text()


@cache
def tree(path: Path) -> ast.AST:
    """A module, parsed."""
    return ast.parse(text(path))


@cache
def shipped() -> dict[Path, str]:
    """The texts that people read: code with its documentation, messages, help and OpenAPI texts, and pages."""
    return {path: text(path) for path in _shipped()}


def _shipped() -> Iterator[Path]:
    yield from (path for path in sources() if not {"tests", "benchmarks"} & set(path.relative_to(ROOT).parts))
    yield ROOT / "README.md"
    for room in ("core", "plugins", "docs"):
        yield from sorted(path for path in (ROOT / room).rglob("*.md") if "tests" not in path.parts)


def sentences(path: Path) -> Iterator[tuple[int, str]]:
    """Lines of comments, docstrings, messages and pages with their numbers, without code in them."""
    lines: Iterator[tuple[int, str]] = enumerate(text(path).splitlines(), 1)
    if path.suffix == ".md":
        fences = 0
        for number, line in lines:
            fences += line.lstrip().startswith("```")
            if fences % 2 == 0:
                yield number, re.sub("`[^`]*`", "", line)
        return
    for token in tokenize.generate_tokens(io.StringIO(text(path)).readline):
        if token.type == tokenize.COMMENT or (token.type in STRINGS and SENTENCE.search(token.string)):
            for number, line in enumerate(token.string.splitlines(), token.start[0]):
                yield number, re.sub("`[^`]*`", "", line)


def read_on(path: Path) -> Iterator[tuple[int, str]]:
    """The same, each with the end of the line before, where a sentence goes on."""
    before, end = 0, ""
    for number, line in sentences(path):
        yield number, f"{end} {line}" if number == before + 1 else line
        before, end = number, " ".join(line.split()[-2:])


def names(module: ast.AST) -> Iterator[tuple[str, int]]:
    """Every name and id that a module gives or uses; sentences that tests are called by are English."""
    for node in ast.walk(module):
        found: list[str | None] = []
        match node:
            case ast.Constant(value=str() as id) if ID.fullmatch(id):
                found = [*id.split(".")]
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.keyword(arg=name):
                found = [name]
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found = [] if name.startswith(("test_", "Test")) else [name]
            case ast.alias(name=name, asname=alias):
                found = [*name.split("."), alias]
            case ast.ImportFrom(module=str() as imported):
                found = [*imported.split(".")]
            case _:
                continue
        yield from ((name, getattr(node, "lineno", 0)) for name in found if name is not None)


@cache
def vocabulary(path: Path) -> set[str]:
    """All words of a module, names among them: those without what is looked for need not be parsed."""
    return set(re.findall(r"\w+", text(path)))


def sentences_of_tests(path: Path) -> list[str]:
    """The names of a module's tests, which are sentences."""
    return re.findall(r"^\s*(?:async\s+def|def|class)\s+(test\w*)", text(path), re.IGNORECASE | re.MULTILINE)


@cache
def parts(name: str) -> list[str]:
    """`DuePoint` and `due_point` as `due` and `point`."""
    return [part.lower() for part in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


def retired(path: Path) -> Iterator[str]:
    """Retired names of a module, with what to say instead."""
    place = path.relative_to(ROOT).as_posix()
    words = RETIRED | (WORKERS if place.startswith(("core/placet/worker", "core/placet/store")) else {})
    if not any(part in words for word in vocabulary(path) for part in parts(word)):
        return
    for name, line in names(tree(path)):
        for part in parts(name):
            meant = MEANT.get(name) == part or place.startswith(ROOMS.get(part, ("-",)))
            if part in words and not meant:
                yield f"{place}:{line}: {name}: say {words[part]}"


class TestNames:
    def test_have_no_retired_word_in_them(self) -> None:
        """Parameters, attributes, functions, classes and modules: each thing has the one word of the vocabulary."""
        assert [each for path in sources() for each in retired(path)] == []

    @pytest.mark.parametrize("word", ["house", "houses", "told", "owed", "notices"])
    def test_with_one_are_found(self, tmp_path: Path, word: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """In a name of its own and as a part of one, and in an id."""
        monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
        module = tmp_path / "module.py"
        module.write_text(f"def kept({word}_of: int) -> None:\n    self.{word} = {word}_of, 'shop.{word}'\n")

        assert len(list(retired(module))) == 4

    def test_of_modules_are_names_too(self) -> None:
        """The file itself is what the word is looked up by."""
        stems = [(path, part) for path in sources() for part in parts(path.stem)]

        assert [path for path, part in stems if part in RETIRED and MEANT.get(path.stem) != part] == []

    def test_of_exceptions_are_there(self) -> None:
        """An exception that nothing needs any more would hide the next mistake."""
        speaking = [path for path in sources() if MEANT.keys() & vocabulary(path)]
        used = {name for path in speaking for name, _ in names(tree(path))}
        texts = " ".join(shipped().values())

        assert {name for name in MEANT if name not in used and name not in texts} == set()


def held_as(path: Path, type: str) -> Iterator[tuple[str, int]]:
    """The names under which a module takes or keeps a value of a type, with their lines."""
    for node in ast.walk(tree(path)):
        match node:
            case ast.arg(arg=name, annotation=ast.expr() as annotation):
                pass
            case ast.AnnAssign(target=ast.Name(id=name) | ast.Attribute(attr=name), annotation=annotation):
                pass
            case ast.FunctionDef(name=name, returns=ast.expr() as annotation):
                pass
            case _:
                continue
        if re.search(rf"\b{type}\b", ast.unparse(annotation)):
            yield name, node.lineno


def called(path: Path, word: str, type: str) -> Iterator[str]:
    """Values of a type that a module names by a word."""
    if word in text(path) and type in text(path):
        for name, line in held_as(path, type):
            if word in parts(name):
                yield f"{path.relative_to(ROOT)}:{line}: {name}"


class TestTimers:
    @pytest.mark.parametrize("type", ["TimerRecord", "TimerView", "Timer"])
    def test_are_called_so(self, type: str) -> None:
        """A clock is the source of time: nothing that holds a timer is called one."""
        assert [each for path in sources() for each in called(path, "clock", type)] == []


class TestUnitsOfWork:
    def test_are_called_units(self) -> None:
        """Work is what people do: work items, work packages, due work."""
        found = [each for path in sources() for each in called(path, "work", "UnitOfWork")]

        assert [each for each in found if not each.endswith(" unit_of_work")] == []

    def test_are_units_where_nothing_says_their_type(self) -> None:
        """In lambdas, attributes and all names of the rooms that pass one on."""
        rooms = ("core/placet/engine", "core/placet/store")
        found = [
            f"{path.relative_to(ROOT)}:{line}: {name}"
            for path in sources()
            if path.relative_to(ROOT).as_posix().startswith(rooms) and {"work", "_work"} & vocabulary(path)
            for name, line in names(tree(path))
            if name.strip("_") == "work"
        ]
        lambdas = [
            f"{path.relative_to(ROOT)}:{node.lineno}"
            for path in sources()
            if "lambda work" in text(path)
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Lambda) and any(each.arg == "work" for each in node.args.args)
        ]

        assert found + lambdas == []

    def test_called_otherwise_are_found(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """As an argument, an attribute and a property."""
        monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
        module = tmp_path / "module.py"
        module.write_text(
            "class Writer:\n"
            "    def __init__(self, work: UnitOfWork) -> None:\n"
            "        self._work: UnitOfWork = work\n"
            "    def work(self) -> UnitOfWork: ...\n"
            "    def see(self, unit: UnitOfWork, packages: WorkPackages) -> None: ...\n"
        )

        assert [each.split(":")[1] for each in called(module, "work", "UnitOfWork")] == ["4", "3", "2"]


class TestPhrases:
    @pytest.mark.parametrize(("phrase", "instead"), PHRASES.items(), ids=list(PHRASES))
    def test_of_another_voice_are_gone(self, phrase: str, instead: str) -> None:
        """Messages, documentation, help and the OpenAPI document speak as the field does."""
        pattern = re.compile(phrase, re.IGNORECASE)
        found = [
            f"{path.relative_to(ROOT)}:{number}: say {instead}"
            for path, shown in shipped().items()
            if pattern.search(shown)
            for number, line in enumerate(shown.splitlines(), 1)
            if pattern.search(line)
        ]

        assert found == []


class TestSpelling:
    def test_of_names_is_american(self) -> None:
        """Those of tests and benchmarks too, and the sentences that tests are called by."""
        british = re.compile(rf"(?:{BRITISH})", re.IGNORECASE | re.VERBOSE)
        found = {
            f"{path.relative_to(ROOT)}: {name}"
            for path in sources()
            if british.search(" ".join(vocabulary(path)))
            for name in {*sentences_of_tests(path), *(name for name, _ in names(tree(path)))} - SPELLED
            if any(british.fullmatch(part) for part in parts(name))
        }

        assert sorted(found) == []

    def test_of_exceptions_is_in_use(self) -> None:
        """An exception that nothing needs any more would hide the next mistake."""
        words = set().union(*(vocabulary(path) for path in sources() if path != Path(__file__)))

        assert SPELLED - words == set()

    def test_is_american(self) -> None:
        """One spelling for each word, in texts that people read."""
        british = re.compile(rf"(?<![\w.:])(?:{BRITISH})(?![\w(])", re.IGNORECASE | re.VERBOSE)
        found = [
            f"{path.relative_to(ROOT)}:{number}: {word[0]}"
            for path, shown in shipped().items()
            if british.search(shown)
            for number, line in sentences(path)
            for word in british.finditer(re.sub('"[a-z_]+"', "", line))
        ]

        assert found == []

    def test_of_titles_is_american_too(self) -> None:
        """A title is a word or two, which begin with a capital letter: `"Realized"`."""
        british = re.compile(
            rf"\"(?=[A-Z])(?:[^\"\n]*\ )?(?:{BRITISH})(?:\ [^\"\n]*)?\"", re.IGNORECASE | re.VERBOSE
        )
        found = [
            f"{path.relative_to(ROOT)}: {title[0]}"
            for path, shown in shipped().items()
            if path.suffix == ".py"
            for title in british.finditer(shown)
            if title[0][1].isupper()
        ]

        assert found == []


class TestSentences:
    def test_have_no_retired_word_in_them(self) -> None:
        """Comments, docstrings, messages and pages say what happens in the words of the field."""
        words = {re.compile(rf"\b(?:{word})\b", re.IGNORECASE): instead for word, instead in PROSE.items()}
        any_of_them = re.compile(rf"\b(?:{'|'.join(PROSE)})\b", re.IGNORECASE)
        paths = {*sources(), *shipped(), ROOT / "CHANGELOG.md", ROOT / "conftest.py"} - {Path(__file__)}
        found = [
            f"{path.relative_to(ROOT)}:{number}: say {instead}"
            for path in sorted(paths)
            if any_of_them.search(text(path))
            for number, line in read_on(path)
            for pattern, instead in words.items()
            if pattern.search(line)
        ]

        assert found == []

    def test_of_documentation_do_not_begin_with_what(self) -> None:
        """Half a sentence such as "What is kept of a token" has a noun: "The stored form of a token"."""
        beginning = re.compile(r'^[rf]?"""What\b|^#:? What\b')
        found = [
            f"{path.relative_to(ROOT)}:{number}"
            for path in sources()
            if "benchmarks" not in path.parts and re.search(r'"""What\b|#:? What\b', text(path))
            for number, line in sentences(path)
            if beginning.search(line)
        ]

        assert found == []

    def test_are_the_names_of_tests_too(self) -> None:
        """`test_tells_who_may` is a sentence."""
        words = re.compile(f"_(?:{'|'.join(PROSE)})_", re.IGNORECASE)
        found = [
            f"{path.relative_to(ROOT)}: {name}"
            for path in sources()
            for name in sentences_of_tests(path)
            if words.search(f"_{'_'.join(parts(name))}_")
        ]

        assert found == []

    def test_go_on_in_the_next_line(self, tmp_path: Path) -> None:
        """A phrase that is broken is found too."""
        page = tmp_path / "page.md"
        page.write_text("It is no\nchange of plans.\n")

        assert [line for _, line in read_on(page)] == [" It is no", "is no change of plans."]

    def test_with_one_are_found(self, tmp_path: Path) -> None:
        """In a docstring, a comment, a message and a page; not in code."""
        module, page = tmp_path / "module.py", tmp_path / "page.md"
        module.write_text('"""Who is told of it."""\n# told\ntold = f"{x} was told of it by {y}"\n"told"\n')
        page.write_text("What is told.\n`told`\n```\ntold\n```\ntold\n")

        assert [number for number, line in sentences(module) if "told" in line] == [1, 2, 3]
        assert [number for number, line in sentences(page) if "told" in line] == [1, 6]
