"""Reads the tree as a critic would: includes and links that the table of rooms does not have, links that
nothing uses, words that a room or a file may not use, long files and classes, missing READMEs, paths of
somebody's machine, window libraries in the headless program. Standard library only.

  layering_test.py --source DIR [--headless PROGRAM] [--classes COUNT]
  layering_test.py --self-test     shows that each rule can fail
"""

import argparse
import dataclasses
import pathlib
import re
import subprocess
import sys
import tempfile

MAX_LINES = 400

# A class is as long as its definition in the header and those of its members in all files together.
MAX_CLASS_LINES = 450

# Which rooms a room may include and link, beside itself.
MAY_USE = {
    "base": [],
    "sim": ["base"],
    "worldmodel": ["base"],
    "agent": ["base", "sim", "worldmodel"],
    "lab": ["base", "sim", "worldmodel", "agent"],
    "ui": ["base", "sim", "worldmodel", "agent"],
    "app": ["base", "sim", "worldmodel", "agent", "lab", "ui"],
}
ROOMS = list(MAY_USE)

WINDOW = r"imgui|GLFW/"
TORCH = r"torch/|ATen/|c10/"
MUJOCO = r"mujoco/"
THREADS = r"(thread|future|pthread\.h)$"

# What a room must never include, not even through a header of a room below it.
FORBIDDEN_INCLUDES = {
    "base": [MUJOCO, TORCH, WINDOW],
    "sim": [TORCH, WINDOW],
    "worldmodel": [MUJOCO, WINDOW],
    "agent": [WINDOW],
    "lab": [WINDOW],
}
# The same, for a folder's own files only.
FORBIDDEN_OWN_INCLUDES = {
    "worldmodel": [THREADS],
    # Planners search over tensors; they know neither stage nor Session.
    "agent/planning": [r"sim/", r"agent/(?!planning/)", MUJOCO, THREADS],
}

FORBIDDEN_WORDS = {
    "worldmodel": [r"std::j?thread\b", r"std::async\b", r"\bpthread_"],
    "ui": [r"\bmj_step", r"\btorch::optim\b", r"\bbackward\s*\("],
}

# What only one file of a room may use; the others go through it.
WIDGETS = (r"\bImGui::(\w*Button|Checkbox|Selectable|(Begin)?Combo|(V?Slider|Drag|Input)\w+"
           r"|TreeNode\w*|CollapsingHeader|MenuItem|BeginTabItem)\s*\(")
ONLY_IN = {"ui": [(WIDGETS, "ui/widgets.cc")]}

FOLDERS_WITH_README = ROOMS + ["scenes", "tests"]

# Ours are loaded by nobody else. Distributions' LibTorch and video codecs load X11 and even Qt for
# purposes of their own, so for these only a direct link counts.
WINDOW_LIBRARIES = r"lib(glfw|imgui)"
DIRECT_WINDOW_LIBRARIES = r"lib(X11|xcb|wayland-client|GLX|GL|SDL2?|glut|Qt\w+|gtk)\b"

# The folders in which people and build machines keep their checkouts.
MACHINE_PATH = re.compile(rb"(?<![\w.})/-])/(?:home|Users|root|work|mnt)/[A-Za-z]")

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
COMMENT_OR_STRING = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.DOTALL)


@dataclasses.dataclass
class Source:
    path: str  # from the root of the tree
    room: str
    includes: list
    code: str  # without comments and strings


def read_sources(root):
    sources = {}
    for room in ROOMS:
        for path in sorted((root / room).rglob("*")):
            if path.suffix in (".h", ".cc"):
                text = path.read_text()
                name = path.relative_to(root).as_posix()
                includes = [match[1] for match in INCLUDE.findall(text)]
                code = COMMENT_OR_STRING.sub(lambda found: " " + "\n" * found[0].count("\n"), text)
                sources[name] = Source(name, room, includes, code)
    return sources


