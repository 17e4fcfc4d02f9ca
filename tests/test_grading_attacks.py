"""Hand-ins that attack: none escapes, none forges a point, none stops the class or costs somebody else a point."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import attacks
import pytest
import rooms

pytestmark = pytest.mark.slow
each_way = pytest.mark.parametrize("way", rooms.WAYS)


@cache
def outcome(way):
    """Grade the whole set once, as root or as an ordinary user, in a process of its own."""
    environment = os.environ | {"PYTHONPATH": str(Path(attacks.__file__).parent), "TMPDIR": "/tmp"}
    ran = subprocess.run(
        [*rooms.command(way), sys.executable, attacks.__file__, way],
        capture_output=True,
        env=environment,
        timeout=900,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr.decode()[-2000:]
    return json.loads(ran.stdout)


@each_way
def test_the_set_runs_as_the_user_it_names(way):
    assert (outcome(way)["uid"] == 0) == (way == "root")


@each_way
@pytest.mark.parametrize("name", attacks.ATTACKS)
def test_an_attack_gains_nothing(name, way):
    result, attack = outcome(way)["results"][name], attacks.ATTACKS[name]
    assert result["leak"] in ("nothing", None) or attack.points is None, result
    assert result["points"][0] in (0.0, None), "no attack knows the first answer"
    assert result["status"] in attack.status, result
    if attack.points is not None:
        assert tuple(result["points"][1:]) == attack.points, result
    if attack.ran:
        assert result["ran"] == "yes", f"the attack itself did not run: {result}"


@each_way
def test_honest_hand_ins_between_the_attacks_keep_their_points(way):
    honest = [result for name, result in outcome(way)["results"].items() if name.startswith("honest")]
    assert len(honest) > 15
    for result in honest:
        assert (result["status"], result["points"], result["notes"]) == ("graded", [0.0, 2.0, 1.0], [])


@each_way
def test_nothing_outside_is_changed_or_reached(way):
    assert outcome(way)["harmed"] == []


@each_way
def test_no_process_is_left_behind(way):
    assert outcome(way)["left"] == []


@each_way
def test_the_teachers_process_stays_small(way):
    assert outcome(way)["mebibytes"] < 200


@each_way
@pytest.mark.parametrize("name", attacks.RAW)
def test_a_file_that_is_no_notebook_is_unreadable_and_has_no_points(name, way):
    result = outcome(way)["results"][f"raw {name}"]
    assert (result["status"], result["points"]) == ("unreadable", [None, None, None])


@each_way
@pytest.mark.parametrize("name", attacks.ODD)
def test_a_notebook_of_odd_parts_gets_a_status_and_no_silent_zero(name, way):
    result = outcome(way)["results"][f"odd {name}"]
    assert result["status"] in ("unreadable", "cells_missing", "too_large")
    assert result["points"][1:] == [None, None]


@each_way
def test_the_inputs_of_hidden_cases_are_not_told(way):
    result = outcome(way)["results"]["a function that tells its inputs"]
    told = json.dumps([result["messages"], result["notes"]])
    assert "ValueError" in told
    assert "731.25" not in told


@each_way
def test_as_many_attacks_as_promised(way):
    assert len(outcome(way)["results"]) >= 100
