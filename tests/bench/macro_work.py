"""A folder as bench/macro has them, with engines that are shell scripts."""

import os
import subprocess
import sys
import tempfile

TOP = os.environ.get("OIR_SOURCE_DIR") or os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
MACRO = os.path.join(TOP, "bench", "macro")


class MacroWork:
    """For a unittest.TestCase."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, path, content, mode=0o644):
        path = os.path.join(self.folder, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(content)
        os.chmod(path, mode)

    def read(self, path):
        with open(os.path.join(self.folder, path), encoding="utf-8") as file:
            return file.read()

    def start(self, name, *arguments):
        """Runs a command of bench/macro on the folder, with results in its `to`; answers its messages."""
        command = [sys.executable, "-B", os.path.join(MACRO, name), self.folder, *arguments]
        command += ["--to", os.path.join(self.folder, "to")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        return done.stderr

    def results(self, name):
        """The one folder of results, whose name ends so; its files' names, in which the folder is not named."""
        found = os.listdir(os.path.join(self.folder, "to"))
        self.assertEqual(len(found), 1)
        self.assertRegex(found[0], rf"^\d{{4}}-\d\d-\d\d-{name}$")
        to = os.path.join("to", found[0])
        files = sorted(os.listdir(os.path.join(self.folder, to)))
        for file in files:
            self.assertNotIn(self.folder, self.read(os.path.join(to, file)))
        return to, files
