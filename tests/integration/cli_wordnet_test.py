"""The sample data set through the command line: import, get, query, verify, backup, restore, export.

    python3 cli_wordnet_test.py PHENIX PHENIX_SAMPLE
"""
import subprocess
import sys
import tempfile
from pathlib import Path

from phenix_command import Phenix, differences

DOG = "wn-n-02084071"


def make_sample(binary, path):
    made = subprocess.run([binary, "wordnet", "--output", str(path)], capture_output=True, check=False)
    return made.returncode, made.stderr.decode()


def check(binary, sample, scratch):
    lines = scratch / "wordnet.jsonl"
    code, said = make_sample(sample, lines)
    if code != 0:
        print(f"skipped: no WordNet here: {said.strip()}")
        return
    db = Phenix(binary, scratch / "db")
    db.ok("init")
    report = db.ok("import", lines, "-c", "wordnet", "--json").json()
    with lines.open() as text:
        count = sum(1 for _ in text)
    assert report["entities"] == count, report
    assert db.ok("count", "-c", "wordnet").out == f"{count}\n"
    dog = db.ok("get", DOG, "-c", "wordnet", "--edges").json()
    assert "dog" in dog["metadata"]["lemmas"], dog
    assert any(edge["label"] == "hypernym" for edge in dog["edges"]), dog["edges"]
    near = db.ok("query", "-c", "wordnet", "--vector-of", DOG, "-k", "10").lines()
    assert len(near) == 10 and all("score" in hit for hit in near), near
    assert [hit["distance"] for hit in near] == sorted(hit["distance"] for hit in near)
    assert db.run("verify").code == 0
    db.ok("backup", scratch / "backup")
    restored = Phenix(binary, scratch / "restored")
    restored.ok("restore", scratch / "backup")
    exported = scratch / "export.jsonl"
    with exported.open("wb") as out:
        subprocess.run(restored.command("export", "-c", "wordnet", "-q"), stdout=out,
                       env=restored.environment, check=True)
    with lines.open() as first, exported.open() as second:
        different, compared = differences(first, second)
    assert not different, f"{len(different)} entities differ, the first: {different[:3]}"
    print(f"[ covered  ] {compared} word senses: the export of the restored backup equals the import")


def main():
    with tempfile.TemporaryDirectory(prefix="phenix_wordnet_") as scratch:
        check(sys.argv[1], sys.argv[2], Path(scratch))


if __name__ == "__main__":
    main()