def closure(sources, name):
    """Every include that `name` sees, with the file that has it."""
    seen = {}
    waiting = [name]
    visited = set()
    while waiting:
        current = waiting.pop()
        if current in visited or current not in sources:
            continue
        visited.add(current)
        for include in sources[current].includes:
            seen.setdefault(include, current)
            waiting.append(include)
    return seen


def check_includes(sources):
    for source in sources.values():
        for include in source.includes:
            room = include.split("/")[0]
            if room in ROOMS and room != source.room and room not in MAY_USE[source.room]:
                yield f"{source.path}: {source.room} may not include {include}"
            for folder, patterns in FORBIDDEN_OWN_INCLUDES.items():
                if source.path.startswith(folder + "/") and any(re.match(p, include) for p in patterns):
                    yield f"{source.path}: {folder} may not include {include}"
        for include, via in closure(sources, source.path).items():
            for pattern in FORBIDDEN_INCLUDES.get(source.room, []):
                if re.match(pattern, include) or re.search(r"/" + pattern, include):
                    through = "" if via == source.path else f" (through {via})"
                    yield f"{source.path}: {source.room} may not include {include}{through}"


def check_words(sources):
    for source in sources.values():
        for pattern in FORBIDDEN_WORDS.get(source.room, []):
            found = re.search(pattern, source.code)
            if found:
                yield f"{source.path}: {source.room} may not use {found.group()}"
        for pattern, only in ONLY_IN.get(source.room, []):
            found = re.search(pattern, source.code)
            if found and source.path != only:
                yield f"{source.path}: only {only} may use {found.group()}"


def check_sub_rooms(sources):
    """Includes between the sub-rooms of a room go one way; files of no sub-room do not count."""
    uses = {}
    for source in sources.values():
        here = tuple(source.path.split("/")[:-1])
        for include in source.includes:
            there = tuple(include.split("/")[:-1])
            if there != here and there[:1] == here[:1] and min(len(here), len(there)) > 1:
                uses.setdefault(here, {}).setdefault(there, source.path)
    for start in sorted(uses):
        waiting, reached = list(uses[start]), set()
        while waiting:
            current = waiting.pop()
            if current not in reached:
                reached.add(current)
                waiting += uses.get(current, [])
        if start in reached:
            yield f"{'/'.join(start)}: its includes lead back to it"


def links_of(root, room):
    """The rooms that the target of a room names in its CMakeLists.txt."""
    path = root / room / "CMakeLists.txt"
    text = re.sub(r"#[^\n]*", "", path.read_text()) if path.is_file() else ""
    calls = re.findall(r"(?:peekaboo_room|target_link_libraries)\s*\(([^)]*)\)", text)
    return {link for call in calls for link in re.findall(r"\bpeekaboo_(\w+)", call)
            if link in ROOMS and link != room}


def check_links(root, sources):
    for room in ROOMS:
        used = {include.split("/")[0] for source in sources.values() if source.room == room
                for include in source.includes}
        for link in sorted(links_of(root, room)):
            if link not in MAY_USE[room]:
                yield f"{room}: may not link {link}"
            elif link not in used:
                yield f"{room}: links {link} and includes nothing of it"


def body_end(code, brace):
    """The index after the brace that closes the one at `brace`."""
    depth = 0
    for match in re.compile(r"[{}]").finditer(code, brace):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return match.end()
    return len(code)


def class_lines(sources):
    """{room::Class: lines}: its definition, and the definitions of its members wherever they are."""
    definition = re.compile(r"^(?:class|struct) (\w+)[^;{}()]*\{", re.MULTILINE)
    member = re.compile(r"^(?!\s|#|namespace|using|class |struct )[^;{}]*?\b(\w+)::~?\w+\([^;{}]*\)[^;{}]*"
                        r"(?:\{[^{}]*\},?[^;{}]*)*\{", re.MULTILINE)
    lines = {}
    for source in sources.values():
        for pattern in (definition, member):
            for match in pattern.finditer(source.code):
                name = f"{source.room}::{match[1]}"
                end = body_end(source.code, match.end() - 1)
                lines[name] = lines.get(name, 0) + source.code.count("\n", match.start(), end) + 1
    return lines


