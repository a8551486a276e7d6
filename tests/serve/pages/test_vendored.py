import hashlib
import re
from importlib.resources import files

from ftops.serve.pages.assets import assets

STATIC = files("ftops.serve.pages") / "static"
ROW = re.compile(r"^\| (\S+) \|.*\| ([0-9a-f]{64}) \|$", re.MULTILINE)
OURS = re.compile(r"[a-z_]+\.(js|css|svg)|VENDORED\.md")


def test_files_of_others_are_as_their_makers_wrote_them() -> None:
    listed = dict(ROW.findall((STATIC / "VENDORED.md").read_text(encoding="utf-8")))
    found = {name: hashlib.sha256((STATIC / name).read_bytes()).hexdigest() for name in listed}
    assert found == listed
    assert {name for name in assets() if not OURS.fullmatch(name)} == listed.keys()


def test_our_own_scripts_take_no_text_for_markup() -> None:
    for name, one in assets().items():
        if name.endswith(".js") and OURS.fullmatch(name):
            text = one.content.decode()
            assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|\beval\(", text), name
