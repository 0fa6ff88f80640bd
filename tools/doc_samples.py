"""Runs the commands that the documents show, so that no reader is the first to try them.

    python3 tools/doc_samples.py --bin build/release/bin [FILE.md]...

A fenced `sh` block runs when the line before it is `<!-- ci:run -->`. The blocks of one document run
in order, each in its own shell, all in one empty scratch folder with --bin first in PATH. A fenced
block after `<!-- ci:output -->` is what the block before it printed; in it `...` stands for any
text within a line, and a line of `...` alone for any lines. After `<!-- ci:serve DIR -->` a block
runs like one after `ci:run`, while `phenix serve --data DIR` serves at its `localhost:8080`.
"""
import argparse
import contextlib
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import NamedTuple, Optional

BLOCK_SECONDS_MAX = 300
START_SECONDS_MAX = 60
ROOT = Path(__file__).resolve().parents[1]


class Sample(NamedTuple):
    path: str
    line: int
    script: str
    output: Optional[str]
    serves: Optional[str] = None  # the database directory that a server has open meanwhile


def _blocks(text):
    """(marker, language, line, body) of each fenced block that follows a ci: marker."""
    marker, fence = "", None
    for number, line in enumerate(text.splitlines(), 1):
        if fence is not None:
            if line.strip() == "```":
                if fence[0]:
                    yield (*fence, "".join(body))
                fence = None
            else:
                body.append(line + "\n")
        elif line.startswith("```"):
            fence, body, marker = (marker, line[3:].strip(), number), [], ""
        elif line.strip():
            found = re.fullmatch(r"<!--\s*ci:(run|output|serve \S+)\s*-->", line.strip())
            marker = found.group(1) if found else ""


def samples_of(path, text):
    samples = []
    for marker, language, line, body in _blocks(text):
        command, _, directory = marker.partition(" ")
        if command in ("run", "serve") and language in ("sh", "bash"):
            samples.append(Sample(str(path), line, body, None, directory or None))
        elif command in ("run", "serve"):
            raise ValueError(f"{path}:{line}: only sh blocks can be run")
        elif not samples or samples[-1].output is not None:
            raise ValueError(f"{path}:{line}: an output without a command before it")
        else:
            samples[-1] = samples[-1]._replace(output=body)
    return samples


def matches(expected, printed):
    pattern = ""
    for line in expected.strip("\n").split("\n"):
        if line.strip() == "...":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += r"[^\n]*".join(re.escape(part) for part in line.rstrip().split("...")) + r"[ \t]*\n"
    return re.fullmatch(pattern, printed.strip("\n") + "\n") is not None


def _free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@contextlib.contextmanager
def _server(directory, folder, environment):
    """The port of a server that has `directory` open until the end of the context."""
    port = _free_port()
    program = ["phenix", "serve", "--data", directory, "--http-port", port, "--grpc-port", _free_port(),
               "--metrics-port", _free_port()]
    with subprocess.Popen(program, cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            for _ in range(START_SECONDS_MAX * 10):
                with contextlib.suppress(OSError):
                    urllib.request.urlopen(f"http://localhost:{port}/readyz", timeout=1).close()
                    break
                time.sleep(0.1)
            yield port
        finally:
            server.terminate()


def run(sample, folder, environment):
    """None when the sample did what the document says, else why not."""
    if sample.serves is None:
        return _run_script(sample, sample.script, folder, environment)
    with _server(sample.serves, folder, environment) as port:
        script = sample.script.replace("localhost:8080", f"localhost:{port}")
        return _run_script(sample, script, folder, environment)


def _run_script(sample, script, folder, environment):
    try:
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=folder,
                              env=environment, text=True, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=BLOCK_SECONDS_MAX, check=False)
    except subprocess.TimeoutExpired:
        return f"not done after {BLOCK_SECONDS_MAX} s"
    if done.returncode != 0:
        return f"exit code {done.returncode}\n{done.stdout}{done.stderr}"
    if sample.output is not None and not matches(sample.output, done.stdout):
        return f"printed\n{done.stdout}\ninstead of\n{sample.output}"
    return None


def run_document(path, text, bin_folder):
    """(samples run, failures) of one document."""
    samples = samples_of(path, text)
    failures = 0
    environment = {**os.environ, "PATH": f"{bin_folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    with tempfile.TemporaryDirectory(prefix="phenix_doc_") as folder:
        for sample in samples:
            problem = run(sample, folder, environment)
            if problem:
                failures += 1
                print(f"{sample.path}:{sample.line}: {problem}")
    return len(samples), failures


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="doc_samples", description=__doc__.splitlines()[0])
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("documents", nargs="*", type=Path)
    options = parser.parse_args(arguments)
    documents = options.documents or [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
    total = failed = 0
    for document in documents:
        count, failures = run_document(document, document.read_text(encoding="utf-8"),
                                       options.bin.resolve())
        total += count
        failed += failures
        if count:
            print(f"{document}: {count - failures} of {count} samples did what they say")
    print(f"doc samples: {total - failed} passed, {failed} failed, in {len(documents)} documents")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
