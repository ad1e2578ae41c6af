"""A client's file is replaced whole or not at all."""

import stat
import sys
from pathlib import Path

import pytest

from coder_mcp.configuring.files import Untouchable, located, read, replace

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")


def test_a_file_is_replaced_with_its_mark_and_a_copy_stays_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "mcp.json"
    path.write_bytes(b"\xef\xbb\xbf{}\r\n")
    found = read(path)
    assert (found.text, found.marked) == ("{}\r\n", True)
    copy = replace(found, '{"ö": 1}\r\n')
    assert path.read_bytes() == b'\xef\xbb\xbf{"\xc3\xb6": 1}\r\n'
    assert copy == tmp_path / "mcp.json.coder-mcp.bak"
    assert copy is not None
    assert copy.read_bytes() == b"\xef\xbb\xbf{}\r\n"
    assert sorted(tmp_path.iterdir()) == [path, copy]


@posix
def test_permissions_stay_and_a_new_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "mcp.json"
    path.write_text("{}")
    path.chmod(0o664)
    copy = replace(read(path), "{ }")
    assert copy is not None
    assert [stat.S_IMODE(one.stat().st_mode) for one in (path, copy)] == [0o664, 0o664]
    new = tmp_path / "not" / "there" / "mcp.json"
    assert replace(read(new), "{}") is None
    assert stat.S_IMODE(new.stat().st_mode) == 0o600


@posix
def test_a_link_stays_one_and_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "dotfiles").mkdir()
    path, link = tmp_path / "dotfiles" / "real.json", tmp_path / "mcp.json"
    path.write_text("{}")
    link.symlink_to("dotfiles/real.json")
    copy = replace(read(link), "{ }")
    assert link.is_symlink()
    assert path.read_text() == "{ }"
    assert copy == path.with_name("real.json.coder-mcp.bak")


@posix
def test_a_link_that_leads_in_a_circle_is_refused(tmp_path: Path) -> None:
    link = tmp_path / "mcp.json"
    link.symlink_to("mcp.json")
    with pytest.raises(Untouchable, match="cannot be read"):
        read(link)


@posix
def test_a_read_only_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "mcp.json"
    path.write_text("{}")
    path.chmod(0o444)
    with pytest.raises(Untouchable, match="is read-only"):
        read(path)


def test_what_is_no_text_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Untouchable, match="is not a file"):
        read(tmp_path)
    path = tmp_path / "mcp.json"
    path.write_bytes("{}".encode("utf-16"))
    with pytest.raises(Untouchable, match="is not UTF-8"):
        read(path)


def test_a_file_that_cannot_be_written_is_as_it_was_and_nothing_lies_beside_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "mcp.json"
    path.write_text("{}")
    found = read(path)
    with pytest.raises(Untouchable, match="cannot be written"):
        replace(found, "\ud800")
    assert path.read_text() == "{}"
    assert not list(tmp_path.glob(".*"))
    (tmp_path / "file").write_text("")
    with pytest.raises(Untouchable, match="cannot be written"):
        replace(type(found)(tmp_path / "file" / "mcp.json", ""), "{}")


def test_of_several_places_the_first_that_is_there_counts_else_the_last(tmp_path: Path) -> None:
    packaged = tmp_path / "Packages" / "Claude_*" / "LocalCache" / "mcp.json"
    plain = tmp_path / "Claude" / "mcp.json"
    assert located([packaged, plain]) == plain
    there = tmp_path / "Packages" / "Claude_abc" / "LocalCache"
    (tmp_path / "Packages" / "Claude_aaa").mkdir(parents=True)
    there.mkdir(parents=True)
    assert located([packaged, plain]) == there / "mcp.json"
