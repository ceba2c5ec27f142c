"""Pictures: what a camera or an editor wrote beside the pixels. The pixels themselves are for people's eyes."""

import io
import re
from collections.abc import Iterator
from typing import Any

from PIL import ExifTags, Image, ImageOps

from bangfu.common.leaks.kinds import Hit, Kind
from bangfu.common.leaks.reading import Found, Piece

FORMATS = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"GIF8": "GIF",
    b"II*\x00": "TIFF",
    b"MM\x00*": "TIFF",
    b"BM": "BMP",
}
_XMP_PLACE = re.compile(r"GPS(?:Latitude|Longitude|Position)|photoshop:City|Iptc4xmpCore:Location", re.IGNORECASE)
_THUMBNAIL = 0x0201


def is_picture(data: bytes) -> bool:
    return data.startswith(tuple(FORMATS)) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def pieces(data: bytes, inside: str) -> Iterator[Found]:
    """Every text beside the pixels; a place, a small picture or anything behind the end is a finding by itself."""
    name = inside or "照片"
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.format not in ("JPEG", "PNG", "GIF", "TIFF", "WEBP", "BMP", "MPO"):
                yield Hit(name, Kind.UNREADABLE)
                return
            if image.format == "PNG":
                image.load()  # text chunks may stand behind the pixels
            yield from _exif(image.getexif(), name)
            for key, value in image.info.items():
                yield from _said(f"{name}的附加信息", key, value)
            for key, value in getattr(image, "text", {}).items():
                yield from _said(f"{name}的文字块", key, value)
            for key, value in getattr(image, "applist", []):
                if key != "APP1" or not value.startswith(b"Exif"):
                    yield from _said(f"{name}的 {key} 段", "", value)
            if image.format == "MPO" or getattr(image, "n_frames", 1) > 1:
                yield Hit(f"{name}（第二幅）", Kind.PREVIEW)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        yield Hit(name, Kind.UNREADABLE)
        return
    rest = _behind(data)
    if rest.strip(b"\x00\r\n "):
        yield Hit(f"{name}的文件末尾", Kind.UNREADABLE)


def _exif(exif: Any, name: str) -> Iterator[Found]:
    for tag, value in exif.items():
        yield from _said(f"{name}的 EXIF {ExifTags.TAGS.get(tag, tag)}", "", value)
    for ifd in (
        ExifTags.IFD.Exif,
        ExifTags.IFD.GPSInfo,
        ExifTags.IFD.Interop,
        ExifTags.IFD.IFD1,
        ExifTags.IFD.MakerNote,
    ):
        try:
            found = exif.get_ifd(ifd)
        except (OSError, ValueError, SyntaxError, KeyError):
            found = {}
        if ifd == ExifTags.IFD.GPSInfo and found:
            yield Hit(f"{name}的 EXIF GPS", Kind.PLACE_DATA)
        if ifd == ExifTags.IFD.IFD1 and (_THUMBNAIL in found or found):
            yield Hit(f"{name}的 EXIF 缩略图", Kind.PREVIEW)
        for tag, value in dict(found or {}).items():
            yield from _said(f"{name}的 EXIF {ExifTags.TAGS.get(tag, tag)}", "", value)


def _said(where: str, key: Any, value: Any) -> Iterator[Found]:
    """Text out of a value: strings as they are, bytes in the encodings that cameras and editors use."""
    if isinstance(key, str) and key:
        yield Piece(where, key)
    if isinstance(value, str):
        texts = [value]
    elif isinstance(value, bytes):
        if key in ("icc_profile", "exif") or value[:4] in (b"ICC_", b"JFIF", b"Adob"):
            return
        texts = [
            value.decode("utf-8", "ignore"),
            value.decode("gb18030", "ignore"),
            value.decode("utf-16-le", "ignore"),
        ]
        texts.append(value.decode("utf-16-be", "ignore"))
    elif isinstance(value, (tuple, list)):
        texts = (
            [" ".join(str(one) for one in value)]
            if not all(isinstance(one, (int, float)) for one in value)
            else [_as_bytes(value)]
        )
    elif isinstance(value, dict):
        texts = [f"{one} {other}" for one, other in value.items()]
    else:
        texts = [str(value)]
    for text in texts:
        if _XMP_PLACE.search(text):
            yield Hit(where, Kind.PLACE_DATA)
        yield Piece(where, text)


def _as_bytes(value: Any) -> str:
    """Editors keep text as numbers of bytes (XPComment)."""
    whole = [one for one in value if isinstance(one, int) and 0 <= one < 256]
    return bytes(whole).decode("utf-16-le", "ignore") if len(whole) > 3 else " ".join(str(one) for one in value)


def _behind(data: bytes) -> bytes:
    """What stands behind the end of the picture."""
    if data.startswith(b"\xff\xd8"):
        return data[_end_of_jpeg(data) :]
    if data.startswith(b"\x89PNG"):
        end = data.find(b"IEND")
        return data[end + 8 :] if end >= 0 else b""
    return b""


def _end_of_jpeg(data: bytes) -> int:
    """Walks the segments and the scans: small pictures inside a segment have ends of their own, which do not count."""
    place = 2
    while place + 4 <= len(data):
        if data[place] != 0xFF:
            # inside a scan: up to the next marker that is neither a stuffed byte nor a restart
            found = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]").search(data, place)
            if found is None:
                return len(data)
            place = found.start()
            continue
        marker = data[place + 1]
        if marker == 0xD9:
            return place + 2
        if marker in (0xFF, 0x00) or 0xD0 <= marker <= 0xD8 or marker == 0x01:
            place += 1 if marker == 0xFF else 2
            continue
        place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    return place + 2 if data[place : place + 2] == b"\xff\xd9" else len(data)


def stripped(data: bytes) -> bytes:
    """The same picture made anew from its pixels, upright, in the same format: nothing else of the file goes along."""
    with Image.open(io.BytesIO(data), formats=["JPEG", "PNG"]) as image:
        form = "PNG" if image.format == "PNG" else "JPEG"
        turned = ImageOps.exif_transpose(image)
        clean = turned.convert("RGB" if form == "JPEG" or turned.mode not in ("RGBA", "LA", "L") else turned.mode)
    copy = Image.frombytes(clean.mode, clean.size, clean.tobytes())
    out = io.BytesIO()
    copy.save(out, form, quality=92) if form == "JPEG" else copy.save(out, form)
    return out.getvalue()
