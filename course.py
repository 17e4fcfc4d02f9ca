#!/usr/bin/env python3
# -*- coding: utf-8 -*-
"""Start the course: ``python3 course.py lab`` opens it, ``python3 course.py test`` proves it.

On Windows: ``py course.py lab``. This file needs Python 3.6 or newer and nothing else (it is written so that an older
Python can read it far enough to say so). It finds or fetches uv, lets uv bring the folder ``.venv`` into the state that
``uv.lock`` describes, and hands over to the command ``contrechamp``. uv looks for a Python that the course supports
(pyproject.toml, ``requires-python``), this one or another, and fetches one when there is none.

uv comes from, in this order: the PATH; a private environment made with pip in ``.contrechamp/``; the wheel on PyPI,
fetched and unpacked there (Debian without python3-venv, or a Python too old for pip to install uv). Whatever is
fetched is compared with the SHA-256 below. When all is in place, nothing touches the network.
"""

import sys

if sys.version_info < (3, 6):
    sys.stderr.write(
        "This Python is too old (%d.%d). The course needs Python 3.6 or newer to start.\n"
        "Votre Python est trop ancien (%d.%d). Le cours demande Python 3.6 ou plus recent pour demarrer.\n"
        "https://www.python.org/downloads/\n" % (sys.version_info[:2] * 2)
    )
    sys.exit(2)

import hashlib
import io
import locale
import os
import platform
import re
import shutil
import signal
import subprocess
import tempfile
import zipfile

ROOT = os.path.dirname(os.path.abspath(__file__))
PRIVATE = os.path.join(ROOT, ".contrechamp")
EXE = ".exe" if os.name == "nt" else ""
COMMANDS = ["lab", "run", "test", "build", "slides", "quiz-export", "kit", "site", "before-after", "sheets"]
COMMANDS += ["translate", "stale", "law", "grade", "paper", "forget", "data"]
# What a command needs beyond the default.
GROUPS = {
    "test": "test",
    "build": "authors",
    "translate": "authors",
    "slides": "print",
    "quiz-export": "print",
    "kit": "print",
    "before-after": "authors",
    "sheets": "print",
    "site": "site",
}
OLDEST_UV = (0, 8)  # the oldest with which `uv sync --locked` was seen to accept our lock
UV = "0.13.9"

# SHA-256 and address of each wheel, as listed by https://pypi.org/pypi/uv/0.13.9/json on 2026-11-23. The x86-64 wheel
# for Linux is the musl one: it is linked statically and runs on every distribution.
FILES = "https://files.pythonhosted.org/packages/"
WHEELS = {
    "linux-x86_64": (
        "fe/fe/794884de0efd3ac77a427cab21aa72c0483e100c55a42cd5cbb02c141b84/"
        "uv-0.13.9-py3-none-musllinux_1_1_x86_64.whl",
        "2c45530751517d6c3bbc69a19473f6effe47cce047bede01ffd8af7ea7b36b25",
    ),
    "linux-aarch64": (
        "57/15/94b6cd62ac3ff6550288328e8035288875197cbc183f51554b266a69877b/"
        "uv-0.13.9-py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64.whl",
        "5435c5ce14a56431208ca0996416d310f1598e8c2c8ba707688985a16bb82dbe",
    ),
    "darwin-arm64": (
        "a7/a8/d7b074798c7fb3b26b37584b8fe2e29df2ccdc24ce7902caab2a53edbf/uv-0.13.9-py3-none-macosx_11_0_arm64.whl",
        "66c512266d633bef48384a1f53003f41f2a8e7b36fe6e7fbfd3e0fd52d96fa63",
    ),
    "darwin-x86_64": (
        "1e/db/08e9ef4879bd667e6d7b4705e594e5bd3e4585f10fc63cb16b9fa2fac63e/uv-0.13.9-py3-none-macosx_10_12_x86_64.whl",
        "c16ed11e013557536b3e60065f1b912f6407bd6518e041b961e23ef9e6b4fbf5",
    ),
    "windows-amd64": (
        "dd/ef/ceeabf3631117f7354787d9fb1ffe943899e59ed4b887a696ed547e47e76/uv-0.13.9-py3-none-win_amd64.whl",
        "6a44b2ed8111d2f60d2b92627c5dccda3f7ed7570b18ce115e569cd68c28246b",
    ),
}
# The wheel that pip prefers on Linux x86-64 (glibc) and on newer Linux aarch64.
PIP_ALSO = [
    "d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19",  # manylinux_2_17_x86_64
    "ecb6028d79dc96fbeafffe5c8af62a7099487ebc05a701e76714eebcffd06375",  # manylinux_2_28_aarch64
]

