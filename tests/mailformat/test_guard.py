"""A person or a machine, and may they be answered?"""

import pytest

from bot.mailformat import guard, parse
from bot.mailformat.read import Policy, incoming

OWN = frozenset({"capebot@example.com"})
PAT = "From: Pat <pat@harborlight.example>\n"
PERSON = PAT + "Subject: CAPE\n"


def mail(text):
    return parse.message(text.encode() + b"\nx\n")


@pytest.mark.parametrize(
    "head",
    [
        "From: <MAILER-DAEMON@example.com>\n",
        "From: no-reply@harborlight.example\n",
        "From: noreply-42@harborlight.example\n",
        "From: capebot@example.com\n",
        "From: capebot+context@example.com\n",
        PERSON + "X-Capebot: reply\n",
        PERSON + "Return-Path: <>\n",
        PERSON + "Auto-Submitted: auto-replied\n",
        PERSON + "Auto-Submitted: auto-generated; owner=x\n",
        PERSON + "Precedence: bulk\n",
        PERSON + "List-Id: <news.example>\n",
        PERSON + "X-Autoreply: yes\n",
        PERSON + "Content-Type: multipart/report; boundary=x\n",
        PERSON + "Content-Type: text/calendar\n",
        PAT + "Subject: Automatic reply: CAPE\nX-Auto-Response-Suppress: All\n",
        PAT + "Subject: Undeliverable: CAPE\nX-Failed-Recipients: cape@example.com\n",
        PAT + "Subject: Read: CAPE\nIn-Reply-To: <capebot.0123@example.com>\n",
        PAT + "Subject: Delivery status of your mail\nReferences: <1@x.example> <capebot.0123@example.com>\n",
    ],
)
def test_machines(head):
    assert guard.automatic(mail(head), OWN)


@pytest.mark.parametrize(
    "head",
    [
        PERSON,
        PERSON + "Auto-Submitted: no\n",
        PERSON + "X-Auto-Response-Suppress: All\n",
        PERSON + "Return-Path: <pat@harborlight.example>\n",
        "From: Noreen <noreen@harborlight.example>\nSubject: FW: Automatic reply settings of ACE\n",
        "From: news.editor@harborlight.example\nSubject: Re: out\n",
        "From: noreplyington@harborlight.example\nSubject: CAPE\n",
        "From: donotreplyson@harborlight.example\nSubject: CAPE\n",
        PAT + "Subject: Delivery status of our CAPE claim\n",
        PAT + "Subject: Delivery status of our CAPE claim\nX-Auto-Response-Suppress: All\n",
        PAT + "Subject: Vacation cover: CAPE rejections\n",
        PAT + "Subject: Read: me first - CAPE rejection\n",
        PAT + "Subject: Returned mail? no, CAPE\n",
        PAT + "Subject: Undelivered cargo\n",
        PAT + "Subject: Auto parts entry: CAPE rejects it\n",
        PAT + "Subject: Away from my desk, CAPE rejection below\n",
        PAT + "Subject: Re: CAPE\nIn-Reply-To: <capebot.0123@example.com>\n",
    ],
)
def test_people(head):
    assert guard.automatic(mail(head), OWN) == ""
    assert guard.doubtful(mail(head)) == ""


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: CAPE",
        "=?utf-8?Q?R=C3=A9ponse_automatique?=",
        "=?utf-8?Q?R=C3=A9ponse_automatique_=3A?= CAPE",
        "Abwesenheitsnotiz: CAPE",
        "Undeliverable: CAPE",
        "Undelivered Mail Returned to Sender",
        "Delivery Status Notification (Failure)",
        "Mail delivery failed: returning message to sender",
        "Returned mail: see transcript for details",
        "failure notice",
        "Out of Office Re: CAPE",
        "Out of the office",
    ],
)
def test_a_subject_alone_is_held_for_a_person_where_the_sender_is_known(subject):
    raw = f"{PAT}Subject: {subject}\n\nHTS RELATIONSHIP MISMATCH\n".encode()
    known = incoming("id", raw, Policy(OWN, ("@harborlight.example",)))
    assert (known.automatic, "subject" in known.refused) == ("", True)
    stranger = incoming("id", raw, Policy(OWN, ("@client.example",)))
    assert "subject" in stranger.automatic
    assert "allow-list" in stranger.refused


