"""The catalogue of faults: what can go wrong, what is promised then, and which test holds that.

A test carries the rows that it proves as `@pytest.mark.fault("N1", ...)`. A row that none carries
says why in a fourth column. `page` is docs/faults.md. Only the standard library is needed.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

TESTS = Path(__file__).parent.parent

# id | what goes wrong | what is promised | why no test holds it
NETWORK = """
N1 | The deployment's name is unknown | The tools are listed all the same; a call names the host and asks whether CODER_URL is right
N2 | The name gets lost during a wait and comes back | The wait goes on to its end
N3 | Nobody listens at the address | A read is tried four times, a write too since it never left; then the address is named
N4 | TLS: certificate unknown, expired or of another host; no TLS at all | Nothing is sent; the reason is told, and the file that fixes it; switching the check off is never proposed
N5 | Packets vanish: no connection comes about | The call ends in time, says so, and can be canceled at once
N6 | Connected, but never answered | A read is given up in time; a write is looked for, sent once, and else told as `unknown`
N7 | The body comes in a byte at a time | An attempt has one limit for the whole answer
N8 | The body is shorter than announced | A read is repeated, a write is looked for and not sent again
N9 | A chunked body stops | As N8
N10 | The connection is reset within the body | As N8
N11 | A body of unannounced length is cut: a success with half its JSON | A read says that the answer may have been cut; a write is looked for and not sent again
N12 | Closed without an answer, or not HTTP at all | As N8
N13 | The server closes idle connections between requests | Nobody notices; a write is sent once
N14 | A proxy ends streams that live too long | They are opened again where they ended: no line twice, none lost
N15 | A proxy opens a stream and passes nothing on | The slow poll beside it finds the end
N16 | A proxy refuses streams | Polling alone is enough
N17 | A stream is closed as if the server had failed | It is a reason to look, never an end; the stream is taken up again
N18 | An answer or a frame arrives split within a character | It is read whole
N19 | A compressed body cannot be unpacked | As N8
N20 | A small compressed body unpacks to something huge | No more than 16 MiB are read, and that is said
N21 | A redirect to another host | It is not followed, so the session token stays here; the host is named
N22 | A redirect from http to https | It is not followed either, and the address to set is named; nothing was changed
N23 | A proxy in the environment | It is used, but never for this computer; one that does not answer is told
N24 | The first address of a name leads nowhere | The next one is tried within a second
N25 | A sign-in page answers in the deployment's place | It is told apart from a deployment
N26 | The deployment restarts: half a minute of refusals | A wait goes on to its end
N27 | Many waits at once | They do not keep a short call from its connection
N28 | The deployment wants a client certificate, or does not know the one that is shown | That is told with the variables to set; nothing was done
N29 | A proxy opens no way: 407, 403 | What it answered is told, with what to fix and the variable that names it
"""

HTTP = """
H1 | 401 to the first request | The tools are listed; a call says where a new session token comes from, without repeating this one
H2 | 401 during a wait | A newer token is used if there is one; else that is said, and that the build goes on
H3 | 403 | Coder's words, nothing changed, who can allow it; never repeated
H4 | 404 | Missing or not visible; near names are given
H5 | 404 for a route that this server does not have | The server's version is named as too old
H6 | 409: the name is taken | What took it decides, unless it was our own lost create
H7 | 409: a build is active | It is joined after one more look
H8 | 410: the workspace is deleted | `deleted`, which is what a delete waits for
H9 | 412: a cancel came too late | - | No tool cancels a build
H10 | 400 with fields | Each field by the name of our argument, with what is allowed
H11 | 422 and 428 | Coder's words are passed on; nothing is repeated
H12 | 429 with a pause of a minute | A read ends at once and says how long to wait; a wait goes on
H13 | 429 whose pause is a date, negative, huge or garbage | It is never waited out beyond the call's own limits
H14 | 429 without a pause | The pauses of any repeated read
H15 | The rate limit is nearly used up | - | Not kept: the header is not read. Coder counts each path by itself, and a workspace is looked at at most 30 times a minute
H16 | One 500 | A read is repeated; a write is looked for, and its error told where nothing came of it
H17 | 502, 503 or 504 for a while | A wait goes on to its end; a read ends after four attempts
H18 | 503 with a pause | As H12
H19 | A web page as an answer or an error | It is told as one; nothing of it is repeated
H20 | Nothing where JSON should be | That is said, with the place
H21 | JSON of another shape | As H20
H22 | A body without end | As N20
H23 | JSON nested without end | As H20
H24 | A state that is new | It is carried through by its name and is never an end
H25 | Any key is missing, or null | Told as a defect of the answer or done without, never one of ours
H26 | Keys that are new | Ignored
H27 | Numbers as texts, huge or no numbers; odd times | As H25; Go's zero time is never
H28 | Double keys, a byte order mark, half a character | Of a double key the last counts; the others are as H20
H29 | A cookie with another session | No cookie is kept, so nobody's identity changes
H30 | Pages that never end, a count that lies | One page is read, and the count is told as Coder's
"""

CODER = """
C1 | Somebody cancels the build | `canceled`, and no build of ours in its place
C2 | A build of another transition takes its place | `superseded`, naming the newer build; never `ready`
C3 | The workspace is deleted during its build | `deleted`
C4 | It is deleted and another made under its name | `deleted`: the newcomer is never taken for it
C5 | It is renamed, or changes hands, during a wait | The wait goes on by its id and tells the new name
C6 | The agent never connects | `unreachable` with the link for help, two minutes after the build at the latest
C7 | The agent was there and is lost | It may come back for two minutes; then `unreachable`
C8 | The startup script fails | `startup_failed` with the end of its log: it can be connected to
C9 | The startup script takes too long | As C8, told as a time-out
C10 | One of several agents is lost | `ready` by the others, and the lost one is named
C11 | There is no agent | `ready` with the build
C12 | A prebuilt workspace is claimed and its agent begins anew | - | The simulator has no prebuilt workspaces: no claim has been recorded that a test could be true to
C13 | The template is deprecated | No create, with the administrator's words; a start is still possible
C14 | The template requires its active version | A start moves to it, and says so
C15 | A parameter is missing, wrong, unknown or cannot be changed | `rejected` with what is allowed; nothing is made
C16 | No provisioner can take the build | Said while it is queued; what Coder's reaper says at last is the answer
C17 | The place in the queue gets worse | It is told as it is; the value of the progress rises all the same
C18 | Coder ends a build that hangs | `build_failed` with Coder's reason, though no event tells of it
C19 | The quota is full; a limit of the cloud | `quota_reached` by Coder's own code only; anything else is `build_failed`
C20 | A failed build with a huge log | Its end, errors first, in 2 KB
C21 | Coder has cut the log itself | - | Not kept: `logs_overflowed` is not told. Why a build failed is in its error in any case
C22 | Lines of a log come twice, or with gaps between their ids | Each once; the rest is read when the build has ended
C23 | A cancel that never comes to its end | `in_progress` as long as Coder says so
C24 | Autostop, dormancy | Told as the build that it is; a start wakes a dormant workspace
C25 | A stop of what is stopped, a start of what runs | No build
C26 | A delete fails | `build_failed` with the same delete as the way on; resources are never given up
C27 | This computer's clock is off by an hour | The deployment's clock decides, the limits are this computer's monotonic ones
"""

PROTOCOL = """
M1 | The client cancels a wait | The watching ends at once, the build goes on
M2 | The client cancels during a write | The write is let end, and the same call finds what it made
M3 | The client's connection breaks during a wait | - | HTTP mode: this server has none
M4 | The input ends during a wait | Every waiting call is answered with how to go on; the process ends
M5 | SIGTERM during a wait | As M4, with the usual exit status
M6 | SIGINT during a wait | As M5, at the first one
M7 | SIGHUP during a wait | As M5
M8 | SIGTERM with open connections | - | HTTP mode: this server has none
M9 | A line that is no JSON | Answered as a parse error, with its id where that can be made out
M10 | Half a character in a line | As M9, so that nobody waits for ever
M11 | A batch, parameters that are a list, another version | Answered as an invalid request
M12 | Bytes that are no UTF-8 | As M9
M13 | Twenty thousand damaged lines | The server lives, and answers the next good one
M14 | An unknown method | Answered as such
M15 | An unknown tool | The tools that there are
M16 | An unknown argument | Refused before anything is sent, with the one that was meant
M17 | Numbers as texts, booleans as numbers | Whole numbers are taken from texts, booleans are not numbers
M18 | An argument of the wrong type | One sentence of ours, without the value
M19 | An argument of megabytes | Refused by its length before anything is sent
M20 | A line without end | 16 MiB of it are kept; it is answered
M21 | A call before the session is opened | Answered as an error
M22 | An unknown prompt | Answered as an unknown method: there are no prompts
M23 | A defect of ours with a secret in it | Neither the model nor the log sees its text
M24 | Two requests with one id | Both are answered, and one write is sent
M25 | The same create or start twice at once | One write, and both get its build
M26 | Many waits for one build | One watcher, two streams
M27 | Very many calls in one go | All are answered
M28 | The client does not read | The server ends all the same
M29 | Much to report | At most one progress notification a second
M30 | No token for progress | The same answer without it
M31 | A question to the person is declined or impossible | - | The server asks clients nothing: a delete takes a second call with a code
M32 | A code of another workspace, token or time | Nothing is deleted; the code that fits is given
M33 | The client gives up after a minute | A call answers within 45 s unless more was asked for or the client is known
"""

PROCESS = """
P1 | Something prints to stdout | It goes to stderr
P2 | Nobody reads stdout any more | The process ends without noise
P3 | stderr is closed | No call notices
P4 | No file descriptor is left | The call says that no connection could be made; the next one works
P5 | The computer sleeps, the clock jumps | Limits are monotonic; a call whose window is still open looks at once, any other says at once how to go on
P6 | Hundreds of calls one after the other | No task and no descriptor is left behind
P7 | Hundreds of canceled waits | As P6
P8 | The audit file cannot be written | - | The server writes no file
P9 | Something blocks the event loop | - | Only real time shows it, which no test here asserts on; the benchmarks measure answers in it
P10 | The process is stopped and continued | A wait answers with what has become of the build
P11 | Two servers at once | They share nothing but the deployment
P12 | No HOME, LANG=C, python -O, a strict umask | It starts and answers
P13 | Half a character on its way out | It is replaced; the process lives
"""

PARTS = {
    "The network": NETWORK,
    "HTTP": HTTP,
    "Coder": CODER,
    "The protocol": PROTOCOL,
    "The process": PROCESS,
}

PREFACE = """# Faults

