"""Drives the window under a virtual display, as a person would: keys and mouse in, its state out."""

import json
import os
import shutil
import struct
import subprocess
import tempfile
import time


def missing_tools():
    return [tool for tool in ("Xvfb", "xdotool") if shutil.which(tool) is None]


class Display:
    """A virtual screen, from which others take its name."""

    def __init__(self, width=1280, height=720):
        read, write = os.pipe()
        self.process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "+extension", "GLX"],
            pass_fds=[write],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        with os.fdopen(read) as pipe:
            self.name = ":" + pipe.readline().strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def film_size(path):
    """Width and height of an MP4, from its sample entry (ISO/IEC 14496-12, 12.1.3)."""
    with open(path, "rb") as file:
        data = file.read()
    at = data.index(b"stsd") + 44
    return struct.unpack(">HH", data[at:at + 4])


class Window:
    """The program in a folder of its own, with settings of its own."""

    def __init__(self, program, display, *arguments, folder=None):
        self.folder = folder or tempfile.mkdtemp(prefix="peekaboo-window-")
        self.state_file = os.path.join(self.folder, "state.json")
        if os.path.exists(self.state_file):
            os.remove(self.state_file)
        self.environment = dict(os.environ, DISPLAY=display.name, XDG_CONFIG_HOME=self.folder)
        self.environment.pop("WAYLAND_DISPLAY", None)
        self.process = subprocess.Popen(
            [program, "gui", "--state", self.state_file, *arguments],
            cwd=self.folder,
            env=self.environment,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate()

    def state(self):
        try:
            with open(self.state_file, encoding="utf-8") as file:
                return json.load(file)
        except FileNotFoundError:
            return {}

    def wait(self, what, description, seconds=15):
        """The first state for which `what` holds; its errors mean that it does not yet."""
        end = time.monotonic() + seconds
        state = {}
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise AssertionError(f"the program ended: {self.process.communicate()[1]}")
            state = self.state()
            try:
                if what(state):
                    return state
            except (KeyError, TypeError):
                pass
            time.sleep(0.02)
        raise AssertionError(f"never came: {description}; last state {json.dumps(state)}")

    def xdotool(self, *arguments):
        subprocess.run(["xdotool", *map(str, arguments)], env=self.environment, check=True,
                       stdout=subprocess.DEVNULL)

    def key(self, *keys):
        for key in keys:
            self.xdotool("key", "--clearmodifiers", key)

    def type(self, text):
        self.xdotool("type", "--delay", 60, text)

    def click(self, x, y, button=1):
        # ImGui looks once a frame: a press and its release must not fall into the same one.
        self.xdotool("mousemove", round(x), round(y), "sleep", "0.15", "mousedown", button, "sleep", "0.15",
                     "mouseup", button)

    def shift_click(self, x, y):
        self.xdotool("mousemove", round(x), round(y), "keydown", "shift", "sleep", "0.15", "mousedown", 1, "sleep",
                     "0.15", "mouseup", 1, "keyup", "shift")

    def double_click(self, x, y):
        # Slow enough for a frame to fall between any two, quick enough for one double click.
        self.xdotool("mousemove", round(x), round(y), "sleep", "0.15", "mousedown", 1, "sleep", "0.06", "mouseup", 1,
                     "sleep", "0.06", "mousedown", 1, "sleep", "0.06", "mouseup", 1)

    def drag(self, start, end, button=1, key=None):
        held = ["keydown", key, "sleep", "0.1"] if key else []
        path = []
        for i in range(1, 6):
            at = [round(a + (b - a) * i / 5) for a, b in zip(start, end)]
            path += ["mousemove", *at, "sleep", "0.08"]
        self.xdotool("mousemove", *map(round, start), "sleep", "0.15", *held, "mousedown", button, "sleep", "0.15",
                     *path, "mouseup", button, *(["keyup", key] if key else []))

    def resize(self, width, height):
        found = subprocess.run(["xdotool", "search", "--name", "^Peekaboo$"], env=self.environment, check=True,
                               capture_output=True, text=True).stdout.split()
        self.xdotool("windowsize", found[0], width, height)

    def quit(self):
        self.key("ctrl+q")
        self.process.wait(timeout=60)
        return self.process.returncode
