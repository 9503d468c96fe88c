"""What is expressly not wanted is no need; what is only told beside a need is none either."""

import pytest


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("don't reset Maria Gonzalez, just unlock", {("account_unlock", "p004")}),
        ("please do not reset my password, just unlock the account", {("account_unlock", None)}),
        ("no need for a new password, my account is locked", {("account_unlock", None)}),
        ("can u unlock my user? i remember the password fine", {("account_unlock", None)}),
        ("not the access to figma, the program on my laptop is missing", {("software_install", None)}),
        ("I already have the access for figma, no need for that. please install it on my laptop", {("software_install", None)}),
        ("please install figma for me and for Maria Gonzalez",
         {("software_install", None), ("software_install", "p004")}),
        ("both me and Aisha Khan are locked out since the change", {("account_unlock", None), ("account_unlock", "p008")}),
        ("yesterday my colleague was locked out. today it's me, same thing", {("account_unlock", None)}),
        ("you stupid piece of junk, you locked my account AGAIN, open it", {("account_unlock", None)}),
        ("got a new phone and lost my password", {("password_reset", None)}),
        ("my laptop is broken and I forgot my password", {("device_trouble", None), ("password_reset", None)}),
        ("back from parental leave and my account is locked", {("account_unlock", None)}),
        ("1) my vpn profile expired 2) no access to figma 3) who do I ask about expenses?",
         {("vpn_trouble", None), ("access_request", None), ("question", None)}),
        ("I lost my rights in figma, please put them back", {("access_request", None)}),
        ("je n'ai pas accès à figma, pouvez-vous m'ajouter ?", {("access_request", None)}),
        ("please free up my tableau seat for somebody who really uses it", {("access_removal", None)}),
        ("drop tableau and give me figma instead", {("access_removal", None), ("access_request", None)}),
        ("i do not want tableau anymore", {("access_removal", None)}),
        ("I'm ok with Aisha Khan getting figma", {("approval_answer", None)}),
        ("figma for Aisha Khan is okay by me", {("approval_answer", None)}),
        ("yes, approve the request of Aisha Khan", {("approval_answer", None)}),
    ],
)  # fmt: skip
def test_only_what_is_wanted_is_a_need(say, text, needs):
    assert {(one.need, one.slots.get("for")) for one in say(text) if one.act == "need"} == needs


@pytest.mark.parametrize(
    "text", ["please don't reset my password", "no need to unlock my account", "do not install figma on my laptop"]
)
def test_nothing_but_what_is_not_wanted_is_no_need(say, text):
    assert not any(one.need for one in say(text))