WORDS = {
    "en": {
        "usage": "python3 course.py lab            open the course in JupyterLab\n"
        "python3 course.py lab --lang fr  the same, in French\n"
        "python3 course.py run 02         run lesson 02 and write it as a page\n"
        "python3 course.py test           check every claim of the repository\n"
        "python3 course.py --help         all commands\n"
        "On Windows, type py instead of python3.",
        "first": "Setting up the course in {place}. The first time takes some minutes and about 170 MB of download.",
        "fetching": "Fetching uv {version}, the tool that installs the course's packages.",
        "network": "There is no connection to the package server ({host}), and the set-up is not complete. "
        "Connect to the network and type the command again. Once set up, the course needs no network.",
        "proxy": "A proxy or a filter between this computer and the network refuses the download. Ask those who run "
        "the network for the proxy's address and set it in HTTPS_PROXY (with a certificate of their own: "
        "SSL_CERT_FILE), or set the course up on another network. Then type the command again.",
        "full": "The disk is full. The set-up needs about 1 GB. Free some space and type the command again.",
        "readonly": "A folder that the set-up needs may not be written. Put the course in a folder of your own, and "
        "type the command again.",
        "hash": "A downloaded file is not the one that the course was tested with (its SHA-256 differs), so it was not "
        "used. Type the command again; if it happens again, something on the way changes downloads: try another "
        "network.",
        "lock": "uv.lock does not fit pyproject.toml. If you changed pyproject.toml, type: uv lock. If you did not, "
        "restore both files: git checkout pyproject.toml uv.lock",
        "damaged": "pyproject.toml or uv.lock is damaged. Restore them: git checkout pyproject.toml uv.lock",
        "python": "The course needs Python {wanted}. None was found on this computer, and none could be fetched. "
        "Install one from https://www.python.org/downloads/ and type the command again.",
        "platform": "The course has no uv to offer for this system ({system}). Install uv yourself, "
        "https://docs.astral.sh/uv/, and type the command again.",
        "unknown": "The set-up failed. The reason is in the lines below.",
        "stopped": "Interrupted.",
        "command": "There is no command {name}. Known: {known}.",
    },
    "fr": {
        "usage": "python3 course.py lab            ouvrir le cours dans JupyterLab\n"
        "python3 course.py lab --lang en  la même chose en anglais\n"
        "python3 course.py run 02         exécuter la leçon 02 et en faire une page\n"
        "python3 course.py test           vérifier tout ce que le dépôt affirme\n"
        "python3 course.py --help         toutes les commandes\n"
        "Sous Windows, tapez py au lieu de python3.",
        "first": "Installation du cours dans {place}. La première fois, comptez quelques minutes et environ 170 Mo à "
        "télécharger.",
        "fetching": "Téléchargement d’uv {version}, l’outil qui installe les paquets du cours.",
        "network": "Le serveur de paquets ({host}) ne répond pas et l’installation n’est pas terminée. "
        "Connectez-vous au réseau et tapez la commande à nouveau. Une fois installé, le cours se passe de réseau.",
        "proxy": "Un proxy ou un filtre, entre cet ordinateur et le réseau, refuse le téléchargement. Demandez aux "
        "responsables du réseau l’adresse du proxy et donnez-la dans HTTPS_PROXY (s’il a son propre certificat : "
        "SSL_CERT_FILE), ou installez le cours depuis un autre réseau. Puis tapez la commande à nouveau.",
        "full": "Le disque est plein. L’installation demande environ 1 Go. Libérez de la place et tapez la commande à "
        "nouveau.",
        "readonly": "Un dossier nécessaire à l’installation est protégé en écriture. Placez le cours dans un dossier à "
        "vous et tapez la commande à nouveau.",
        "hash": "Un fichier téléchargé n’est pas celui avec lequel le cours a été vérifié (son SHA-256 diffère) ; il a "
        "été écarté. Tapez la commande à nouveau ; si cela se répète, quelque chose modifie les téléchargements en "
        "chemin : essayez un autre réseau.",
        "lock": "uv.lock ne correspond pas à pyproject.toml. Si vous avez modifié pyproject.toml, tapez : uv lock. "
        "Sinon, rétablissez les deux fichiers : git checkout pyproject.toml uv.lock",
        "damaged": "pyproject.toml ou uv.lock est abîmé. Rétablissez-les : git checkout pyproject.toml uv.lock",
        "python": "Le cours a besoin de Python {wanted}. Cet ordinateur n’en a pas, et il n’a pas été possible d’en "
        "télécharger un. Installez-le depuis https://www.python.org/downloads/ et tapez la commande à nouveau.",
        "platform": "Le cours ne fournit pas uv pour ce système ({system}). Installez uv vous-même, "
        "https://docs.astral.sh/uv/, et tapez la commande à nouveau.",
        "unknown": "L’installation a échoué. Les lignes ci-dessous disent pourquoi.",
        "stopped": "Interrompu.",
        "command": "La commande {name} n’existe pas. Commandes : {known}.",
    },
}