def check_classes(sources):
    for name, lines in class_lines(sources).items():
        if lines > MAX_CLASS_LINES:
            yield f"{name}: {lines} lines; at most {MAX_CLASS_LINES}: it has more than one duty"


def check_readmes(root):
    for folder in FOLDERS_WITH_README:
        if (root / folder).is_dir() and not (root / folder / "README.md").is_file():
            yield f"{folder}: has no README.md"


def listed_files(root):
    """What git would commit; without git, everything but builds and runs."""
    listing = subprocess.run(
        ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True, check=False)
    if listing.returncode == 0:
        names = [name.decode() for name in listing.stdout.split(b"\0") if name]
    else:
        names = [path.relative_to(root).as_posix() for path in root.rglob("*")]
        names = [name for name in names if name.split("/")[0] not in (".git", "build", "runs")]
    return [name for name in names if (root / name).is_file()]


def check_files(root, names):
    for name in names:
        content = (root / name).read_bytes()
        found = MACHINE_PATH.search(content)
        if found:
            line = content.count(b"\n", 0, found.start()) + 1
            yield f"{name}:{line}: names a folder of somebody's machine"
        is_code = name.endswith((".h", ".cc", ".py", ".cmake")) or name.startswith("scripts/")
        lines = content.count(b"\n")
        if is_code and lines > MAX_LINES:
            yield f"{name}: {lines} lines; at most {MAX_LINES}: it holds more than one concept"


def check_libraries(all_libraries, direct_libraries):
    for library in all_libraries:
        if re.match(WINDOW_LIBRARIES, library):
            yield f"the headless program loads {library}"
    for library in direct_libraries:
        if re.match(DIRECT_WINDOW_LIBRARIES, library):
            yield f"the headless program links {library}"


def libraries_of(program):
    ldd = subprocess.run(["ldd", program], capture_output=True, text=True, check=True)
    everything = re.findall(r"^\s*(lib\S+)", ldd.stdout, re.MULTILINE)
    objdump = subprocess.run(["objdump", "-p", program], capture_output=True, text=True, check=True)
    return everything, re.findall(r"^\s*NEEDED\s+(\S+)", objdump.stdout, re.MULTILINE)


def complaints(root, names):
    sources = read_sources(root)
    yield from check_includes(sources)
    yield from check_words(sources)
    yield from check_links(root, sources)
    yield from check_sub_rooms(sources)
    yield from check_classes(sources)
    yield from check_readmes(root)
    yield from check_files(root, names)