@pytest.mark.parametrize(
    ("head", "allow", "why"),
    [
        (PERSON, ("pat@harborlight.example",), ""),
        (PERSON, ("@harborlight.example",), ""),
        (PERSON, ("PAT@HARBORLIGHT.EXAMPLE ",), ""),
        (PERSON, ("*",), ""),
        (PERSON, (), "allow-list"),
        (PERSON, ("@light.example",), "allow-list"),
        (PERSON, ("harborlight.example",), "allow-list"),
        ("From: pat@evil.example (pat@harborlight.example)\n", ("@harborlight.example",), "allow-list"),
        ('From: "pat@harborlight.example" <x@evil.example>\n', ("@harborlight.example",), "allow-list"),
        (PERSON + "From: other@evil.example\n", ("@harborlight.example",), "exactly one sender"),
        ("From: pat@harborlight.example, x@evil.example\n", ("@harborlight.example",), "exactly one sender"),
        ("Subject: no sender\n", ("*",), "exactly one sender"),
        ("Reply-To: pat@harborlight.example\nFrom: x@evil.example\n", ("@harborlight.example",), "allow-list"),
    ],
)
def test_who_is_answered(head, allow, why):
    got = guard.refused(mail(head), allow, "")
    assert (why in got) if why else got == ""


MX = "mx.example.net"


@pytest.mark.parametrize(
    ("results", "fine"),
    [
        ([f"{MX}; dmarc=pass header.from=harborlight.example"], True),
        ([f"{MX}; dkim=pass header.d=harborlight.example"], True),
        ([f"{MX}; spf=pass smtp.mailfrom=pat@harborlight.example"], True),
        (["spf=pass smtp.mailfrom=harborlight.example; dkim=pass header.d=harborlight.example"], True),
        ([], False),
        ([f"{MX}; dmarc=fail header.from=harborlight.example"], False),
        ([f"{MX}; dmarc=pass header.from=evil.example"], False),
        ([f"{MX}; dkim=pass header.d=evil.example"], False),
        ([f"{MX}; spf=pass smtp.mailfrom=x@evil.example"], False),
        (["other.example; dmarc=pass header.from=harborlight.example"], False),
        ([f"{MX}; none", f"{MX}; dmarc=pass header.from=harborlight.example"], False),
        (["other.example; dmarc=pass", f"{MX}; dmarc=pass header.from=harborlight.example"], False),
        ([f"{MX}; dmarc=pass (header.from=harborlight.example) header.from=evil.example"], False),
        ([f"{MX} 1; garbage ;; = x"], False),
        (["\x00\x01"], False),
    ],
)
def test_only_our_servers_topmost_word_counts(results, fine):
    head = "".join(f"Authentication-Results: {one}\n" for one in results) + PERSON
    assert (guard.refused(mail(head), ("*",), MX) == "") is fine


@pytest.mark.parametrize(
    ("confirmed", "staff", "authserv_id", "is_staff"),
    [
        (
            "mx.example.com; dmarc=pass header.from=harborlight.example",
            ("@harborlight.example",),
            "mx.example.com",
            True,
        ),
        (
            "mx.example.com; dmarc=pass header.from=harborlight.example",
            ("ana@harborlight.example",),
            "mx.example.com",
            False,
        ),
        (
            "mx.example.com; dmarc=fail header.from=harborlight.example",
            ("@harborlight.example",),
            "mx.example.com",
            False,
        ),
        ("mx.example.com; dmarc=pass header.from=harborlight.example", ("@harborlight.example",), "", False),
    ],
)
def test_staff_are_those_whom_the_server_confirms(confirmed, staff, authserv_id, is_staff):
    raw = f"Authentication-Results: {confirmed}\n{PAT}Subject: x\n\nFTZ, all of them\n".encode()
    policy = Policy(OWN, ("@harborlight.example",), authserv_id, staff=staff)
    assert incoming("id", raw, policy).staff is is_staff