# What uv, pip and urllib say when something is wrong, and which sentence says it plainly. The first match counts.
SIGNS = [
    ("full", r"No space left on device|os error 28\b|os error 112\b|not enough space|Disk quota exceeded"),
    ("readonly", r"Read-only file system|Permission denied|Access is denied|Errno 13\b|Errno 30\b"),
    ("hash", r"Hash mismatch|DO NOT MATCH THE HASHES"),
    ("lock", r"needs to be updated, but `--locked`"),
    ("damaged", r"Failed to parse `uv\.lock`|Failed to parse: `?pyproject\.toml"),
    ("python", r"No interpreter found|python-build-standalone"),
    (
        "proxy",
        r"(?i)proxy|tunnel error|\b407\b|403:? Forbidden|UnknownIssuer|invalid peer certificate|CERTIFICATE_VERIFY",
    ),
    (
        "network",
        r"dns error|error sending request|Failed to fetch|Network connectivity is disabled|getaddrinfo|timed out|"
        r"name resolution|Network is unreachable|Connection (refused|reset)|urlopen error|Max retries",
    ),
]


class SetUpError(Exception):
    """The set-up cannot go on: which sentence of `WORDS` says why, and what the tool itself said."""

    def __init__(self, why, detail=""):
        super().__init__(why)
        self.why, self.detail = why, detail


def main(argv):
    """Run the command line; return the exit status."""
    words = WORDS[language(argv)]
    if not argv:
        say(words["usage"], sys.stdout)
        return 0
    if not argv[0].startswith("-") and argv[0] not in COMMANDS:
        say(words["command"].format(name=argv[0], known=", ".join(COMMANDS)))
        return 2
    try:
        uv = find_uv(words)
        prepare(uv, argv[0], words)
        return hand_over(uv, argv)
    except SetUpError as error:
        say(words[error.why].format(host="pypi.org", wanted=wanted_python(), system=system_name()))
        for line in error.detail.strip().splitlines()[-12:]:
            say("    " + line)
        return 2
    except KeyboardInterrupt:
        say(words["stopped"])
        return 130


