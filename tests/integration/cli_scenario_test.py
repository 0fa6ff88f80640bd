"""The command line from init to verify, with its errors and exit codes.

    python3 cli_scenario_test.py PHENIX
"""
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from phenix_command import Phenix, differences

BINARY = ""
DOCUMENT = Path(__file__).resolve().parents[2] / "docs/reference/cli.md"
ENTITY = {"id": "a", "metadata": {"title": "first", "n": 1, "tags": ["x", "y"]}, "vector": [1, 0.5],
          "edges": [{"label": "cites", "target": "b", "weight": 0.25, "properties": {"page": 7}},
                    {"label": "by", "target": "c"}]}


class Case(unittest.TestCase):
    encrypted = False

    def setUp(self):
        self.scratch = Path(tempfile.mkdtemp(prefix="phenix_cli_"))
        self.addCleanup(shutil.rmtree, self.scratch)
        self.db = self.database("db")

    def database(self, name, init=True):
        environment = {}
        if self.encrypted:
            environment = {"PHENIX_DB_KMS_ENDPOINT": f"file:{self.scratch}/master.key"}
        database = Phenix(BINARY, self.scratch / name, environment)
        if init:
            database.ok("init", *(["--encrypt"] if self.encrypted else []))
        return database

    def file(self, name, lines):
        path = self.scratch / name
        path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n"
                                for line in lines))
        return path