def self_test():
    """A tree that breaks every rule once, and beside each the same thing allowed."""
    somewhere = "/".join(["", "home", "somebody", "peekaboo"])
    files = {
        "sim/torch.h": "#include <torch/torch.h>\n",
        "sim/world/world.h": "#include <mujoco/mujoco.h>\n",
        "sim/up.h": '#include "lab/trial.h"\n',
        "sim/fine.cc": "// torch/torch.h, std::thread\n#include <thread>\nstd::thread t;\n",
        "sim/where.h": f'const char* kPath = "{somewhere}";\n',
        "sim/long.cc": "\n" * (MAX_LINES + 1),
        "sim/README.md": "sim\n",
        "worldmodel/sees_mujoco.h": '#include "sim/world/world.h"\n',
        "worldmodel/threads.cc": "#include <thread>\n",
        "agent/planning/stage.cc": '#include "agent/planning/planner.h"\n#include "sim/deep.h"\n',
        "worldmodel/async.cc": "auto f = std::async(g);\n",
        "worldmodel/fine.cc": '// std::async\nconst char* s = "pthread_create";\n',
        "worldmodel/README.md": "worldmodel\n",
        "lab/trial.h": "#include <imgui.h>\n",
        "lab/plot.h": '#include "backends/imgui_impl_glfw.h"\n',
        "lab/CMakeLists.txt": "peekaboo_room(lab peekaboo_ui peekaboo_agent peekaboo_options)  # peekaboo_sim\n",
        "agent/big.h": "class Big {" + "\n" * (MAX_CLASS_LINES // 3) + "};\n",
        "agent/big_one.cc": "void Big::One() {" + "\n" * (MAX_CLASS_LINES // 3) + "}\n",
        "agent/big_two.cc": "int Big::Two(int n) const {" + "\n" * (MAX_CLASS_LINES // 3) + "}\n",
        "agent/CMakeLists.txt": "peekaboo_room(agent peekaboo_sim)\n",
        "agent/README.md": "agent\n",
        "agent/uses.h": '#include "sim/world/world.h"\n',
        "ui/panel.cc": "#include <imgui.h>\nvoid f() { loss.backward(); }\n",
        "ui/chart.cc": 'bool f() { return ImGui::SmallButton("x"); }\n',
        "ui/widgets.cc": 'bool f() { return ImGui::Button("x"); }\n',
        "base/a/one.h": '#include "base/b/two.h"\n',
        "base/b/two.h": '#include "base/c/three.h"\n',
        "base/c/three.h": '#include "base/b/four.h"\n',
        "base/README.md": "base\n",
        "ui/sideways.h": '#include "lab/trial.h"\n',
        "ui/README.md": "relative sim/work/x and https://host/home/page are no paths\n",
    }
    expected = {
        f"agent::Big: {MAX_CLASS_LINES // 3 * 3 + 3} lines; at most {MAX_CLASS_LINES}: it has more than one duty",
        "base/b: its includes lead back to it",
        "base/c: its includes lead back to it",
        "lab: links agent and includes nothing of it",
        "lab: may not link ui",
        "ui/sideways.h: ui may not include lab/trial.h",
        "lab/plot.h: lab may not include backends/imgui_impl_glfw.h",
        "lab/trial.h: lab may not include imgui.h",
        "lab: has no README.md",
        "sim/long.cc: 401 lines; at most 400: it holds more than one concept",
        "sim/torch.h: sim may not include torch/torch.h",
        "sim/up.h: sim may not include imgui.h (through lab/trial.h)",
        "sim/up.h: sim may not include lab/trial.h",
        "sim/where.h:1: names a folder of somebody's machine",
        "ui/panel.cc: ui may not use backward(",
        "ui/chart.cc: only ui/widgets.cc may use ImGui::SmallButton(",
        "worldmodel/async.cc: worldmodel may not use std::async",
        "worldmodel/sees_mujoco.h: worldmodel may not include sim/world/world.h",
        "worldmodel/sees_mujoco.h: worldmodel may not include mujoco/mujoco.h (through sim/world/world.h)",
        "worldmodel/threads.cc: worldmodel may not include thread",
        "agent/planning/stage.cc: agent/planning may not include sim/deep.h",
    }
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        found = set(complaints(root, list(files)))
    found_libraries = set(check_libraries(["libglfw.so.3", "libX11.so.6", "libQt5Gui.so.5"], ["libEGL.so.1"]))
    found_libraries |= set(check_libraries([], ["libX11.so.6", "libOpenGL.so.0", "libQt5Gui.so.5"]))
    expected_libraries = {"the headless program loads libglfw.so.3",
                          "the headless program links libX11.so.6",
                          "the headless program links libQt5Gui.so.5"}
    return [f"self-test: {'missed' if one in expected | expected_libraries else 'wrong'}: {one}"
            for one in sorted((found ^ expected) | (found_libraries ^ expected_libraries))]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--source", type=pathlib.Path)
    parser.add_argument("--headless")
    parser.add_argument("--classes", type=int, default=0, help="print so many of the longest classes")
    parser.add_argument("--self-test", action="store_true")
    arguments = parser.parse_args()
    if arguments.self_test:
        problems = self_test()
    else:
        problems = list(complaints(arguments.source, listed_files(arguments.source)))
        if arguments.headless:
            problems += check_libraries(*libraries_of(arguments.headless))
        longest = sorted(class_lines(read_sources(arguments.source)).items(), key=lambda item: -item[1])
        for name, lines in longest[:arguments.classes]:
            print(f"{lines:5d} {name}")
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