def language(argv, environ=os.environ):
    """Return "fr" or "en": the language asked for with --lang, else the reader's, as `contrechamp` decides it."""
    asked = [after for option, after in zip(argv, argv[1:]) if option == "--lang"]
    asked += [word[len("--lang=") :] for word in argv if word.startswith("--lang=")]
    names = asked + [environ.get("CONTRECHAMP_LANG", "")]
    for name in names:
        if name[:2].lower() in WORDS:
            return name[:2].lower()
    names = [environ.get(name, "") for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")]
    names.append(locale.getlocale()[0] or "")
    for name in names:
        if name:
            return "fr" if name[:2].lower() == "fr" else "en"
    return "en"


def say(text, stream=None):
    """Print a line in UTF-8 where the console claims to know ASCII only, else with what the console can show."""
    stream = stream or sys.stderr
    encoding = stream.encoding or "ascii"
    if encoding.lower() in ("ascii", "us-ascii", "ansi_x3.4-1968"):
        encoding = "utf-8"  # such a claim comes from a bare locale (LC_ALL=C), not from the terminal
    stream.flush()
    stream.buffer.write((text + "\n").encode(encoding, "replace"))
    stream.flush()


def explain(said):
    """Return which sentence says plainly what a tool said."""
    for why, pattern in SIGNS:
        if re.search(pattern, said):
            return why
    return "unknown"


def system_name():
    """Return the system as the keys of `WHEELS` name it."""
    return (platform.system() + "-" + platform.machine()).lower().replace("linux-arm64", "linux-aarch64")


def wanted_python():
    """Return requires-python as pyproject.toml gives it."""
    with io.open(os.path.join(ROOT, "pyproject.toml"), encoding="utf-8") as file:
        found = re.search(r'^requires-python = "(.*)"', file.read(), re.M)
    return found.group(1) if found else "3"


def environment():
    """Return the environment for uv: ours without what another active environment would slip in."""
    kept = dict(os.environ)
    for name in ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH", "__PYVENV_LAUNCHER__"):
        kept.pop(name, None)
    return kept


def works(uv):
    """Say whether a file is a uv that runs and is new enough.

    A shim of pyenv, for one, may be on the PATH and not run.
    """
    try:
        said = subprocess.check_output([uv, "--version"], stderr=subprocess.DEVNULL, env=environment())
    except (OSError, subprocess.CalledProcessError):
        return False
    found = re.match(r"uv (\d+)\.(\d+)", said.decode("utf-8", "replace"))
    return bool(found) and (int(found.group(1)), int(found.group(2))) >= OLDEST_UV


def find_uv(words):
    """Return a uv that works: from the PATH, from an earlier start, by pip, or from its wheel."""
    unpacked = os.path.join(PRIVATE, "uv-" + UV, "uv" + EXE)
    venv = os.path.join(PRIVATE, "venv")
    installed = os.path.join(venv, "Scripts" if os.name == "nt" else "bin", "uv" + EXE)
    for uv in (shutil.which("uv"), installed, unpacked):
        if uv and works(uv):
            return uv
    say(words["fetching"].format(version=UV))
    try:
        if not os.path.isdir(PRIVATE):
            os.makedirs(PRIVATE)
        if install_uv(venv) and works(installed):
            return installed
        unpack_uv(unpacked)
    except OSError as error:
        raise SetUpError(explain("%s" % error), "%s" % error)
    if not works(unpacked):
        raise SetUpError("platform")
    return unpacked


def install_uv(venv):
    """Install uv with pip into a private environment; return False when that is not possible here."""
    if sys.version_info < (3, 8):  # pip knows that uv does not support this Python; its wheel does not mind
        return False
    pins = " ".join("--hash=sha256:" + digest for digest in [pair[1] for pair in WHEELS.values()] + PIP_ALSO)
    wish = os.path.join(PRIVATE, "uv.txt")
    with io.open(wish, "w", encoding="utf-8") as file:
        file.write("uv==%s %s\n" % (UV, pins))
    python = os.path.join(venv, "Scripts" if os.name == "nt" else "bin", "python" + EXE)
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    steps = [
        [sys.executable, "-m", "venv", "--clear", venv],
        pip + ["--only-binary=:all:", "--require-hashes", "-r", wish],
    ]
    for step in steps:
        try:
            done = subprocess.run(step, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment())
        except OSError:
            return False
        if done.returncode:
            shutil.rmtree(venv, ignore_errors=True)
            said = done.stdout.decode("utf-8", "replace")
            if explain(said) in ("hash", "full"):  # another way would not mend these
                raise SetUpError(explain(said), said)
            return False
    return True


def unpack_uv(target):
    """Fetch uv's wheel, compare its SHA-256 and unpack its one file."""
    from urllib.request import urlopen

    if system_name() not in WHEELS:
        raise SetUpError("platform")
    name, digest = WHEELS[system_name()]
    with tempfile.TemporaryFile(dir=PRIVATE) as wheel:
        found = hashlib.sha256()
        answer = urlopen(FILES + name, timeout=60)
        for block in iter(lambda: answer.read(1 << 16), b""):
            found.update(block)
            wheel.write(block)
        if found.hexdigest() != digest:
            raise SetUpError("hash", "%s: %s, not %s" % (name.rsplit("/", 1)[-1], found.hexdigest(), digest))
        with zipfile.ZipFile(wheel) as archive:
            member = next(entry for entry in archive.namelist() if entry.endswith("/scripts/uv" + EXE))
            content = archive.read(member)
    folder = os.path.dirname(target)
    if not os.path.isdir(folder):
        os.makedirs(folder)
    part = target + ".part"
    with open(part, "wb") as file:
        file.write(content)
    os.chmod(part, 0o755)
    os.replace(part, target)


def prepare(uv, command, words):
    """Bring the environment into the state that uv.lock describes; without the network when need be."""
    sync = [uv, "sync", "--locked", "--inexact", "--project", ROOT]
    if command in GROUPS:
        sync += ["--group", GROUPS[command]]
    status, said = listen(sync, words)
    if status and explain(said) in ("network", "proxy"):  # all may be in uv's cache, although uv wanted to ask
        status, _ = listen(sync + ["--offline"], words)
    if status:
        raise SetUpError(explain(said), said[said.find("error:") :] if "error:" in said else said)


def listen(command, words):
    """Run uv, show its progress, and return its status and all that it said."""
    said, begun = [], os.path.exists(os.path.join(ROOT, os.environ.get("UV_PROJECT_ENVIRONMENT", ".venv")))
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment())
    for raw in process.stdout:
        line = raw.decode("utf-8", "replace").rstrip()
        said.append(line)
        if re.match(r" *(Using|Creating|Downloading|Building|Built|Prepared|Installed|Bytecode)", line):
            if not begun:
                say(words["first"].format(place=ROOT))
                begun = True
            say("    " + line.strip())
    process.stdout.close()
    return process.wait(), "\n".join(said)


def hand_over(uv, argv):
    """Run `contrechamp` in the environment and return its status. Ctrl-C is its business: it knows how to stop."""
    process = subprocess.Popen([uv, "run", "--no-sync", "--project", ROOT, "contrechamp"] + argv, env=environment())
    signal.signal(signal.SIGTERM, lambda number, frame: process.terminate())
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
