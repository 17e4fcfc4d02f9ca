"""Content Credentials: what can happen to a signed picture, what the reader says, and that no network is asked."""

import datetime
import http.server
import io
import os
import re
import subprocess
import sys
import threading
import time
from dataclasses import dataclass

import c2pa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from contrechamp import credentials
from contrechamp.credentials import Authority, Classroom, read, reading, sign, signing
from contrechamp.errors import ContrechampError
from contrechamp.imaging import jpeg, launder
from contrechamp.watermark import Hybrid

UNTRUSTED, MOVED, EDITED = "signingCredential.untrusted", "assertion.dataHash.mismatch", "assertion.hashedURI.mismatch"

#: What the specification's library says of each case (study of November 2026), and what our reader adds.
EXPECTED = {
    "signed, nobody trusted": ("valid", (UNTRUSTED,), 0),
    "signed, its root trusted": ("trusted", (), 0),
    "signed, another root trusted": ("valid", (UNTRUSTED,), 0),
    "the same name, another root": ("valid", (UNTRUSTED,), 0),
    "one pixel changed": ("invalid", (MOVED,), 0),
    "one bit of a JPEG changed": ("invalid", (MOVED,), 0),
    "manifest put into another picture": ("invalid", (MOVED,), 0),
    "claim edited": ("invalid", (EDITED,), 0),
    "saved again": ("none", (), 0),
    "manifest put back into the same bytes": ("trusted", (), 0),
    "edited, the parent named": ("trusted", (), 0),
    "edited, the parent tampered with": ("trusted", (), 1),
}


@pytest.fixture(scope="module")
def room():
    return Classroom()


@pytest.fixture(scope="module")
def reports(room):
    return credentials.play(room=room)


def test_all_twelve_cases_are_played(reports):
    assert list(reports) == list(EXPECTED) and len(EXPECTED) == 12


@pytest.mark.parametrize("case", EXPECTED)
def test_each_case_ends_as_the_specification_says(reports, case):
    report = reports[case]
    assert (report.state, report.failures, report.broken_parents) == EXPECTED[case]


def test_a_tampered_parent_in_a_trusted_child_is_warned_of(room, reports):
    assert reports["edited, the parent named"].warnings == ()
    (warning,) = reports["edited, the parent tampered with"].warnings
    assert "tampered with before it was taken in" in warning


def test_a_tampered_grandparent_is_found_too(room):
    child = room.edit_of(room.edit_of(room.pixel_changed()))
    report = read(child, [room.ours.root])
    assert report.state == "trusted" and report.broken_parents == 1


def test_a_parent_without_credentials_is_said_to_have_none(room):
    report = read(room.edit_of(room.plain), [room.ours.root])
    assert report.state == "trusted" and report.broken_parents == 0
    assert "its story begins here" in report.warnings[0]


def test_a_parent_of_an_unknown_signer_is_not_called_tampered(room):
    parent = sign(room.plain, room.impostor, "captured")
    report = read(room.edit_of(parent), [room.ours.root])
    assert (report.state, report.broken_parents) == ("trusted", 0)


def test_the_spoofed_name_is_shown_as_a_claim_only(reports):
    true, false = reports["signed, its root trusted"], reports["the same name, another root"]
    assert true.claimed_name == false.claimed_name == "School newspaper"
    assert true.state == "trusted" and false.state == "valid"
    assert "only what the signer wrote" in false.warnings[0]


def test_whoever_signs_chooses_what_is_claimed(room):
    report = read(sign(room.plain, room.newspaper, "captured"), [room.ours.root])
    assert (report.state, report.source_type) == ("trusted", "digitalCapture")  # the picture was drawn by code


@pytest.mark.parametrize(("word", "term"), signing.SOURCE_TYPES.items())
@pytest.mark.parametrize("as_jpeg", [False, True], ids=["PNG", "JPEG"])
def test_each_source_type_comes_back_as_the_term_of_the_iptc(room, word, term, as_jpeg):
    file = jpeg.encode(jpeg.decode(room.plain), 90) if as_jpeg else room.plain
    assert read(sign(file, room.newspaper, word)).source_type == term


def test_pixels_are_not_touched_by_signing(room):
    assert np.array_equal(jpeg.decode(room.signed), jpeg.decode(room.plain))


def test_tables_of_cases_hold_nothing_that_changes_from_run_to_run(room, reports):
    table = credentials.as_table(reports).to_string()
    assert table == credentials.as_table(credentials.play(room=Classroom())).to_string()
    assert not re.search(r"urn:|\d{4}-\d\d-\d\d|[0-9a-f]{16}", table)


# ---- traps of the library, which our reader must not fall into ------------------------------------------------------


