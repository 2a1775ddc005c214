"""Installs the program into an empty folder and runs it from somewhere else: it must find the scenes and the
model that were installed with it. Standard library only.

  install_test.py --build DIR
"""

import argparse
import json
import pathlib
import subprocess
import tempfile
import unittest

BUILD = None


class Install(unittest.TestCase):
    def test_an_installed_program_finds_what_it_needs(self):
        with tempfile.TemporaryDirectory() as folder:
            prefix = pathlib.Path(folder).resolve() / "with space"
            subprocess.run(["cmake", "--install", BUILD, "--prefix", prefix], check=True, capture_output=True)
            program = prefix / "bin" / "peekaboo-headless"

            def run(*arguments):
                return subprocess.run([program, *arguments], cwd="/", capture_output=True, text=True, check=True).stdout

            scene = json.loads(run("inspect", "--json", "voe/support/car"))[0]
            self.assertTrue(scene["model"].startswith(str(prefix)), scene["model"])
            self.assertIn(str(prefix / "share/peekaboo/models/infant.safetensors"), run("voe", "--help"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    arguments, rest = parser.parse_known_args()
    BUILD = arguments.build
    unittest.main(argv=["install_test.py", *rest])
