"""Drives the window under a virtual display, as a person would: keys and mouse in, its state out. Where to
click is said by name, of a widget or of a thing on the stage; the state says where these are."""

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
        self.window = None
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
        state.pop("widgets", None)  # too long to be read
        raise AssertionError(f"never came: {description}; last state {json.dumps(state)}")

    def xdotool(self, *arguments):
        subprocess.run(["xdotool", *map(str, arguments)], env=self.environment, check=True,
                       stdout=subprocess.DEVNULL)

    def key(self, *keys):
        for key in keys:
            self.xdotool("key", "--clearmodifiers", key)

    def type(self, text):
        self.xdotool("type", "--delay", 60, text)

    def rectangle(self, name, kind="widgets", seconds=15):
        """Where a widget is, [left, top, right, bottom]; where a thing on the stage is, [x, y]. It has to stay
        there for a frame: what has only begun to show, or moves, would be missed by a click."""
        last = {}

        def stays(state):
            nonlocal last
            if state["frames"] == last.get("frames"):
                return False
            before, last = last, state
            return before[kind][name] == state[kind][name]

        try:
            return self.wait(stays, f"{name} that stays where it is", seconds)[kind][name]
        except AssertionError as error:
            names = self.state().get(kind, {})
            if self.process.poll() is not None or name in names:
                raise
            raise AssertionError(f"no {name!r} among the {kind}: {', '.join(sorted(names))}") from error

    def widget(self, name, across=0.5, down=0.5, seconds=15):
        """A point of a widget, its middle unless said otherwise."""
        left, top, right, bottom = self.rectangle(name, seconds=seconds)
        return round(left + across * (right - left)), round(top + down * (bottom - top))

    def thing(self, name):
        """The middle of a thing on the stage."""
        return tuple(map(round, self.rectangle(name, "places")))

    def move(self, x, y):
        self.xdotool("mousemove", "--window", self.number(), x, y)
        self.wait(lambda s: s["mouse"]["at"] == [x, y], f"the mouse at {x}, {y}")

    def press(self, button=1):
        self.xdotool("mousedown", button)
        self.wait(lambda s: button in s["mouse"]["down"], f"button {button} down")

    def release(self, button=1):
        self.xdotool("mouseup", button)
        self.wait(lambda s: button not in s["mouse"]["down"], f"button {button} up")

    def click(self, point, button=1, key=None):
        """Each step in a frame of its own: ImGui looks once a frame."""
        self.move(*point)
        if key:
            self.xdotool("keydown", key)
        self.press(button)
        self.release(button)
        if key:
            self.xdotool("keyup", key)

    def double_click(self, point):
        # Slow enough for a frame to fall between any two, quick enough for one double click.
        self.move(*point)
        self.xdotool("mousedown", 1, "sleep", "0.06", "mouseup", 1, "sleep", "0.06", "mousedown", 1, "sleep", "0.06",
                     "mouseup", 1)
        # A press in the same frame as the last release would be lost: the item is still held by button 1.
        self.next_frame()

    def next_frame(self):
        """A frame that began after everything that was sent. The frame being made may have looked before."""
        sent = self.state().get("frames", 0)
        self.wait(lambda s: s["frames"] >= sent + 2, "two more frames")

    def drag(self, start, end, button=1, key=None):
        self.move(*start)
        if key:
            self.xdotool("keydown", key)
        self.press(button)
        for i in range(1, 6):
            self.move(*(round(a + (b - a) * i / 5) for a, b in zip(start, end)))
        self.release(button)
        if key:
            self.xdotool("keyup", key)

    def number(self):
        """Of the window, as the display counts."""
        if self.window is None:
            found = subprocess.run(["xdotool", "search", "--name", "^Peekaboo$"], env=self.environment, check=True,
                                   capture_output=True, text=True).stdout.split()
            self.window = found[0]
        return self.window

    def resize(self, width, height):
        self.xdotool("windowsize", self.number(), width, height)

    def quit(self):
        self.key("ctrl+q")
        self.process.wait(timeout=60)
        return self.process.returncode
