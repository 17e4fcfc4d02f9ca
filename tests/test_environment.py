"""The environment: locked for four systems and each Python, the same for uv, pip, conda and Binder."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.tags import Tag, compatible_tags, cpython_tags, mac_platforms
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PYTHONS = [
    f"3.{minor}"
    for minor in range(6, 30)
    if Version(f"3.{minor}") in SpecifierSet(PROJECT["project"]["requires-python"])
]


def linux(machine: str) -> list[str]:
    """Return the platform tags of a Linux as old as glibc 2.28 (Debian 10, RHEL 8, Ubuntu 20.04)."""
    old = {5: "manylinux1", 12: "manylinux2010", 17: "manylinux2014"}
    return [
        tag
        for minor in range(28, 4, -1)
        for tag in (f"manylinux_2_{minor}_{machine}", f"{old.get(minor, 'x')}_{machine}")
    ]


# name: (markers of the system, platform tags of its wheels)
SYSTEMS = {
    "Linux x86-64": (("linux", "posix", "Linux", "x86_64"), linux("x86_64")),
    "Linux aarch64": (("linux", "posix", "Linux", "aarch64"), linux("aarch64")),
    "macOS arm64": (("darwin", "posix", "Darwin", "arm64"), list(mac_platforms((14, 0), "arm64"))),
    "Windows AMD64": (("win32", "nt", "Windows", "AMD64"), ["win_amd64"]),
}


@cache
def lock() -> dict[str, list[dict]]:
    """Return the packages of uv.lock by name; the lock may hold several versions of one."""
    packages: dict[str, list[dict]] = {}
    for package in tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]:
        packages.setdefault(package["name"], []).append(package)
    return packages


def surroundings(system: str, python: str) -> dict[str, str]:
    """Return the values that markers are judged against."""
    (sys_platform, os_name, platform_system, machine), _ = SYSTEMS[system]
    return {
        "sys_platform": sys_platform,
        "os_name": os_name,
        "platform_system": platform_system,
        "platform_machine": machine,
        "python_version": python,
        "python_full_version": f"{python}.9",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "implementation_version": f"{python}.9",
        "platform_release": "",
        "platform_version": "",
        "extra": "",
    }


def default_packages(system: str, python: str) -> list[dict]:
    """Return the locked packages that a student gets: default dependencies, all levels down, no group."""
    around = surroundings(system, python)

    def applies(entry: dict) -> bool:
        return "marker" not in entry or Marker(entry["marker"]).evaluate(around)

    def chosen(entry: dict) -> dict:
        candidates = [p for p in lock()[entry["name"]] if entry.get("version") in (None, p["version"])]
        fitting = [p for p in candidates if not p.get("resolution-markers") or any(
            Marker(m).evaluate(around) for m in p["resolution-markers"])]  # fmt: skip
        assert len(fitting) == 1, f"{entry} on {system} {python}: {[p['version'] for p in fitting]}"
        return fitting[0]

    found: dict[tuple[str, tuple[str, ...]], dict] = {}
    waiting = [(lock()["contrechamp"][0], ())]
    while waiting:
        package, extras = waiting.pop()
        if (package["name"], extras) in found:
            continue
        found[package["name"], extras] = package
        needs = list(package.get("dependencies", []))
        for extra in extras:
            needs += package.get("optional-dependencies", {}).get(extra, [])
        waiting += [(chosen(entry), tuple(entry.get("extra", ()))) for entry in needs if applies(entry)]
    return [package for (name, _), package in found.items() if name != "contrechamp"]


def tags(system: str, python: str) -> set[Tag]:
    """Return the tags of the wheels that an installer would take."""
    version = tuple(int(part) for part in python.split("."))
    platforms = SYSTEMS[system][1]
    return {*cpython_tags(version, platforms=platforms), *compatible_tags(version, platforms=platforms)}


def without_wheel(system: str, python: str) -> list[str]:
    wanted = tags(system, python)
    return sorted(
        f"{package['name']} {package['version']}"
        for package in default_packages(system, python)
        if not any(
            parse_wheel_filename(wheel["url"].rsplit("/", 1)[-1])[3] & wanted for wheel in package.get("wheels", [])
        )
    )


def test_the_four_systems_are_those_that_the_lock_is_made_for():
    required = [Marker(marker) for marker in PROJECT["tool"]["uv"]["required-environments"]]
    assert len(required) == len(SYSTEMS)
    for system in SYSTEMS:
        assert sum(marker.evaluate(surroundings(system, PYTHONS[0])) for marker in required) == 1, system


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("system", SYSTEMS)
def test_each_default_package_has_a_wheel(system, python):
    assert len(default_packages(system, python)) > 80
    assert without_wheel(system, python) == []


def test_the_search_for_wheels_sees_a_missing_one(monkeypatch):
    names = {name for name, (package, *_) in lock().items() if package["name"] == "c2pa-python"}
    package = lock()["c2pa-python"][0]
    left = [wheel for wheel in package["wheels"] if "aarch64" not in wheel["url"]]
    assert names and len(left) < len(package["wheels"])
    monkeypatch.setitem(package, "wheels", left)
    assert without_wheel("Linux aarch64", PYTHONS[0]) == [f"c2pa-python {package['version']}"]
    assert without_wheel("Windows AMD64", PYTHONS[0]) == []


def test_requires_python_has_both_bounds_and_agrees_with_the_lock():
    assert PYTHONS[0] == "3.11" and len(PYTHONS) >= 3
    text = (ROOT / "uv.lock").read_text(encoding="utf-8")
    locked = re.search(r'^requires-python = "(.*)"', text, re.M)[1].replace(" ", "")
    assert locked == PROJECT["project"]["requires-python"]


def test_one_version_of_each_numeric_package_serves_all_pythons():
    for name in ("numpy", "scipy", "pandas", "matplotlib", "scikit-learn", "pillow"):
        assert len(lock()[name]) == 1, f"{name}: outputs must be the same on each Python"


def uv() -> str:
    found = shutil.which("uv")
    if not found or subprocess.run([found, "--version"], capture_output=True).returncode:
        kept = sorted((ROOT / ".contrechamp").glob("**/uv")) if (ROOT / ".contrechamp").is_dir() else []
        found = next((str(path) for path in kept if path.is_file() and os.access(path, os.X_OK)), None)
    if not found:
        pytest.skip("uv is not on the PATH")
    return found


def test_the_lock_fits_pyproject_toml():
    done = subprocess.run([uv(), "lock", "--check", "--offline"], cwd=ROOT, capture_output=True, encoding="utf-8")
    if "Network connectivity is disabled" in done.stderr:
        pytest.skip("uv has not seen these packages on this machine, and asks for nothing here")
    assert done.returncode == 0, done.stderr


EXPORT = ["export", "--locked", "--no-emit-project", "--no-default-groups", "--format", "requirements-txt"]


def test_requirements_txt_is_a_fresh_export_of_the_lock():
    done = subprocess.run([uv(), *EXPORT, "--offline"], cwd=ROOT, capture_output=True, encoding="utf-8")
    if "Network connectivity is disabled" in done.stderr:
        pytest.skip("uv has not seen these packages on this machine, and asks for nothing here")
    assert done.returncode == 0, done.stderr
    bare = "\n".join(line for line in done.stdout.splitlines() if not line.startswith("#"))
    kept = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    again = f"uv {' '.join(EXPORT)} > requirements.txt"
    assert "\n".join(line for line in kept.splitlines() if not line.startswith("#")) == bare, f"type: {again}"


def test_requirements_txt_pins_and_hashes_every_package():
    kept = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    pins = re.findall(r"^([\w.-]+)==([\w.]+)(?:[^\n]*\\\n    --hash=sha256:[0-9a-f]{64})", kept, re.M)
    assert len(pins) == len(re.findall(r"^\w", kept, re.M)) > 90
    locked = {(package["name"], package["version"]) for versions in lock().values() for package in versions}
    assert set(pins) <= locked


@pytest.mark.slow
def test_without_uv_pip_installs_the_requirements_and_the_course(tmp_path):
    from conftest import copy_repository

    course = copy_repository(tmp_path / "course")
    shutil.copy(ROOT / "requirements.txt", course)
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "env")], check=True, capture_output=True)
    python = str(tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin") / "python")
    for arguments in (["--require-hashes", "-r", "requirements.txt"], ["--no-deps", "-e", "."]):
        done = subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--no-compile", *arguments],
            cwd=course, capture_output=True, encoding="utf-8",
        )  # fmt: skip
        if re.search(r"Temporary failure|Max retries|Network is unreachable|NewConnectionError", done.stderr):
            pytest.skip("the package server does not answer")
        assert done.returncode == 0, done.stderr
    code = (
        "import contrechamp, c2pa, sklearn, jupyterlab, babel; from contrechamp.cli import main; print(main(['stale']))"
    )
    done = subprocess.run([python, "-c", code], cwd=tmp_path, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    check = subprocess.run([python, "-m", "pip", "check"], capture_output=True, encoding="utf-8")
    assert check.returncode == 0, check.stdout


def conda() -> dict:
    import yaml

    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


CONDA_NAMES = {"matplotlib-base": "matplotlib", "nbconvert-core": "nbconvert"}  # conda-forge: PyPI


def conda_specs() -> dict[str, str]:
    """Return the specs of environment.yml by PyPI name, without Python and pip."""
    specs = {re.match(r"[\w-]+", spec)[0]: spec for spec in conda()["dependencies"] if isinstance(spec, str)}
    return {CONDA_NAMES.get(name, name): spec for name, spec in specs.items() if name not in ("python", "pip")}


def admitted(spec: str, version: str) -> bool:
    """Say whether conda would accept a version for a spec."""
    import rattler
    from rattler.package.build_string import BuildString
    from rattler.repo_data.package_record import PackageRecord

    match = rattler.MatchSpec(spec, strict=True)
    name = re.match(r"[\w-]+", spec)[0]
    record = PackageRecord(name=name, version=version, build=BuildString("0"), build_number=0, subdir="noarch",
                           arch=None, platform=None)  # fmt: skip
    return match.matches(record)


def test_each_conda_spec_parses_and_admits_the_locked_version():
    assert conda_specs()
    for name, spec in conda_specs().items():
        for package in lock()[canonicalize_name(name)]:
            assert admitted(spec, package["version"]), f"{spec} refuses {package['version']} of uv.lock"


@pytest.mark.parametrize("spec", ["numpy>=>2", "scikit-learn>=1.6,", "pan das"])
def test_a_malformed_conda_spec_is_refused(spec):
    with pytest.raises(Exception, match=r"."):
        admitted(spec, "2.0")


def test_a_conda_spec_that_excludes_the_locked_version_is_seen():
    assert not admitted("pandas>=2.2,<3", lock()["pandas"][0]["version"])


def test_conda_and_pyproject_toml_ask_for_the_same():
    asked = {}
    for text in PROJECT["project"]["dependencies"]:
        requirement = Requirement(text)
        asked[canonicalize_name(requirement.name)] = requirement.specifier
    for name, spec in conda_specs().items():
        assert SpecifierSet(re.sub(r"^[\w-]+", "", spec)) == asked[name], f"{spec} in environment.yml"
    by_pip = asked.keys() - conda_specs().keys()
    lacking = {"jupyterlab-language-pack-fr-fr", "c2pa-python", "latex2mathml", "reedsolo"}
    assert by_pip == lacking, "what conda-forge lacks"


def test_conda_takes_a_python_of_the_course_from_conda_forge_only():
    described = conda()
    assert described["channels"] == ["conda-forge", "nodefaults"]
    python = next(spec for spec in described["dependencies"] if str(spec).startswith("python="))
    assert python.removeprefix("python=") in PYTHONS
    assert described["dependencies"][-1] == {"pip": ["-e ."]}


def test_binder_reads_the_folder_as_a_conda_environment():
    command = [
        sys.executable,
        "-m",
        "repo2docker",
        "--no-build",
        "--debug",
        "--user-name",
        "reader",
        "--user-id",
        "1000",
    ]
    done = subprocess.run([*command, str(ROOT)], capture_output=True, encoding="utf-8", timeout=120)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "CondaBuildPack" in said or "conda environment" in said
    assert re.search(r"env update .*environment\.yml", said), said[-2000:]


def texts() -> list[Path]:
    """Return the files that git keeps as text."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    rules = (ROOT / ".gitattributes").read_text(encoding="utf-8")
    binary = tuple(re.findall(r"^\*(\.\w+) binary$", rules, re.M))
    names = [name.decode() for name in listed.stdout.split(b"\0") if name]
    return [ROOT / name for name in names if not name.endswith(binary) and (ROOT / name).is_file()]


def test_git_keeps_text_with_line_feeds_on_every_system():
    assert "* text=auto eol=lf" in (ROOT / ".gitattributes").read_text(encoding="utf-8").splitlines()


def test_every_text_file_is_utf_8_with_line_feeds():
    wrong = []
    for path in texts():
        content = path.read_bytes()
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            wrong.append(f"{path.relative_to(ROOT)}: not UTF-8")
        if b"\r" in content:
            wrong.append(f"{path.relative_to(ROOT)}: carriage return")
        if content.startswith(b"\xef\xbb\xbf"):
            wrong.append(f"{path.relative_to(ROOT)}: byte order mark")
    assert wrong == []
