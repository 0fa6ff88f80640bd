"""Runs the phenix binary, and compares entities as values."""
import json
import os
import struct
import subprocess
from typing import NamedTuple


class Answer(NamedTuple):
    code: int
    out: str
    err: str

    def json(self):
        return json.loads(self.out)

    def lines(self):
        return [json.loads(line) for line in self.out.splitlines()]


class Phenix:
    """One database directory; counts what it ran."""
    runs = 0

    def __init__(self, binary, directory, environment=None):
        self.binary, self.directory = binary, str(directory)
        self.environment = {key: value for key, value in os.environ.items()
                            if not key.startswith("PHENIX_DB_")} | (environment or {})

    def command(self, *words, data=True):
        extra = ["--data", self.directory] if data else []
        return [self.binary, *extra, *map(str, words)]

    def run(self, *words, stdin="", data=True):
        Phenix.runs += 1
        done = subprocess.run(self.command(*words, data=data), input=stdin.encode(),
                              capture_output=True, env=self.environment, timeout=600, check=False)
        return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())

    def ok(self, *words, stdin="", data=True):
        answer = self.run(*words, stdin=stdin, data=data)
        assert answer.code == 0, f"{words}: exit code {answer.code}: {answer.err}"
        return answer

    def fails(self, code, *words, stdin="", data=True):
        """Runs what must fail with `code`, print no data, and say why; returns what it said."""
        answer = self.run(*words, stdin=stdin, data=data)
        assert answer.code == code, f"{words}: exit code {answer.code}, not {code}: {answer.err}"
        assert answer.out == "", f"{words}: printed data though it failed: {answer.out}"
        assert answer.err != "", f"{words}: does not say why"
        return answer.err


def float_bits(number):
    return struct.pack("<f", number)


def canonical(entity):
    """An entity as a value: vectors as 32-bit floats, edges in one order, what goes without saying said."""
    edges = sorted(((edge["label"], edge.get("collection", ""), edge["target"],
                     float(edge.get("weight", 1.0)), json.dumps(edge.get("properties", {})))
                    for edge in entity.get("edges", [])))
    vectors = {name: [float_bits(number) for number in vector]
               for name, vector in entity.get("vectors", {}).items()}
    if "vector" in entity:
        vectors[""] = [float_bits(number) for number in entity["vector"]]
    return {"id": entity["id"], "metadata": json.dumps(entity.get("metadata", {})),
            "vectors": vectors, "edges": edges}


def differences(expected_lines, got_lines):
    """Ids whose entities differ between two iterables of JSON lines, and how many were compared."""
    expected = {}
    for line in expected_lines:
        entity = canonical(json.loads(line))
        expected[entity["id"]] = hash_of(entity)
    compared, different = 0, []
    for line in got_lines:
        entity = canonical(json.loads(line))
        compared += 1
        if expected.pop(entity["id"], None) != hash_of(entity):
            different.append(entity["id"])
    return different + sorted(expected), compared


def hash_of(entity):
    return hash(repr(sorted(entity.items(), key=lambda item: item[0])))
