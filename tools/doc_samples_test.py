"""The runner of the documents' samples runs what is marked, and notices what does not work.

    python3 tools/doc_samples_test.py
"""
import contextlib
import io
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

import doc_samples  # noqa: E402


FAKE_SERVER = f"""#!{sys.executable}
import http.server, sys
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(sys.argv[3].encode())
http.server.HTTPServer(("localhost", int(sys.argv[5])), Answer).serve_forever()
"""


def document(*blocks):
    """A document of blocks (marker, language, body)."""
    return "# Title\n\n" + "\n".join(
        (f"<!-- ci:{marker} -->\n" if marker else "Text.\n\n") + f"```{language}\n{body}\n```\n"
        for marker, language, body in blocks)


def outcome(*blocks):
    with contextlib.redirect_stdout(io.StringIO()):
        return doc_samples.run_document("a.md", document(*blocks), Path("/nowhere"))


class DocumentSamples(unittest.TestCase):
    def test_runs_marked_blocks_only(self):
        self.assertEqual(outcome(("run", "sh", "true"), ("", "sh", "false")), (1, 0))

    def test_runs_all_blocks_of_a_document_in_one_folder(self):
        self.assertEqual(outcome(("run", "sh", "echo 1 >file"), ("run", "sh", "cat file")), (2, 0))

    def test_notices_a_command_that_fails(self):
        self.assertEqual(outcome(("run", "sh", "true\nfalse\ntrue")), (1, 1))

    def test_notices_a_command_that_fails_inside_a_pipe(self):
        self.assertEqual(outcome(("run", "sh", "false | cat")), (1, 1))

    def test_compares_the_output_that_the_document_shows(self):
        self.assertEqual(outcome(("run", "sh", "echo a; echo b"), ("output", "text", "a\nb")), (1, 0))
        self.assertEqual(outcome(("run", "sh", "echo a"), ("output", "text", "b")), (1, 1))

    def test_lets_dots_stand_for_what_changes(self):
        self.assertEqual(outcome(("run", "sh", "echo took 12 ms; seq 9"),
                                 ("output", "text", "took ... ms\n...\n9")), (1, 0))
        self.assertEqual(outcome(("run", "sh", "echo took 12 s"), ("output", "text", "took ... ms")), (1, 1))

    def test_runs_a_block_beside_a_server_at_the_port_that_it_names(self):
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder, "phenix")
            program.write_text(FAKE_SERVER, encoding="utf-8")
            program.chmod(0o755)
            with contextlib.redirect_stdout(io.StringIO()):
                text = document(("serve shop", "sh", "curl -s http://localhost:8080/readyz"),
                                ("output", "text", "shop"))
                self.assertEqual(doc_samples.run_document("a.md", text, Path(folder)), (1, 0))

    def test_refuses_an_output_without_a_command(self):
        with self.assertRaises(ValueError):
            outcome(("output", "text", "a"))

    def test_refuses_to_run_another_language(self):
        with self.assertRaises(ValueError):
            outcome(("run", "python", "1"))


if __name__ == "__main__":
    unittest.main()
