"""What people write, and what it must be understood as. None of these sentences is among the taught examples.

Written as `need key=value …`, several needs divided by `;`, acts with a dot in front. Slots not listed must not be there,
except `service`, `device` and `question`, which are compared only where listed.
"""

import pytest

from tickless.ai.features import normalise, words
from tickless.ai.teaching import runbook_examples, shipped_examples
from tickless.domain.finding import Finding

MESSAGES = [
    # password reset
    ("heya, totally blanked on my password over the holidays", "password_reset"),
    ("my pasword ran out and the change dialog does nothing", "password_reset"),
    ("could somebody please give me a fresh password", "password_reset"),
    ("I can't remember what I set as my password yesterday", "password_reset"),
    ("passwrod forgotten, need it reset asap", "password_reset"),
    ("please reset the password for Maria", "password_reset for=p004 person=p004"),
    ("Sofia Rossi forgot her password, can you help her", "password_reset for=p005 person=p005"),
    ("reset the pasword for mraia gonzales pls", "password_reset for=p004 person=p004"),
    ("tom told me to ask you for a password reset", "password_reset"),
    ("need a new windows password for my colleague Aisha", "password_reset for=p008 person=p008"),
    ("I forgot my password and now I'm locked out", "password_reset"),
    ("password reset for skhan2 please", "password_reset for=?"),
    # account unlock
    ("Morning! I seem to be locked out of windows", "account_unlock"),
    ("my accout is lokced again", "account_unlock"),
    ("hi there, i'm back from vacation. it says my account has been locked. can you help?", "account_unlock"),
    ("too many attempts, blocked, pls unlock", "account_unlock"),
    ("my account is locked. what should I do?", "account_unlock"),
    ("the account is locked again, what now", "account_unlock"),
    ("can you unlock tom frm finance please", "account_unlock for=p002 person=p002"),
    ("unlock maria's account", "account_unlock for=p004 person=p004"),
    ("unlock marias account", "account_unlock for=p004 person=p004"),
    ("Mia is locked out", "account_unlock for=p004 person=p004"),
    ("please unlock tfrost", "account_unlock for=p002 person=p002"),
    ("the account of tom.baker@example.test is locked", "account_unlock for=p003 person=p003"),
    ("unlock tom", "account_unlock for=?"),
    ("unlock me and maria", "account_unlock; account_unlock for=p004 person=p004"),
    ("both me and Aisha Khan are locked out", "account_unlock; account_unlock for=p008 person=p008"),
    ("unlock me and tom", "account_unlock for=?"),
    ("unlock tom zimmermann", "account_unlock for=?"),
    ("unlock the account of zebulon", "account_unlock for=?"),
    ("please unlock my manager's account", "account_unlock for=role:manager"),
    ("a colleague of mine, Aisha Khan, is locked out", "account_unlock for=p008 person=p008"),
    ("my teammate is locked out of his account", "account_unlock for=?"),
    ("i'm wiliam grant's assistant, he can't log in", "account_unlock for=p006 person=p006"),
    ("unlock jurgen mueller", "account_unlock for=p007 person=p007"),
    ("I know my password, but the account is locked", "account_unlock"),
    # access
    ("could I get into power bi please", "access_request app=powerbi"),
    ("my manager said i should ask for access to figma", "access_request app=figma"),
    ("give aisha access to tableau", "access_request app=tableau for=p008 person=p008"),
    ("Aisha needs access to tabelau", "access_request app=tableau for=p008 person=p008"),
    ("will you grant me access to the crm?", "access_request service=crm"),
    ("I get permission denied in Figma", "access_request app=figma"),
    ("please add me to slack", "access_request app=slack"),
    ("I need figma and tableau for the campaign", "access_request app=figma; access_request app=tableau"),
    ("jürgen müller needs adobe acrobat", "access_request app=acrobat for=p007 person=p007"),
    ("please take my tableau licence back", "access_removal app=tableau"),
    ("i dont need tableau anymore", "access_removal app=tableau"),
    ("revoke Sofia's access to Power BI", "access_removal app=powerbi for=p005 person=p005"),
    ("remove me from figma", "access_removal app=figma"),
    # vpn
    ("vpn asks me for a newer profile", "vpn_trouble"),
    ("vpn keeps kicking me out at home", "vpn_trouble"),
    ("vpn wont conect since this morning", "vpn_trouble"),
    ("it's not my password, it's the vpn that keeps dropping", "vpn_trouble"),
    ("the tunnel to the office does not come up from home, vpn error 809", "vpn_trouble"),
    ("Maria's vpn profile has run out", "vpn_trouble for=p004 person=p004"),
    # software
    ("can u put slack on my laptop", "software_install app=slack device=d1"),
    ("instal vs code pls", "software_install app=vscode"),
    ("please install visual studio code on LT-0043", "software_install app=vscode device=d2"),
    ("I'd like to have Adobe Acrobat installed", "software_install app=acrobat"),
    ("I need figma and slack on my laptop", "software_install app=figma; software_install app=slack"),
    ("install slak for Maria Gonzalez", "software_install app=slack for=p004 person=p004"),
    # several needs
    ("locked out again, and the vpn thing wants a new profile", "account_unlock; vpn_trouble"),
    ("install vs code and also i'd need access to power bi", "software_install app=vscode; access_request app=powerbi"),
    ("my laptop is slow and my vpn drops all the time", "device_trouble; vpn_trouble"),
    ("My mailbox is full. Also, could you install Figma?", "mailbox_quota; software_install app=figma"),
    (
        "Hello, I forgot my password. Another thing: please give me access to Tableau.",
        "password_reset; access_request app=tableau",
    ),
    (
        "unlock tom frost and reset the password of sofia rossi",
        "account_unlock for=p002 person=p002; password_reset for=p005 person=p005",
    ),
    # over, denied
    ("I was locked out yesterday but it works now", ".small_talk"),
    ("the vpn was down this morning, works again", ".small_talk"),
    ("it's not my password", ".deny"),
    ("I didn't forget my password", ".deny"),
    ("vpn works now but my mailbox is full", "mailbox_quota"),
    # others' affairs
    (
        "tom frost (finance) left the company last friday, please close his account",
        "leaver for=p002 person=p002 when=2026-02-27",
    ),
    ("please offboard Sofia Rossi, her last day is friday", "leaver for=p005 person=p005 when=2026-03-06"),
    # device, mailbox
    ("LT-0043 has a blue screen", "device_trouble device=d2"),
    ("maria's laptop does not start", "device_trouble device=d2 for=p004 person=p004"),
    ("my latpop wont boot", "device_trouble"),
    ("outlook keeps telling me that the mailbox is nearly full", "mailbox_quota"),
    ("cant send mails, quota reached", "mailbox_quota"),
    # incidents
    ("is the shop down?", "incident_report service=shop-web"),
    ("web shop shows 500 errors", "incident_report service=shop-web"),
    ("customers complain that the online shop is not loading", "incident_report service=shop-web"),
    ("the crm is throwing errors for the whole team", "incident_report service=crm"),
    ("nobody in our department gets any e-mails", "incident_report service=mail"),
    # questions
    ("how do I put my mailbox on my phone", "question"),
    ("where do I find the guide for the scanner", "question"),
    ("what's the rule for using usb sticks", "question"),
    ("who is responsible for the crm", "question service=crm"),
    # status
    ("whats the status of ticket 1042", "status_of_case case=1042"),
    ("any news about my request?", "status_of_case"),
    ("is someone looking into my case", "status_of_case"),
    ("when will my laptop issue be sorted out, i reported it on monday", "status_of_case"),
    # acts
    ("thank you, that was super quick", ".thanks"),
    ("thx a lot!!", ".thanks"),
    ("ok never mind", ".cancel"),
    ("please cancel my request, i don't need it any more", ".cancel"),
    ("no i dont want the reset, cancel it", ".cancel"),
    ("cancel ticket 77", ".cancel case=77"),
    ("yes please go ahead", ".confirm"),
    ("nope, that's not it", ".deny"),
    ("good morning everybody", ".small_talk"),
    ("are you a real human", ".small_talk"),
    # out of scope
    ("what's the weather in paris", ".out_of_scope"),
    ("could you order a pizza for the team", ".out_of_scope"),
    ("write me a short poem about my cat", ".out_of_scope"),
    ("how many vacation days are left for me", ".out_of_scope"),
    ("the coffee machine on our floor leaks", ".out_of_scope"),
    ("ich habe mein passwort vergessen", "password_reset"),
    ("bonjour, je ne peux pas me connecter", "account_unlock"),
    ("no puedo entrar en mi cuenta", "account_unlock"),
    ("не могу войти в систему", ".out_of_scope"),
    ("パスワードを忘れました", ".out_of_scope"),
    # not known
    ("purple elephants dance", "?"),
]
_COMPARED_WHERE_LISTED = {"service", "device", "question"}


def shown(finding: Finding, wanted: str) -> str:
    """A finding in the table's words."""
    name = finding.need or "?" if finding.act == "need" else f".{finding.act}"
    slots = {k: v for k, v in finding.slots.items() if k not in _COMPARED_WHERE_LISTED or f"{k}=" in wanted}
    return " ".join([name, *(f"{key}={value}" for key, value in sorted(slots.items()))])


@pytest.mark.parametrize(("text", "wanted"), MESSAGES, ids=[text[:50] for text, _ in MESSAGES])
def test_a_message_is_understood(say, text, wanted):
    findings = say(text)
    expected = sorted(" ".join([one.split()[0], *sorted(one.split()[1:])]) for one in wanted.split(";"))
    assert sorted(shown(finding, wanted) for finding in findings) == expected
    assert all(finding.brain.startswith("lexical ") and finding.evidence for finding in findings)


def test_no_message_of_the_table_was_taught(runbooks):
    taught = {tuple(words(normalise(one.text))) for one in (*shipped_examples(), *runbook_examples(runbooks))}
    assert len(MESSAGES) >= 80
    assert [text for text, _ in MESSAGES if tuple(words(normalise(text))) in taught] == []