Written by `python3 dev.py docs` from `tests/faults/catalogue.py` and the tests that carry its
rows: what can go wrong between a model and a workspace, what is promised then, and which test
holds that, or why none does.
"""


class Row(NamedTuple):
    """A fault; where no test holds its promise, why."""

    name: str
    fault: str
    promise: str
    why_not: str = ""


def rows(part: str) -> list[Row]:
    """The rows of one part of the catalogue."""
    return [Row(*line.split(" | ")) for line in PARTS[part].strip().splitlines()]


@cache
def carriers() -> dict[str, list[str]]:
    """By row, the tests that carry it, as `file::test`."""
    carried: dict[str, list[str]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        source = path.read_text(encoding="utf-8")
        for name, row in _carried(source) if "mark.fault(" in source else ():
            test = f"{path.relative_to(TESTS.parent).as_posix()}::{name}"
            carried.setdefault(row, []).append(test)
    return carried


def _carried(source: str) -> Iterator[tuple[str, str]]:
    """The tests of a module, with each row that they carry."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.fault":
                    yield from ((node.name, ast.literal_eval(given)) for given in mark.args)


def page() -> str:
    """docs/faults.md as the catalogue and the tests have it now."""
    carried = carriers()
    every = [row for part in PARTS for row in rows(part)]
    count = f"{len(every)} faults, {sum(row.name in carried for row in every)} of them tested."
    return "\n".join([PREFACE, count, *(_table(part, carried) for part in PARTS)]) + "\n"


def _table(part: str, carried: dict[str, list[str]]) -> str:
    lines = [f"\n## {part}\n", "| row | fault | promise | test, or why there is none |"]
    lines.append("|---|---|---|---|")
    for row in rows(part):
        where = "<br>".join(
            f"`{test.removeprefix('tests/')}`" for test in carried.get(row.name, ())
        )
        lines.append(f"| {row.name} | {row.fault} | {row.promise} | {where or row.why_not} |")
    return "\n".join(lines)
