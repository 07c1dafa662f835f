import io
import stat
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath

import pytest

from colorize_core.data import archives
from colorize_core.data.archives import list_members
from colorize_core.data.packing import pack, packed_names
from colorize_core.errors import PhotoError, StorageError


def write_zip(path: Path, members: dict, packed: int = zipfile.ZIP_STORED) -> Path:
    """A ZIP file of names, or ZipInfos, and contents."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content, packed)
    return path


def named(name: str, mode: int = 0o100644) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


def test_members_lie_below_the_name_of_the_archive(tmp_path):
    names = ("a.jpg", "in/b.PNG", "in\\deep\\c.webp", "./d.tif", "text.txt", "in/", "no")
    path = write_zip(tmp_path / "photos.zip", {name: name.encode() for name in names})
    write = {"__MACOSX/in/._b.PNG": b"fork"}
    with zipfile.ZipFile(path, "a") as archive:
        for name, content in write.items():
            archive.writestr(name, content)
    members, problems = list_members(path)
    assert problems == []
    places = ["photos/a.jpg", "photos/in/b.PNG", "photos/in/deep/c.webp", "photos/d.tif"]
    assert [str(member.place) for member in members] == places
    assert [member.read() for member in members] == [name.encode() for name in names[:4]]
    assert str(members[1]) == f"{path}/in/b.PNG"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../a.png", "leads out of the archive"),
        ("in/../../a.png", "leads out of the archive"),
        ("in\\..\\..\\a.png", "leads out of the archive"),
        ("/etc/a.png", "starts at the root"),
        ("\\\\server\\a.png", "starts at the root"),
        ("C:\\a.png", "starts at the root"),
        (named("a.png", stat.S_IFLNK | 0o777), "it is a link"),
        (named("a.png", stat.S_IFIFO | 0o644), "no plain file"),
    ],
)
def test_a_member_that_leads_elsewhere_is_refused_and_the_rest_is_not(name, reason, tmp_path):
    path = write_zip(tmp_path / "p.zip", {name: b"1", "good.png": b"2"})
    members, (problem,) = list_members(path)
    assert reason in problem
    assert problem.startswith(f"{path}/")
    assert [member.place for member in members] == [PurePosixPath("p/good.png")]


@pytest.mark.parametrize("stem", [".", "..", "..."])
def test_the_name_of_the_archive_leads_nowhere_either(stem, tmp_path):
    path = write_zip(tmp_path / f"{stem}.zip", {"a.png": b"1"})
    (member,), _ = list_members(path)
    assert member.place == PurePosixPath("zip/a.png")


def test_an_encrypted_member_is_refused(tmp_path):
    path = write_zip(tmp_path / "p.zip", {"a.png": b"1", "b.png": b"2"})
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(content)
    (member,), (problem,) = list_members(path)
    assert member.place.name == "b.png"
    assert "a.png: it is encrypted; pack it without a password" in problem


@pytest.mark.parametrize("packed", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_packer_whose_memory_has_no_bound_is_refused(packed, tmp_path):
    path = write_zip(tmp_path / "p.zip", {"a.png": b"1"}, packed)
    assert "unusual way" in list_members(path)[1][0]


def test_a_member_that_grows_beyond_reason_is_refused(tmp_path, monkeypatch):
    path = write_zip(tmp_path / "p.zip", {"a.png": bytes(2_000_000)}, zipfile.ZIP_DEFLATED)
    assert list_members(path)[1] == [], "small ones may"
    monkeypatch.setattr(archives, "SMALL", 1_000_000)
    (problem,) = list_members(path)[1]
    assert "times its size, as no photo does" in problem
    monkeypatch.setattr(archives, "MAX_BYTES", 1_999_999)
    assert "it unpacks to 2 MB; use at most 2 MB a photo" in list_members(path)[1][0]


def test_the_total_is_bounded(tmp_path, monkeypatch):
    path = write_zip(tmp_path / "p.zip", {f"{i}.png": bytes(100) for i in range(5)})
    monkeypatch.setattr(archives, "MAX_TOTAL", 250)
    members, problems = list_members(path)
    assert (len(members), len(problems)) == (2, 3)
    assert "brings the archive over" in problems[0]


def test_a_size_that_is_not_the_true_one_is_found_out(tmp_path):
    """The list says 10 bytes, 100,000 come out: no more than 10 are unpacked."""
    path = write_zip(tmp_path / "p.zip", {"a.png": bytes(100_000)}, zipfile.ZIP_DEFLATED)
    content = bytearray(path.read_bytes())
    for start, field in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        struct.pack_into("<I", content, content.index(start) + field, 10)
    path.write_bytes(content)
    (member,), _ = list_members(path)
    with pytest.raises(PhotoError, match=r"a\.png cannot be unpacked .*; pack it again"):
        member.read()


def test_damage_is_a_sentence(tmp_path):
    path = write_zip(tmp_path / "p.zip", {"a.png": b"x" * 1000})
    whole = path.read_bytes()
    for content in (b"", b"no zip", whole[:900], whole[:-30], whole.replace(b"PK\1\2", b"PK\1\3")):
        path.write_bytes(content)
        with pytest.raises(PhotoError, match="is no ZIP file, or damaged"):
            list_members(path)
    path.write_bytes(whole.replace(b"xxxx", b"xyxx", 1))
    (member,), _ = list_members(path)
    with pytest.raises(PhotoError, match="Bad CRC-32"):
        member.read()


def test_a_long_list_is_refused_before_it_is_read(tmp_path, monkeypatch):
    path = write_zip(tmp_path / "p.zip", {f"{i}.png": b"" for i in range(30)})
    monkeypatch.setattr(archives, "MAX_MEMBERS", 20)
    with pytest.raises(PhotoError, match="lists 30 files; use at most 20 in one archive"):
        list_members(path)
    monkeypatch.setattr(archives, "MAX_LIST", 1000)
    monkeypatch.setattr(zipfile, "ZipInfo", lambda *_: pytest.fail("the list was read"))
    with pytest.raises(PhotoError, match="has a list of 0 MB; use at most 20 files"):
        list_members(path)


# Written


def test_pack_stores_files_under_their_names(tmp_path):
    parts = tmp_path / "parts"
    (parts / "in").mkdir(parents=True)
    for name in ("a.png", "in/b.png"):
        (parts / name).write_bytes(name.encode() * 100)
    out = tmp_path / "out.zip"
    pack(out, parts, [parts / "in/b.png"], add=False, overwrite=False)
    pack(out, parts, [parts / "a.png"], add=True, overwrite=False)
    assert packed_names(out) == {"a.png", "in/b.png"}
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        assert archive.read("in/b.png") == b"in/b.png" * 100
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}
    with pytest.raises(StorageError):
        pack(out, parts, [parts / "a.png"], add=False, overwrite=False)


def test_pack_that_fails_leaves_what_was_there(tmp_path, monkeypatch):
    (tmp_path / "a.png").write_bytes(b"a")
    out = write_zip(tmp_path / "out.zip", {"old.png": b"old"})
    before = out.read_bytes()

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "write", full)
    with pytest.raises(StorageError, match="No space left"):
        pack(out, tmp_path, [tmp_path / "a.png"], add=False, overwrite=True)
    assert out.read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {"a.png", "out.zip"}


def test_packed_names_needs_a_zip_file(tmp_path):
    assert packed_names(tmp_path / "none.zip") == set()
    (tmp_path / "odd.zip").write_bytes(zlib.compress(b"odd"))
    with pytest.raises(StorageError, match="no ZIP file"):
        packed_names(tmp_path / "odd.zip")
    buffer = io.BytesIO()
    zipfile.ZipFile(buffer, "w").close()
    (tmp_path / "empty.zip").write_bytes(buffer.getvalue())
    assert packed_names(tmp_path / "empty.zip") == set()