class WholeLife(Case):
    def test_init_put_get_query_changes_delete(self):
        db = self.db
        put = db.ok("put", json.dumps(ENTITY), "--json").json()
        self.assertEqual(put["id"], "a")
        db.ok("put", "-", stdin='{"id":"d","metadata":{"n":2},"vector":[0,1]}')
        got = db.ok("get", "a", "--vectors", "--edges").json()
        self.assertEqual(got["metadata"], ENTITY["metadata"])
        self.assertEqual(got["vector"], [1.0, 0.5])
        self.assertEqual(got["version"], put["version"])
        self.assertEqual([edge["label"] for edge in got["edges"]], ["by", "cites"])
        near = db.ok("query", "--vector", "[1, 0.4]", "-k", "1").lines()
        self.assertEqual([hit["id"] for hit in near], ["a"])
        near = db.ok("query", "--vector-of", "a", "--json").json()
        self.assertEqual([hit["id"] for hit in near["entities"]], ["d"])
        matching = db.ok("query", "--filter", '{"n": {"$gte": 1}}').lines()
        self.assertEqual([hit["id"] for hit in matching], ["a", "d"])
        self.assertEqual(db.ok("count").out, "4\n")
        self.assertEqual(db.ok("count", "--filter", '{"n": 2}', "--json").json()["count"], 1)
        listed = db.ok("edge", "list", "b", "--direction", "in").lines()
        self.assertEqual([edge["source"]["id"] for edge in listed], ["a"])
        self.assertEqual(listed[0]["properties"], {"page": 7})
        db.ok("edge", "delete", "a", "c", "--label", "by")
        kinds = [change["kind"] for change in db.ok("changes").lines()]
        self.assertEqual(kinds.count("delete_edge"), 1)
        db.ok("delete", "b")
        self.assertEqual(len(db.ok("edge", "list", "a").lines()), 0)
        then = db.ok("get", "a", "--edges", "--as-of", put["commit_ts"]).json()
        self.assertEqual(len(then["edges"]), 2)
        kinds = [change["kind"] for change in db.ok("changes").lines()]
        self.assertEqual(kinds.count("put_entity"), 4)
        self.assertEqual(kinds.count("delete_entity"), 1)
        self.assertEqual(kinds.count("schema"), 1)
        after = db.ok("changes", "--after", put["commit_ts"], "--json").json()
        self.assertTrue(all(int(change["commit_ts"]) > int(put["commit_ts"])
                            for change in after["changes"]))

    def test_modes_and_conditions(self):
        db = self.db
        first = db.ok("put", '{"id":"a","metadata":{"x":1,"y":2}}', "--json").json()
        db.fails(7, "put", '{"id":"a"}', "--mode", "insert")
        db.fails(6, "put", '{"id":"zz"}', "--mode", "update")
        db.fails(8, "put", '{"id":"a"}', "--if-absent")
        db.fails(8, "put", '{"id":"a"}', "--if", '{"x": 2}')
        db.ok("put", '{"id":"a","metadata":{"y":null,"z":3}}', "--mode", "merge", "--if-version",
              first["version"])
        self.assertEqual(db.ok("get", "a").json()["metadata"], {"x": 1, "z": 3})
        db.fails(8, "delete", "a", "--if-version", first["version"])
        db.fails(6, "put", '{"id":"a","edges":[{"label":"l","target":"no"}]}',
                 "--on-missing-target", "error")
        db.ok("edge", "put", "a", "a", "--label", "self", "--weight", "0.5")
        self.assertEqual(db.ok("edge", "list", "a").lines()[0]["weight"], 0.5)
        db.ok("edge", "delete", "a", "a", "--label", "self")
        db.fails(6, "edge", "delete", "a", "a", "--label", "self")
        db.ok("edge", "delete", "a", "a", "--label", "self", "--missing-ok")
        db.ok("delete", "zz", "--missing-ok")

    def test_collections(self):
        db = self.db
        db.ok("collection", "create", "docs", "--dimension", "3", "--metric", "l2", "--unique", "isbn")
        shown = db.ok("collection", "show", "docs").json()
        self.assertEqual(shown["vectors"], {"": {"dimension": 3, "metric": "l2"}})
        self.assertEqual(shown["unique"], ["isbn"])
        db.fails(7, "collection", "create", "docs", "--dimension", "4")
        db.ok("put", '{"id":"a","metadata":{"isbn":"1"}}', "-c", "docs")
        db.fails(7, "put", '{"id":"b","metadata":{"isbn":"1"}}', "-c", "docs")
        db.fails(1, "put", '{"id":"b","vector":[1]}', "-c", "docs")
        db.ok("collection", "alter", "docs", "--drop-unique", "isbn", "--dimension", "2", "--field", "t")
        db.ok("put", '{"id":"b","metadata":{"isbn":"1"},"vectors":{"t":[1,2]}}', "-c", "docs")
        db.ok("collection", "create", "empty")
        listed = db.ok("collection", "list", "--json").json()["collections"]
        self.assertEqual([schema["name"] for schema in listed], ["docs", "empty"])
        db.ok("collection", "drop", "docs")
        db.fails(6, "collection", "show", "docs")
        db.fails(6, "get", "a", "-c", "docs")

    def test_backup_restore_verify_and_export(self):
        db = self.db
        db.ok("put", json.dumps(ENTITY))
        head = db.ok("verify", "--json").json()
        self.assertEqual(head["outcome"], "clean")
        db.ok("backup", self.scratch / "backup")
        db.fails(7, "backup", self.scratch / "backup")
        db.ok("put", '{"id":"later"}')
        restored = self.database("restored", init=False)
        restored.ok("restore", self.scratch / "backup")
        restored.fails(7, "restore", self.scratch / "backup")
        self.assertEqual(restored.ok("verify").code, 0)
        newest = db.ok("verify", "--json").json()["head"]
        self.assertEqual(restored.run("verify", "--expected-head", newest).code, 5)
        different, compared = differences(
            [json.dumps(ENTITY), '{"id":"b"}', '{"id":"c"}'], restored.ok("export").out.splitlines())
        self.assertEqual((different, compared), ([], 3))
        self.assertEqual(restored.ok("export").out, restored.ok("export").out)
        self.assertEqual(db.run("verify", "--expected-head", head["head"]).code, 0)
        state = max((self.scratch / "backup").rglob("*"), key=lambda path: path.stat().st_size)
        self.flip(state)
        broken = self.database("broken", init=False)
        self.assertIn(state.name, broken.fails(14, "restore", self.scratch / "backup"))
        self.assertFalse(os.path.exists(broken.directory))

    def flip(self, path, offset=None):
        content = bytearray(path.read_bytes())
        content[len(content) // 2 if offset is None else offset] ^= 1
        path.write_bytes(content)

    def test_verify_tells_torn_from_tampered(self):
        db = self.db
        for number in range(5):
            db.ok("put", json.dumps({"id": str(number), "metadata": {"text": "x" * 500}}))
        before = self.scratch / "before"
        shutil.copytree(db.directory, before)
        db.ok("put", '{"id":"more"}')
        segment = max((self.scratch / "db/log").glob("*.phl"))
        old = before / "log" / segment.name
        whole = segment.read_bytes()
        frames_bytes = len(old.read_bytes().rstrip(b"\0"))
        # The frame behind those that are known to be there, cut off: what a crash leaves behind.
        old.write_bytes(whole[:frames_bytes + 150])
        crashed = Phenix(BINARY, before, db.environment)
        torn = crashed.run("verify", "--json")
        self.assertEqual((torn.code, torn.json()["outcome"]), (3, "torn"), torn.out)
        crashed.ok("get", "4")
        crashed.fails(6, "get", "more")
        self.assertEqual(crashed.run("verify").code, 0)
        self.flip(segment, 400)
        tampered = db.run("verify", "--json")
        self.assertEqual((tampered.code, tampered.json()["outcome"]), (4, "tampered"))
        self.assertIn("offset", tampered.json()["detail"])
        segment.write_bytes(whole[:frames_bytes // 2])
        self.assertIn(db.run("verify").code, (4, 5))
        segment.write_bytes(whole)
        self.assertEqual(db.run("verify").code, 0)
        db.fails(2, "verify", "--pubkey", self.scratch / "no.pem")
        db.fails(1, "verify", "--expected-head", "nonsense")


class EncryptedWholeLife(WholeLife):
    encrypted = True

    def test_needs_its_key(self):
        self.db.ok("put", '{"id":"a","metadata":{"secret":"plainly visible words"}}')
        stored = b"".join(path.read_bytes() for path in (self.scratch / "db").rglob("*")
                          if path.is_file())
        self.assertNotIn(b"plainly visible words", stored)
        without = Phenix(BINARY, self.db.directory)
        self.assertIn("--kms", without.fails(1, "get", "a"))
        self.assertEqual(without.ok("verify").code, 0)
        wrong = Phenix(BINARY, self.scratch / "other",
                       {"PHENIX_DB_KMS_ENDPOINT": f"file:{self.scratch}/other.key"})
        wrong.ok("init", "--encrypt")
        wrong.directory = self.db.directory
        self.assertNotEqual(wrong.run("get", "a").code, 0)


def random_entity(number, source, count):
    def value(depth):
        kind = source.randrange(7 if depth < 3 else 5)
        if kind == 0:
            return source.choice([None, True, False])
        if kind == 1:
            return source.randrange(-2**63, 2**64)
        if kind == 2:
            return source.uniform(-1, 1) * 10.0 ** source.randrange(-300, 300)
        if kind < 5:
            return "".join(source.choice("aé\"\\\n/ €😀z") for _ in range(source.randrange(12)))
        if kind == 5:
            return [value(depth + 1) for _ in range(source.randrange(4))]
        return {f"k{i}": value(depth + 1) for i in source.sample(range(9), source.randrange(4))}

    edges = {}
    for _ in range(source.randrange(4)):
        target, label = f"e{source.randrange(count):05}", source.choice(["z", "a", "m"])
        edges[(label, target)] = {"label": label, "target": target,
                                  "weight": source.choice([1.0, source.gauss(0, 1)])}
        if source.random() < 0.3:
            edges[(label, target)]["properties"] = {"p": value(2)}
    return {"id": f"e{number:05}", "metadata": {f"f{i}": value(0) for i in source.sample(range(9), 3)},
            "vector": [source.gauss(0, 1) for _ in range(8)],
            "vectors": {"small": [source.uniform(-1, 1) * 10.0 ** source.randrange(-44, 38)]},
            "edges": list(edges.values())}


class ImportAndExport(Case):
    def entities(self, count, seed=11):
        source = random.Random(seed)
        print(f"[ covered  ] seed {seed}: {count} random entities")
        return [random_entity(number, source, count) for number in range(count)]

    def test_export_equals_import_and_imports_as_the_same_bytes(self):
        entities = self.entities(2500)
        path = self.file("in.jsonl", random.Random(3).sample(entities, len(entities)))
        report = self.db.ok("import", path, "--json", "--batch", "300").json()
        self.assertEqual((report["entities"], report["skipped"]), (2500, 0))
        self.assertFalse(Path(f"{path}.phenix-resume").exists())
        out = self.db.ok("export").out
        different, compared = differences(path.read_text().splitlines(), out.splitlines())
        self.assertEqual((different, compared), ([], 2500))
        ids = [json.loads(line)["id"] for line in out.splitlines()]
        self.assertEqual(ids, sorted(ids))
        again = self.database("again")
        again.ok("import", "-", stdin=out)
        self.assertEqual(again.ok("export").out, out)
        self.assertEqual(self.db.ok("verify").code, 0)

    def test_stops_at_the_faulty_line_and_goes_on_when_it_is_right(self):
        entities = self.entities(700)
        lines = [json.dumps(entity) for entity in entities]
        broken = lines[:450] + ['{"id":"e00450","vector":[1,2,"x"]}'] + lines[451:]
        path = self.file("in.jsonl", broken)
        said = self.db.fails(1, "import", path, "--batch", "100")
        offset = sum(len(line.encode()) + 1 for line in lines[:450])
        self.assertIn(f"line 451 (byte {offset}): vector[2]: expected a number", said)
        # Stubs of the targets are there as well.
        self.assertEqual(self.db.ok("count", "--filter", '{"$or": [{"f%d": {"$exists": true}}'
                                    % 0 + "".join(', {"f%d": {"$exists": true}}' % i
                                                  for i in range(1, 9)) + "]}").out, "450\n")
        self.file("in.jsonl", lines)
        report = self.db.ok("import", path, "--resume", "--json").json()
        self.assertEqual(report["entities"], 250)
        different, _ = differences(lines, self.db.ok("export").out.splitlines())
        self.assertEqual(different, [])

    def test_finds_the_line_that_the_database_refuses(self):
        lines = [json.dumps({"id": str(number), "vector": [1, 2]}) for number in range(50)]
        lines[33] = '{"id":"33","vector":[1,2,3]}'
        path = self.file("in.jsonl", lines)
        self.assertIn("line 34 (byte", self.db.fails(1, "import", path))
        self.assertEqual(self.db.ok("count").out, "33\n")
        lines[40] = "nonsense"
        self.file("in.jsonl", lines)
        skipping = self.db.run("import", path, "--on-error", "skip", "--json")
        self.assertEqual(skipping.code, 18)
        self.assertEqual(skipping.json()["skipped"], 2)
        self.assertIn("line 34", skipping.err)
        self.assertIn("line 41", skipping.err)
        self.assertEqual(self.db.ok("count").out, "48\n")

    def test_refuses_a_resume_file_that_does_not_fit(self):
        lines = [json.dumps({"id": str(number)}) for number in range(20)] + ["nonsense"]
        path = self.file("in.jsonl", lines)
        self.db.fails(1, "import", path)
        self.db.fails(8, "import", path, "--resume", "-c", "another")
        other = self.database("other")
        other.fails(8, "import", path, "--resume")
        self.file("in.jsonl", ['{"id":"changed"}'] + lines[1:])
        self.db.fails(8, "import", path, "--resume")
        self.file("in.jsonl", lines[:-1])
        self.assertEqual(self.db.ok("import", path, "--resume", "--json").json()["entities"], 0)
        self.db.fails(1, "import", "-", "--resume")

    def test_goes_on_after_kill(self):
        entities = [{"id": f"e{number:06}", "metadata": {"n": number}, "vector": [number, 1]}
                    for number in range(60000)]
        path = self.file("in.jsonl", entities)
        note = Path(f"{path}.phenix-resume")
        kills = 0
        for delay in (0.3, 0.6, 0.9):
            words = ["import", path, "--batch", "200", "--resume"]
            child = subprocess.Popen(self.db.command(*words), env=self.db.environment,
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            until = time.monotonic() + 60
            while not note.exists() and child.poll() is None and time.monotonic() < until:
                time.sleep(0.02)
            time.sleep(delay)
            if child.poll() is None:
                child.send_signal(signal.SIGKILL)
                kills += 1
            child.wait()
        print(f"[ covered  ] import killed {kills} times")
        self.db.ok("import", path, "--resume", "--batch", "1000")
        self.assertEqual(self.db.ok("count").out, "60000\n")
        different, compared = differences(path.read_text().splitlines(),
                                          self.db.ok("export").out.splitlines())
        self.assertEqual((different, compared), ([], 60000))

    def test_a_reader_that_goes_away_is_no_error(self):
        self.db.ok("import", "-", stdin="".join(json.dumps({"id": str(i), "metadata": {"t": "x" * 900}})
                                                + "\n" for i in range(2000)))
        child = subprocess.Popen(self.db.command("export", "-q"), env=self.db.environment,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertIn(b'"id"', child.stdout.readline())
        child.stdout.close()
        self.assertEqual(child.stderr.read(), b"")
        child.stderr.close()
        self.assertEqual(child.wait(), 0)


class Usage(Case):
    def test_wrong_words(self):
        db = self.db
        for words in ((), ("bogus",), ("get",), ("get", "a", "b"), ("get", "--bogus", "a"),
                      ("query", "--vector", "[1", ), ("query", "--filter", '{"$bogus": 1}'),
                      ("put", '{"id":'), ("put", '{"id":"a"}', "--mode", "bogus"),
                      ("query", "--vector", "[1]", "--vector-of", "a"), ("collection",),
                      ("init", "--signing", "bogus"), ("import", "x", "--on-error", "bogus")):
            if words[:1] != ("init",):
                db.fails(1, *words)
        db.fails(7, "init")
        fresh = self.database("fresh", init=False)
        fresh.fails(1, "init", "--signing", "bogus")
        fresh.fails(1, "init", "--encrypt")
        self.assertIn("phenix init", fresh.fails(6, "get", "a"))
        fresh.fails(6, "import", "/nowhere", data=True)
        db.fails(6, "import", self.scratch / "nowhere")

    def test_errors_as_json(self):
        said = json.loads(self.db.fails(6, "get", "zz", "--json"))
        self.assertEqual((said["error"]["code"], said["error"]["exit_code"]), ("not_found", 6))
        said = json.loads(self.db.fails(1, "bogus", "--json"))
        self.assertIn("bogus", said["error"]["message"])

    def test_directory_by_word_option_or_variable(self):
        self.db.ok("put", '{"id":"a"}')
        plain = Phenix(BINARY, self.db.directory)
        self.assertEqual(plain.ok("get", plain.directory, "a", data=False).json()["id"], "a")
        self.assertEqual(plain.ok("put", plain.directory, data=False, stdin='{"id":"b"}').code, 0)
        named = Phenix(BINARY, self.db.directory, {"PHENIX_DB_DATA": self.db.directory})
        self.assertEqual(named.ok("get", "a", data=False).json()["id"], "a")
        self.assertIn("which database", plain.fails(1, "get", "a", data=False))
        self.assertEqual(plain.ok("get", "--", "a").json()["id"], "a")
        plain.ok("put", '{"id":"verify"}')
        self.assertEqual(plain.ok("get", "verify").json()["id"], "verify")

    def test_only_one_process_has_it_open(self):
        until = time.monotonic() + 60
        codes = set()
        while 10 not in codes and time.monotonic() < until:
            child = subprocess.Popen(self.db.command("import", "-", "-q"), env=self.db.environment,
                                     stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                     stderr=subprocess.DEVNULL)
            # Either of the two may be first; the child keeps it until its input ends.
            while 10 not in codes and child.poll() is None and time.monotonic() < until:
                codes.add(self.db.run("stats").code)
            child.stdin.close()
            child.wait()
        self.assertIn(10, codes)
        self.assertLessEqual(codes, {0, 10})
        self.assertEqual(self.db.run("stats").code, 0)

    def test_help_names_what_the_reference_names(self):
        text = DOCUMENT.read_text()
        table = self.db.ok("help", "exit-codes").out
        for line in table.splitlines():
            number, meaning = line.split(None, 1)
            self.assertIn(f"| {number} | {meaning} |", text)
        listed = set(re.findall(r"^\| `phenix ([a-z]+(?: [a-z]+)?)", text, re.M))
        commands = set()
        options = 0
        for name in re.findall(r"^  ([a-z]+) ", self.db.ok("help").out.split("Subcommands:")[1], re.M):
            below = self.db.ok("help", name).out
            parts = below.split("Subcommands:")
            subcommands = re.findall(r"^  ([a-z]+) ", parts[1], re.M) if len(parts) > 1 else []
            for words in [[name, sub] for sub in subcommands] or [[name]]:
                commands.add(" ".join(words))
                for option in re.findall(r"--[a-z][a-z-]+", self.db.ok("help", *words).out):
                    options += 1
                    self.assertIn(option, text, f"{words} has it")
        server = {"serve", "config print", "config check"}  # left out of the embedded build
        self.assertEqual(listed - server, commands - server)
        self.assertLessEqual(commands & server, listed)
        print(f"[ covered  ] {len(commands)} commands, {options} options, "
              f"{len(table.splitlines())} exit codes against the reference page")


def tearDownModule():
    print(f"[ covered  ] {Phenix.runs} runs of phenix")


if __name__ == "__main__":
    BINARY = sys.argv.pop(1)
    unittest.main(verbosity=2)
