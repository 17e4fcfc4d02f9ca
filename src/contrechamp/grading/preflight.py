"""May other people's code be run on this computer? Tried, not guessed; where the answer is no, what to do is said.

Only Linux has the sandbox. Everywhere else, and where it is missing, grading by value needs none: it runs no code.
"""

import os
import platform
import re
import shutil
import sys
from functools import partial
from pathlib import Path
from typing import Any

from contrechamp.errors import ContrechampError
from contrechamp.grading import room, sandbox
from contrechamp.grading.room import Way
from contrechamp.grading.sandbox import Limits
from contrechamp.language import gettext

_APPARMOR = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
_SWITCHES = (Path("/proc/sys/kernel/unprivileged_userns_clone"), Path("/proc/sys/user/max_user_namespaces"))
_PROFILE = "bwrap-userns-restrict"


def way(trust: bool = False, lang: str | None = None) -> Way:
    """Return how hand-ins may be run here.

    Parameters
    ----------
    trust : bool
        The teacher answers for the code: without a sandbox it is run all the same.
    lang : str, optional
        Language of the message.

    Returns
    -------
    {"user", "root", "trust"}
        In a sandbox, as an ordinary user or as root; or without one. A sandbox that works is always taken.

    Raises
    ------
    ContrechampError
        When there is no sandbox and `trust` is false: what is missing, and what to do.
    """
    says = missing(lang)
    if says is None:
        return _way()
    if trust:
        return "trust"
    _ = partial(gettext, lang=lang)
    raise ContrechampError(
        says
        + "\n"
        + _(
            "Nothing was run. Grading by value, without --code, needs no sandbox and works here. If you wrote the code "
            "yourself, or answer for it, add --trust: it can then read, change and send all that you can."
        )
    )


def missing(lang: str | None = None, system: str | None = None) -> str | None:
    """Return None when the sandbox works, else what is missing and what to do, in two or three sentences.

    Parameters
    ----------
    lang : str, optional
    system : str, optional
        As `platform.system` names it; this computer's when left out.

    Returns
    -------
    str or None
    """
    _ = partial(gettext, lang=lang)
    system = system or platform.system()
    if system == "Darwin":
        return _(
            "macOS has no sandbox that the course can use, so code of other people is not run here. Run this command "
            "on a Linux computer, or in a virtual machine with Linux."
        )
    if system == "Windows":
        return _(
            "Windows has no sandbox that the course can use, so code of other people is not run here. Install the "
            "Windows Subsystem for Linux (in a terminal: wsl --install), open Ubuntu, and run this command there."
        )
    if system != "Linux":
        return _("The sandbox for code exists on Linux only, and this system is {system}.").format(system=system)
    if shutil.which("bwrap") is None:
        return _(
            "The sandbox for code, bubblewrap, is not installed. Debian and Ubuntu: sudo apt install bubblewrap. "
            "Fedora: sudo dnf install bubblewrap. Arch: sudo pacman -S bubblewrap."
        )
    if _way() == "root" and shutil.which("setpriv") is None:
        return _("For root, the sandbox needs setpriv, of the package util-linux. Install it, or be an ordinary user.")
    said = _tried()
    return None if said is None else _remedy(said, lang)


def _way() -> Way:
    return "root" if os.geteuid() == 0 else "user"


def _tried() -> str | None:
    """Run one line in the very room that hand-ins get; return None when it gave its answer, else what was said."""
    steps: list[dict[str, Any]] = [{"run": "six = 2 * 3"}, {"check": "try", "names": ["six"]}]
    try:
        ran = sandbox.run(steps, Limits(wall=60), _way())
    except OSError as error:
        return str(error)
    found = [message.get("values") for message in ran.messages if message.get("check") == "try"]
    return None if ran.ending == "done" and found == [{"six": 6}] else ran.detail or ran.ending


def _remedy(said: str, lang: str | None) -> str:
    """Return a sentence for what bubblewrap said."""
    _ = partial(gettext, lang=lang)
    line = (said.splitlines() or [""])[-1][:300]
    if re.search(r"[Uu]nknown option", said):
        return _(
            "This bubblewrap is too old ({line}). The course needs version 0.7 or newer, which Debian 12 and Ubuntu "
            "24.04 have."
        ).format(line=line)
    refused = re.search(r"uid map|namespace|RTM_NEWADDR|unshare|clone|Operation not permitted", said)
    if refused and _number(_APPARMOR) == 1:
        return _(
            "AppArmor forbids bubblewrap to make a sandbox, as Ubuntu does since 24.04 ({line}). Three commands allow "
            "it, for bubblewrap only:\n"
            "  sudo apt install apparmor-profiles\n"
            "  sudo cp /usr/share/apparmor/extra-profiles/{profile} /etc/apparmor.d/\n"
            "  sudo apparmor_parser -r /etc/apparmor.d/{profile}"
        ).format(line=line, profile=_PROFILE)
    if refused and any(_number(switch) == 0 for switch in _SWITCHES):
        return _(
            "This computer forbids ordinary users to make namespaces, which the sandbox needs ({line}). Ask those who "
            "run it to set kernel.unprivileged_userns_clone to 1 and user.max_user_namespaces above 0, or run the "
            "command on a computer of your own."
        ).format(line=line)
    if refused:
        return _(
            "The sandbox may not be made here ({line}): this looks like a container without that right. Run the "
            "command outside of the container, or on another computer."
        ).format(line=line)
    if re.search(r"Permission denied|can't open file|No module named|ModuleNotFoundError", said) and _way() == "root":
        return _(
            "In the sandbox the code runs as another user than root, and that user may not read Python or the course "
            "({line}). Allow it with: chmod -R a+rX {places}. Or be an ordinary user."
        ).format(line=line, places=" ".join(dict.fromkeys((sys.prefix, sys.base_prefix, str(room.WORKER.parents[3])))))
    return _("The sandbox for code does not work here. Bubblewrap says: {line}").format(line=line)


def _number(switch: Path) -> int | None:
    try:
        return int(switch.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