def raw(file, settings_):
    with c2pa.Reader("image/png", io.BytesIO(file), context=c2pa.Context.from_dict(settings_)) as reader:
        results = reader.get_validation_results() or {}
        return reader.get_validation_state(), results.get("activeManifest", {}).get("failure", [])


def test_the_library_calls_a_child_with_a_tampered_parent_trusted_without_a_failure(room):
    """If this turns red, the library has learned to say it, and our own search can be thought over."""
    child = room.edit_of(room.pixel_changed())
    assert raw(child, {"trust": {"trust_anchors": room.ours.root.decode()}}) == ("Trusted", [])


def test_without_the_question_of_trust_the_library_names_no_failure(room):
    state, failures = raw(sign(room.plain, room.impostor), {"verify": {"verify_trust": False}})
    assert (state, failures) == ("Valid", [])


def test_without_verification_the_library_calls_everything_invalid(room):
    state, failures = raw(room.signed, {"verify": {"verify_after_reading": False}})
    assert (state, failures) == ("Invalid", [])


def test_the_library_itself_refuses_a_creation_without_a_source_type(room):
    manifest = {"claim_generator_info": [{"name": "t", "version": "1"}], "assertions": [
        {"label": "c2pa.actions.v2", "data": {"actions": [{"action": "c2pa.created"}]}}]}  # fmt: skip
    key = c2pa.Signer.from_info(c2pa.C2paSignerInfo(b"es256", room.newspaper.chain, room.newspaper.key, None))
    with pytest.raises(c2pa.C2paError):
        c2pa.Builder(manifest).sign(key, "image/png", io.BytesIO(room.plain), io.BytesIO())


# ---- certificates ---------------------------------------------------------------------------------------------------

DAY = datetime.timedelta(days=1)


def test_no_key_is_shown_or_written(room):
    assert "PRIVATE" not in repr(room.newspaper) and b"PRIVATE" not in room.newspaper.chain + room.ours.root


def test_no_key_or_certificate_lies_in_the_repository(root):
    sources = [p for folder in ("src", "datasets", "notebooks", "exercises") for p in (root / folder).rglob("*")]
    words = (b"-----BEGIN " + b"PRIVATE KEY", b"-----BEGIN " + b"EC PRIVATE", b"-----BEGIN " + b"CERTIFICATE")
    found = [str(p) for p in sources if p.is_file() and any(word in p.read_bytes() for word in words)]
    assert found == []


def test_two_classrooms_do_not_trust_each_other(room):
    assert read(sign(room.plain, Classroom().newspaper), [room.ours.root]).state == "valid"


@pytest.mark.parametrize(("begins", "lasts"), [(-4000, 100), (400, 100)], ids=["expired", "not yet valid"])
def test_a_certificate_that_is_not_valid_today_signs_nothing(room, begins, lasts):
    now = datetime.datetime.now(datetime.UTC)
    signer = room.ours.issue("Old hand", begins=now + begins * DAY, lasts=lasts * DAY)
    with pytest.raises(ContrechampError, match="not valid today"):
        sign(room.plain, signer)


@pytest.mark.skipif("CONTRECHAMP_FAKED_DATE" in os.environ, reason="the library under test looks at the true clock")
def test_a_chain_that_expired_after_signing_is_no_longer_trusted_and_says_why(room):
    ends = datetime.datetime.now(datetime.UTC).replace(microsecond=0) + datetime.timedelta(seconds=4)
    begins = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    file = sign(room.plain, room.ours.issue("Short-lived", begins=begins, lasts=ends - begins))
    while datetime.datetime.now(datetime.UTC) <= ends + datetime.timedelta(seconds=1):
        time.sleep(0.2)
    report = read(file, [room.ours.root])
    assert report.state != "trusted"
    assert any("has expired" in warning for warning in report.warnings)


# ---- nothing is asked of the network --------------------------------------------------------------------------------


