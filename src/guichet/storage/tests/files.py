"""Files as people and attackers send them, made on the spot."""

import io
import struct
import zipfile
import zlib

import pikepdf
from PIL import Image, ImageDraw

from guichet.storage.inspection.virus import SIGNATURE as EICAR

__all__ = ["EICAR"]


def pdf(pages=1, *, change=None, **save):
    """A small sound PDF; `change` gets the document before it is saved."""
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(595, 842))
    if change:
        change(document)
    out = io.BytesIO()
    document.save(out, **save)
    return out.getvalue()


def image(kind="PNG", size=(120, 80), mode="RGB", **save):
    """A small picture with something on it."""
    picture = Image.new(mode, size)
    if mode in {"L", "RGB"}:
        ImageDraw.Draw(picture).rectangle([10, 10, 40, 30], fill="white")
    out = io.BytesIO()
    picture.save(out, kind, **save)
    return out.getvalue()


def photo_with_place():
    """A JPEG lying on its side, with camera, GPS and a comment, as a phone makes it."""
    picture = Image.new("RGB", (200, 100), "white")
    ImageDraw.Draw(picture).rectangle([0, 0, 60, 100], fill="black")
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turn it right by 90°
    exif[0x010F] = "PhoneMaker"
    exif.get_ifd(0x8825)[2] = (46.0, 13.0, 54.0)
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, comment=b"<script>alert(1)</script>")
    return out.getvalue()


def huge_png(width=50_000, height=50_000):
    """A PNG of a few kB that unpacks to gigabytes."""
    row = b"\0" + bytes((width + 7) // 8)
    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(row) for _ in range(min(height, 2_000))) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _png_chunk(b"IHDR", header) + _png_chunk(b"IDAT", body) + _png_chunk(b"IEND", b"")


def zipped(**members):
    """A ZIP of these members, packed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def with_action(**action):
    """A PDF that does this when it is opened."""

    def change(document):
        document.Root.OpenAction = _dictionary(Type="/Action", **action)

    return pdf(change=change)


def with_linked_action(**action):
    """A PDF that does this when its link is clicked."""

    def change(document):
        link = _dictionary(Type="/Annot", Subtype="/Link", A=_dictionary(**action))
        link.Rect = pikepdf.Array([0, 0, 100, 100])
        document.pages[0].Annots = pikepdf.Array([link])

    return pdf(change=change)


def with_script_in_names():
    """A PDF with document-level JavaScript, its name written in escapes, in a packed object stream."""

    def change(document):
        script = _dictionary(S="/JavaScript", JS="app.alert(1)")
        document.Root.Names = pikepdf.Dictionary(
            JavaScript=pikepdf.Dictionary(Names=pikepdf.Array(["a", document.make_indirect(script)]))
        )

    return pdf(change=change, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def with_embedded_file(content=b"hello"):
    """A PDF that carries another file."""

    def change(document):
        document.attachments["note.txt"] = content

    return pdf(change=change)


def with_file_in_a_stream():
    """A PDF with a file that no list of attachments names."""

    def change(document):
        document.pages[0].Hidden = document.make_stream(b"MZ", Type=pikepdf.Name.EmbeddedFile)

    return pdf(change=change)


def with_stream(content, **save):
    """A PDF with these bytes in a packed stream."""

    def change(document):
        document.pages[0].Contents = document.make_stream(content)

    return pdf(change=change, compress_streams=True, **save)


def opening_at_a_page():
    """A PDF that opens at a page of its own, as every typesetter writes it."""

    def change(document):
        document.Root.OpenAction = pikepdf.Array([document.pages[0].obj, pikepdf.Name.Fit])

    return pdf(change=change)


def encrypted(owner="owner", user="user"):
    """A PDF under a password."""
    return pdf(encryption=pikepdf.Encryption(owner=owner, user=user))


def _dictionary(**entries):
    made = pikepdf.Dictionary()
    for key, value in entries.items():
        is_name = isinstance(value, str) and value.startswith("/")
        made[f"/{key}"] = pikepdf.Name(value) if is_name else value
    return made


def _png_chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
