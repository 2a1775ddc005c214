#!/usr/bin/env python3
"""The whole window under a virtual display: what people do, and what the program then says it shows."""

import argparse
import os
import subprocess
import sys
import tempfile
import unittest

import driver

PROGRAM = ""
DISPLAY = None


def perceiving(state):
    return state["read"] and state["perceived"] >= 3


class WindowTest(unittest.TestCase):
    def open(self, *arguments, folder=None):
        window = driver.Window(PROGRAM, DISPLAY, *arguments, folder=folder)
        self.addCleanup(window.__exit__)
        window.wait(perceiving, "a first frame that was perceived")
        return window

    def test_time(self):
        window = self.open()
        window.wait(lambda s: s["moment"] >= 20, "twenty moments")
        window.key("space")
        still = window.wait(lambda s: not s["playing"] and s["moment"] == s["newest"], "a pause")
        window.key("Left", "Left")
        window.wait(lambda s: s["moment"] == still["moment"] - 2, "two steps back")
        window.key("Right")
        window.wait(lambda s: s["moment"] == still["moment"] - 1, "a step on")
        window.click(window.widget("Surprise/surprise/plot", across=0.05))
        window.wait(lambda s: s["moment"] < still["moment"] - 2, "a click into the strip")
        window.key("End")
        window.wait(lambda s: s["moment"] == still["newest"], "back to the newest moment")
        window.key("Right")
        after = window.wait(lambda s: s["newest"] == still["newest"] + 1, "a new moment")
        self.assertFalse(after["playing"])
        window.key("equal")
        window.wait(lambda s: s["speed"] == 2, "twice as fast")
        window.key("n")
        window.wait(lambda s: s["draw"] == after["draw"] + 1 and s["frame"] == 0, "another draw")
        window.key("space")
        window.wait(lambda s: s["playing"] and s["frame"] >= 2, "it plays on")
        self.assertEqual(window.quit(), 0)

    def test_scenes(self):
        window = self.open()
        window.key("ctrl+o")
        window.wait(lambda s: s["picker"] and s["typing"], "the picker")
        window.type("grhang")
        window.key("Return")
        window.wait(lambda s: s["scene"] == "voe/gravity/hang" and not s["picker"], "the scene that was picked")
        window.key("F1")
        window.wait(lambda s: s["help"], "the help")
        window.key("Escape")
        window.wait(lambda s: not s["help"], "no help")

    def test_wand(self):
        window = self.open("--seed", "1")
        window.key("space")
        window.wait(lambda s: not s["playing"], "a pause")
        window.key("r")
        state = window.wait(lambda s: s["frame"] == 0, "the beginning")
        for _ in range(8):
            window.key("Right")
        state = window.wait(lambda s: s["frame"] == 8 and s["perceived"] == s["moment"], "eight frames")
        before = state["moment"]
        window.click(window.widget("Stage/Vanish"))
        window.click(window.thing("car"))
        window.key("Right", "Right")
        state = window.wait(lambda s: s["perceived"] == before + 2, "two frames after the wand")
        self.assertEqual(state["violations"], 1)
        self.assertGreaterEqual(state["alarms"], 1, state)
        self.assertNotIn("car", state["places"])

    def test_behind_a_screen(self):
        window = self.open("voe/permanence/roll", "--seed", "2")
        window.key("space")
        window.wait(lambda s: not s["playing"], "a pause")
        window.key("r")
        window.wait(lambda s: s["frame"] == 0, "the beginning")
        for _ in range(16):
            window.key("Right")
        window.wait(lambda s: s["frame"] == 16, "a ball behind its screen")
        window.key("v")
        window.click(window.thing("ball"), key="shift")
        state = window.wait(lambda s: "ball" not in s["places"], "a vanished ball")
        self.assertIn("screen", state["places"], "the screen is still there")

    def test_status_bar(self):
        window = self.open()
        window.key("ctrl+equal")  # with other letters everything is elsewhere
        window.wait(lambda s: s["font_scale"] == 1.125, "bigger letters")
        for button, layout in (("Learn", "learn"), ("Plan", "plan"), ("Watch", "watch")):
            window.click(window.widget(f"Status bar/{button}"))
            window.wait(lambda s: s["layout"] == layout, f"the layout {layout}")
        window.click(window.widget("Status bar/Open"))
        window.wait(lambda s: s["picker"], "the picker")
        window.key("Escape")
        window.click(window.widget("Status bar/Help"))
        window.wait(lambda s: s["help"], "the help")

    def test_mouse(self):
        """What else people click: a list that opens, a list that is typed for, a bar between panels."""
        window = self.open()
        window.click(window.widget("Scene/speed"))
        window.click(window.widget("Scene/speed/0.5 x"))
        window.wait(lambda s: s["speed"] == 0.5, "half as fast")
        window.click(window.widget("Scene/Pause"))
        window.wait(lambda s: not s["playing"], "a pause")
        window.widget("Scene/Play")
        window.click(window.widget("Status bar/Open"))
        window.wait(lambda s: s["typing"], "the picker")
        window.type("hang")
        window.click(window.widget("Open a scene/voe/gravity/hang"))
        window.wait(lambda s: s["scene"] == "voe/gravity/hang" and not s["picker"], "the scene that was clicked")
        x, y = window.widget("Stage/bar")
        below = window.rectangle("Surprise")
        window.drag((x, y), (x, y - 50))
        window.wait(lambda s: abs(s["widgets"]["Surprise"][1] - below[1] + 50) <= 2, "a higher strip")

    def test_a_widget_that_is_missing(self):
        window = self.open()
        with self.assertRaisesRegex(AssertionError, "no 'Stage/banish' among the widgets: .*Stage/Vanish"):
            window.widget("Stage/banish", seconds=1)

    def test_hand(self):
        window = self.open("voe/support/car", "--seed", "1")
        window.key("space")
        window.wait(lambda s: not s["playing"], "a pause")
        window.key("r")
        window.wait(lambda s: s["frame"] == 0, "the beginning")
        for attempt in range(3):  # on a busy machine two clicks may be too far apart
            window.wait(lambda s: s["frame"] == 0 and s["perceived"] == s["moment"], "a still stage")
            x, y = window.thing("car")
            window.double_click((x, y))
            try:
                window.wait(lambda s: s["selected"] == "car", "a selected car", seconds=5)
                break
            except AssertionError:
                if attempt == 2:
                    raise
        window.drag((x, y), (x + 60, y - 60), button=3, key="ctrl")
        state = window.wait(lambda s: s["places"]["car"][1] < y - 30, "a car that was moved")
        self.assertAlmostEqual(state["places"]["car"][0], x + 60, delta=30)
        window.drag((x + 60, y - 60), (x + 160, y - 60), button=1, key="ctrl")
        before = state["angles"]["car"]
        window.key("Right")
        window.wait(lambda s: s["frame"] == 1 and s["angles"]["car"] > before + 0.3, "a car that was turned")

    def test_plan(self):
        """A task with a model that has only watched: who moves the body, and where the goal is, is chosen all the same."""
        watcher = os.path.join(os.path.dirname(__file__), "..", "..", "models", "infant.safetensors")
        window = self.open("tasks/reach", "--seed", "1", "--model", watcher)
        state = window.wait(lambda s: s["mode"] == "goal" and s["hindrance"], "a task that cannot be planned")
        self.assertEqual(state["layout"], "plan")
        self.assertIn("has learned no actions", state["hindrance"])
        window.click(window.widget("Plan/play"))
        window.wait(lambda s: s["mode"] == "play", "play")
        before = window.thing("hand")
        window.wait(lambda s: abs(s["places"]["hand"][0] - before[0]) > 3, "a hand that moved")
        window.click(window.widget("Plan/wait for plans"))
        window.wait(lambda s: s["lock_step"], "waiting for plans")
        window.click(window.widget("Plan/planner"))
        window.click(window.widget("Plan/planner/gradient"))
        window.click(window.widget("Plan/watch"))
        window.wait(lambda s: s["mode"] == "watch", "nobody moves it")
        window.key("space")
        window.wait(lambda s: not s["playing"], "a pause")
        x, y = window.thing("goal of hand")
        window.drag((x, y), (x + 60, y + 40))
        state = window.wait(lambda s: abs(s["places"]["goal of hand"][0] - x - 60) < 12, "a goal that was dragged")
        self.assertAlmostEqual(state["places"]["goal of hand"][1], y + 40, delta=12)
        window.key("1")
        window.wait(lambda s: s["layout"] == "watch", "the layout of watching")
        window.key("3")
        window.wait(lambda s: s["layout"] == "plan", "the layout of planning")

    def test_acting(self):
        """Where no model is named, the one that is shipped for the task's stage acts."""
        window = self.open("tasks/reach", "--seed", "1")
        window.wait(lambda s: s["plans"] >= 2 and not s["hindrance"], "plans", seconds=120)
        self.assertEqual(window.state()["model"], "table.safetensors")

    def test_learning(self):
        folder = tempfile.mkdtemp(prefix="peekaboo-window-")
        window = self.open(folder=folder)
        window.key("2")
        window.wait(lambda s: s["layout"] == "learn", "the other layout")
        window.key("t")
        window.wait(lambda s: s["learning"] and s["steps"] >= 3, "some steps", seconds=120)
        window.key("t")
        window.wait(lambda s: not s["learning"], "no more learning")
        window.key("ctrl+shift+s")
        model = os.path.join(folder, "peekaboo-model.safetensors")
        window.wait(lambda _: os.path.exists(model), "a saved model")
        self.assertEqual(window.quit(), 0)
        again = driver.Window(PROGRAM, DISPLAY, "--model", model, folder=folder)
        self.addCleanup(again.__exit__)
        state = again.wait(lambda s: s["model"] == "peekaboo-model.safetensors", "the saved model, loaded")
        self.assertEqual(state["layout"], "learn", "kept from the last time")

    def test_window(self):
        folder = tempfile.mkdtemp(prefix="peekaboo-window-")
        window = self.open(folder=folder)
        window.resize(900, 600)
        window.wait(lambda s: (s["width"], s["height"]) == (900, 600), "another size")
        window.key("ctrl+equal", "ctrl+equal")
        window.wait(lambda s: s["font_scale"] == 1.25, "bigger letters")
        window.key("F2")
        window.wait(lambda s: not s["dark"], "light colours")
        window.key("ctrl+s")
        window.wait(lambda _: os.path.exists(os.path.join(folder, "peekaboo-1.png")), "a screenshot")
        window.key("ctrl+r")
        window.wait(lambda s: s["recording"] == "peekaboo-1.mp4", "a recording")
        frames = window.state()["frames"]
        window.wait(lambda s: s["frames"] > frames + 5, "some frames")
        window.key("ctrl+r")
        window.wait(lambda _: os.path.exists(os.path.join(folder, "peekaboo-1.mp4")), "a film")
        window.move(*window.widget("Stage"))
        left, top, right, bottom = window.rectangle("Stage")
        window.key("ctrl+shift+r")
        window.wait(lambda s: s["recording"] == "peekaboo-2.mp4", "a recording of the stage")
        frames = window.state()["frames"]
        window.wait(lambda s: s["frames"] > frames + 5, "some frames")
        window.key("ctrl+shift+r")
        film = os.path.join(folder, "peekaboo-2.mp4")
        window.wait(lambda _: os.path.exists(film), "a film of the stage")
        width, height = driver.film_size(film)
        self.assertAlmostEqual(width, right - left, delta=2)
        self.assertAlmostEqual(height, bottom - top, delta=2)
        window.key("ctrl+e")
        window.wait(lambda _: os.path.exists(os.path.join(folder, "peekaboo-surprise.csv")), "a table")
        self.assertEqual(window.quit(), 0)
        again = self.open(folder=folder)
        state = again.state()
        self.assertEqual((state["width"], state["height"], state["font_scale"], state["dark"]),
                         (900, 600, 1.25, False))

    def test_reload(self):
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../scenes/voe/gravity/hang.toml")
        folder = tempfile.mkdtemp(prefix="peekaboo-window-")
        scene = os.path.join(folder, "hang.toml")
        with open(source, encoding="utf-8") as file:
            text = file.read()
        root = os.path.dirname(os.path.abspath(source))
        text = text.replace('"../', f'"{root}/../')
        with open(scene, "w", encoding="utf-8") as file:
            file.write(text)
        window = self.open(scene, folder=folder)
        window.wait(lambda s: s["frame"] > 5, "some frames")
        episode = window.state()["episode"]
        window.key("space")
        window.wait(lambda s: not s["playing"], "a pause")
        with open(scene, "a", encoding="utf-8") as file:
            file.write("\n# changed\n")
        window.wait(lambda s: s["episode"] > episode and s["frame"] == 0, "the scene again")

    def test_no_display(self):
        environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
        done = subprocess.run([PROGRAM, "gui"], env=environment, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("there is no display here", done.stderr)

    def test_screenshot_that_cannot_be_written(self):
        environment = dict(os.environ, DISPLAY=DISPLAY.name)
        done = subprocess.run([PROGRAM, "gui", "--fresh", "--seconds", "1", "--screenshot", "/nowhere/a.png"],
                              env=environment, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("/nowhere/a.png", done.stderr)

    def test_screenshot_of_a_window_that_stays_open(self):
        done = subprocess.run([PROGRAM, "gui", "--screenshot", "a.png"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("--screenshot requires --seconds", done.stderr)

    def test_damaged_settings(self):
        folder = tempfile.mkdtemp(prefix="peekaboo-window-")
        os.mkdir(os.path.join(folder, "peekaboo"))
        path = os.path.join(folder, "peekaboo", "window.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write("font_scale = 90\n")
        window = self.open(folder=folder)
        self.assertEqual(window.state()["font_scale"], 1)
        self.assertEqual(window.quit(), 0)
        with open(path, encoding="utf-8") as file:
            self.assertEqual(file.read(), "font_scale = 90\n", "left as it is")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    arguments, rest = parser.parse_known_args()
    global PROGRAM, DISPLAY
    PROGRAM = os.path.abspath(arguments.program)
    missing = driver.missing_tools()
    if missing:
        print(f"skipped: {', '.join(missing)} not installed")
        return 77
    with driver.Display() as DISPLAY:
        return 0 if unittest.main(argv=[sys.argv[0], *rest], exit=False).result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