@pytest.fixture
def server():
    """A server of our own that notes who asks it."""

    class Notes(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.asked.append(self.path)
            self.send_error(404)

        def log_message(self, *args):
            pass

    made = http.server.HTTPServer(("127.0.0.1", 0), Notes)
    made.asked = []
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def kept_elsewhere(room, url):
    manifest = {"claim_generator_info": [{"name": "t", "version": "1"}],
                "assertions": [signing._actions("drawn", False, ())]}  # fmt: skip
    builder, out = c2pa.Builder(manifest), io.BytesIO()
    builder.set_no_embed()
    builder.set_remote_url(url)
    key = c2pa.Signer.from_info(c2pa.C2paSignerInfo(b"es256", room.newspaper.chain, room.newspaper.key, None))
    builder.sign(key, "image/jpeg", io.BytesIO(jpeg.encode(jpeg.decode(room.plain), 90)), out)
    return out.getvalue()


def test_credentials_kept_on_a_server_are_not_fetched(room, server):
    file = kept_elsewhere(room, f"http://127.0.0.1:{server.server_port}/store.c2pa")
    report = read(file)
    assert report.state == "elsewhere" and "was not asked" in report.warnings[0]
    assert server.asked == []
    with pytest.raises(c2pa.C2paError):  # as the library comes, it asks: the guard has something to guard against
        c2pa.Reader("image/jpeg", io.BytesIO(file), context=c2pa.Context.from_dict({}))
    assert server.asked == ["/store.c2pa"]


OFFLINE = """
import socket
from contrechamp.credentials import Classroom, Registry, play, read
try:
    socket.create_connection(("192.0.2.1", 80), 3)
except OSError as error:
    print("outside:", type(error).__name__)
reports = play()
print(" ".join(report.state for report in reports.values()), sum(r.broken_parents for r in reports.values()))
"""


def test_the_twelve_cases_need_no_network_in_the_whole_process_tree(isolated, tmp_path):
    done = subprocess.run([*isolated, sys.executable, "-c", OFFLINE], cwd=tmp_path, capture_output=True, text=True,
                          timeout=300)  # fmt: skip
    assert done.returncode == 0, done.stderr
    outside, states = done.stdout.splitlines()
    assert outside.startswith("outside: ")
    assert states == " ".join(state for state, _failures, _broken in EXPECTED.values()) + " 1"


# ---- durable credentials, with any mark -----------------------------------------------------------------------------


@dataclass
class Told:
    p_value: float
    message: bytes | None


class CornerMark:
    """A mark that anybody can remove: the message in the last bits of the first pixels. Enough for the look-up."""

    def embed(self, image, message):
        marked = image.copy()
        bits = np.unpackbits(np.frombuffer(b"mark" + message, dtype=np.uint8))
        marked[0, : len(bits), 0] = marked[0, : len(bits), 0] & 254 | bits
        return marked

    def detect(self, image):
        read_ = np.packbits(image[0, :64, 0] & 1).tobytes()
        return Told(2.0**-32, read_[4:]) if read_[:4] == b"mark" else Told(1.0, None)


@pytest.fixture
def registry():
    return credentials.Registry(CornerMark())


def test_a_stripped_picture_finds_its_manifest_again_by_its_mark(room, registry):
    file = registry.publish(jpeg.decode(room.plain), 1234, room.newspaper, "generated")
    assert read(file, [room.ours.root]).state == "trusted"
    stripped = credentials.save_again(file)
    assert read(stripped).state == "none"
    found = registry.recover(jpeg.decode(stripped), (room.ours.root,))
    assert (found.outcome, found.signature) == ("recovered", "trusted")
    assert found.report.source_type == "trainedAlgorithmicMedia" and found.report.claimed_name == "School newspaper"


def test_a_true_watermark_leads_back_through_a_screen_capture_and_is_no_proof_on_another_picture(room):
    mark = Hybrid("a key of the tests")
    registry = credentials.Registry(mark)
    file = registry.publish(jpeg.decode(credentials.picture_file(4, 256)), 77, room.newspaper, "generated")
    seen = launder(jpeg.decode(file), "screenshot")
    found = registry.recover(seen, (room.ours.root,))
    assert (found.outcome, found.signature) == ("recovered", "trusted") and found.p_value < 1e-6
    other = jpeg.decode(credentials.picture_file(10, 256))
    assert registry.recover(other).outcome == "no mark"
    assert registry.recover(mark.embed(other, (77).to_bytes(4, "big"))).outcome == "another picture"


def test_a_mark_copied_onto_another_picture_does_not_bring_its_manifest_along(room, registry):
    registry.publish(jpeg.decode(room.plain), 1234, room.newspaper, "captured")
    forged = CornerMark().embed(jpeg.decode(credentials.picture_file(10)), (1234).to_bytes(4, "big"))
    assert registry.recover(forged, (room.ours.root,)).outcome == "another picture"


def test_a_signer_whom_nobody_vouches_for_stays_so_when_recovered(room, registry):
    file = registry.publish(jpeg.decode(room.plain), 7, room.impostor, "captured")
    assert registry.recover(jpeg.decode(file), (room.ours.root,)).signature == "valid"


def test_without_a_mark_or_with_an_unknown_number_nothing_is_recovered(room, registry):
    plain = jpeg.decode(room.plain)
    assert registry.recover(plain).outcome == "no mark"
    assert registry.recover(CornerMark().embed(plain, b"\0\0\0\1")).outcome == "unknown number"


def test_a_number_is_given_once_and_must_fit(room, registry):
    plain = jpeg.decode(room.plain)
    registry.publish(plain, 1, room.newspaper, "drawn")
    for number, said in ((1, "is taken"), (2**32, "32 bits"), (-1, "32 bits"), ("1", "32 bits")):
        with pytest.raises(ContrechampError, match=said):
            registry.publish(plain, number, room.newspaper, "drawn")


# ---- bad input ------------------------------------------------------------------------------------------------------


def gif():
    file = io.BytesIO()
    Image.new("RGB", (64, 64)).save(file, "GIF")
    return file.getvalue()


NO_FILES = {
    "no picture": (b"hello", "neither a PNG nor a JPEG"),
    "nothing at all": (b"", "neither a PNG nor a JPEG"),
    "another format": (gif(), "neither a PNG nor a JPEG"),
    "a path": ("picture.png", "from its bytes"),
    "an array": (np.zeros((64, 64, 3), np.uint8), "from its bytes"),
}


@pytest.mark.parametrize(("file", "said"), NO_FILES.values(), ids=NO_FILES.keys())
def test_what_is_no_picture_file_is_refused_by_reader_and_signer(room, file, said):
    with pytest.raises(ContrechampError, match=said):
        read(file)
    with pytest.raises(ContrechampError, match=said):
        sign(file, room.newspaper)


@pytest.mark.parametrize("share", [0.1, 0.6, 0.98])
def test_a_file_that_ends_too_early_is_never_called_valid(room, share):
    cut = room.signed[: int(share * len(room.signed))]
    try:
        state = read(cut, [room.ours.root]).state
    except ContrechampError as error:
        assert re.search("damaged", str(error))
    else:
        assert state == "invalid"


def test_a_truncated_file_without_credentials_is_called_damaged(room):
    file = jpeg.encode(jpeg.decode(room.plain), 90)
    with pytest.raises(ContrechampError, match="damaged or ends too early"):
        read(file[: len(file) // 2])
    with pytest.raises(ContrechampError, match="damaged or ends too early"):
        sign(room.plain[:400], room.newspaper)


def test_a_manifest_of_a_later_specification_is_not_read_as_if_it_were_known(room):
    store = credentials.take_manifest(room.signed).replace(b"c2pa.claim.v2", b"c2pa.claim.v9")
    with pytest.raises(ContrechampError, match="of a kind that this reader does not know"):
        read(credentials.put_manifest(room.plain, store), [room.ours.root])


def test_a_step_dated_in_the_future_is_warned_of(room):
    step = {"label": "c2pa.actions.v2", "data": {"actions": [{
        "action": "c2pa.created", "when": "2099-01-01T00:00:00Z",
        "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCreation"}]}}  # fmt: skip
    said = {"active_manifest": "a", "manifests": {"a": {"assertions": [step]}}}
    now = datetime.datetime(2026, 11, 25, tzinfo=datetime.UTC)
    assert any("dated in the future" in warning for warning in reading._judge(said, "trusted", now).warnings)
    assert reading._judge(said, "trusted", now.replace(year=2100)).warnings == ()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda room: sign(room.plain, room.newspaper, "painted"), "no source type 'painted'"),
        (lambda room: sign(room.plain, room.newspaper, actions=["c2pa.undressed"]), "no action"),
        (lambda room: Authority(""), "one to 64 characters"),
        (lambda room: room.ours.issue("x" * 65), "one to 64 characters"),
        (lambda room: credentials.take_manifest(room.plain), "holds no Content Credentials"),
        (lambda room: credentials.take_manifest(b"hello"), "holds no Content Credentials"),
        (lambda room: sign(room.plain, credentials.Signer("x", b"no chain", b"no key")), "could not be signed"),
    ],
)
def test_a_wrong_value_is_refused_in_a_sentence(room, call, said):
    with pytest.raises(ContrechampError, match=said):
        call(room)


@settings(max_examples=120)
@given(at=st.integers(0, 10**6), junk=st.binary(min_size=1, max_size=40), how=st.sampled_from(["put", "over", "cut"]))
def test_no_change_of_the_picture_is_trusted_or_crashes_the_reader(at, junk, how):
    file = FUZZED.signed
    at %= len(file)
    changed = {
        "put": file[:at] + junk + file[at:],
        "over": file[:at] + junk + file[at + len(junk) :],
        "cut": file[:at],
    }[how]
    if changed == file:
        return
    try:
        report = read(changed, [FUZZED.ours.root])
    except ContrechampError as error:
        assert str(error)
    else:
        # What the signature covers is the whole file but the manifest's own place, where padding may change.
        assert report.state != "trusted" or outside(changed) == outside(file)


def outside(file):
    return [chunk for chunk in credentials.files._chunks(file) if chunk[0] != b"caBX"]


@settings(max_examples=80)
@given(junk=st.binary(max_size=400), head=st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"]))
def test_no_bytes_whatever_crash_the_reader(junk, head):
    try:
        assert read(head + junk).state in ("none", "elsewhere", "invalid", "valid")
    except ContrechampError as error:
        assert str(error)


FUZZED = Classroom()
