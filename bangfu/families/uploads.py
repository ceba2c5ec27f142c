"""What an uploaded file really is: by its first bytes and by decoding it, never by its name.

JPEG, PNG and PDF are taken. A picture gets a straightened copy without its EXIF data (no place, no camera) and a thumbnail.
"""

import io
import re
import subprocess
import sys
import threading
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageOps, UnidentifiedImageError

from bangfu.common.errors import Refused

VIEW_SIDE = 2400
THUMB_SIDE = 320
MAX_PIXELS = 120_000_000
"""A phone's largest camera has 108 million; decoding takes up to four bytes of memory for each."""

TOO_MANY_PIXELS = "照片的像素过多，请用较低的分辨率重拍。"

Image.MAX_IMAGE_PIXELS = MAX_PIXELS
_decoding = threading.Semaphore(1)  # one large picture in memory at a time, however many people upload at once

PDF_SECONDS = 20
_PDF_READER = Path(__file__).with_name("pdf_reader.py")

_KINDS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "压缩包或 Office 文档"),
    (b"\xd0\xcf\x11\xe0", "旧版 Office 文档"),
    (b"MZ", "程序文件"),
    (b"\x7fELF", "程序文件"),
    (b"GIF8", "GIF 图片"),
    (b"BM", "BMP 图片"),
    (b"II*\x00", "TIFF 图片"),
    (b"MM\x00*", "TIFF 图片"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"<", "网页或文本"),
    (b"#!", "程序脚本"),
)


class UploadFault(Refused):
    """The file is not taken; the message says what it is and what helps."""


@dataclass(frozen=True)
class Inspected:
    """An upload that passed: its real type, pages, and the copies made of a picture."""

    content_type: str
    pages: int
    viewing: bytes | None
    thumbnail: bytes | None


def too_big(size: int) -> str:
    """The message for a file over the limit."""
    limit = settings.BANGFU_UPLOAD_BYTES // 1024 // 1024
    return f"文件有 {size / 1024 / 1024:.0f} MB，超过 {limit} MB 的上限。请用较低的分辨率重拍，或拆成几个文件。"


def inspect(data: bytes) -> Inspected:
    """Checks and prepares an upload. Raises ``UploadFault``."""
    if not data:
        raise UploadFault("文件是空的，请重新选择。", field="file")
    if len(data) > settings.BANGFU_UPLOAD_BYTES:
        raise UploadFault(too_big(len(data)), field="file")
    if data.startswith(b"\xff\xd8\xff"):
        return _picture(data, "JPEG")
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _picture(data, "PNG")
    if data[:1024].lstrip().startswith(b"%PDF-"):
        return _pdf(data)
    raise UploadFault(f"这是{_name_of(data)}，不能作为材料上传。请上传照片（JPG、PNG）或 PDF。", field="file")


def _name_of(data: bytes) -> str:
    if data[4:12] in {b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc"}:
        return "HEIC 照片（请在手机相机设置中选“兼容性最佳”）"
    if data[4:8] == b"ftyp":
        return "视频文件"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WebP 图片"
    return next((name for magic, name in _KINDS if data.startswith(magic)), "无法识别的文件")


def _picture(data: bytes, expected: str) -> Inspected:
    try:
        with Image.open(io.BytesIO(data), formats=[expected]) as image:
            # the header tells the size; nothing is decoded of a picture that would fill the memory
            if image.width * image.height > MAX_PIXELS:
                raise UploadFault(TOO_MANY_PIXELS, field="file")
            with _decoding:
                flat = _on_white(ImageOps.exif_transpose(_shrunk(image)))
    except UploadFault:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as fault:
        raise UploadFault(TOO_MANY_PIXELS, field="file") from fault
    except (OSError, SyntaxError, ValueError, UnidentifiedImageError) as fault:
        raise UploadFault("这张照片已损坏或不完整，打不开。请重新拍摄或重新保存后再传。", field="file") from fault
    return Inspected(f"image/{expected.lower()}", 1, _jpeg(flat, VIEW_SIDE, 85), _jpeg(flat, THUMB_SIDE, 75))


def _shrunk(image: Image.Image) -> Image.Image:
    """The picture decoded and brought to viewing size at once, so that no second copy of its full size is made."""
    image.draft("RGB", (VIEW_SIDE, VIEW_SIDE))  # a JPEG is decoded at the size that is needed
    if image.mode not in {"L", "LA", "RGB", "RGBA"}:
        image = image.convert("RGBA" if image.mode == "PA" or "transparency" in image.info else "RGB")
    image.thumbnail((VIEW_SIDE, VIEW_SIDE), Image.Resampling.LANCZOS)
    return image


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        layer = image.convert("RGBA")
        ground = Image.new("RGB", layer.size, "white")
        ground.paste(layer, mask=layer.getchannel("A"))
        return ground
    return image.convert("RGB")


def _jpeg(image: Image.Image, side: int, quality: int) -> bytes:
    # saved from pixels alone: nothing of the original's metadata goes along
    copy = Image.frombytes("RGB", image.size, image.tobytes())
    copy.thumbnail((side, side), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    copy.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _pdf(data: bytes) -> Inspected:
    """A PDF is read in a process of its own, with a bound on memory and time: some bytes of it can unfold to any size."""
    command = [sys.executable, "-I", str(_PDF_READER)]
    try:
        read = subprocess.run(command, input=data, capture_output=True, timeout=PDF_SECONDS, check=False)  # noqa: S603
        answer = read.stdout.decode("ascii", "replace").strip() if read.returncode == 0 else ""
    except subprocess.TimeoutExpired:
        answer = ""
    if answer == "password":
        raise UploadFault("这个 PDF 设了密码，请去掉密码后再传。", field="file")
    if not answer.isdigit():
        raise UploadFault("这个 PDF 已损坏或不完整，打不开。请重新导出后再传。", field="file")
    pages = int(answer)
    if not pages:
        raise UploadFault("这个 PDF 没有内容页。", field="file")
    return Inspected("application/pdf", min(pages, 32767), None, None)


def safe_name(name: str) -> str:
    """A file name that is safe to store and to send back: no path, no control signs, at most 120 characters."""
    clean = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    clean = re.sub(r"[\x00-\x1f\x7f\"<>|:*?\u202a-\u202e\u2066-\u2069]", "", clean).strip(" .")
    return clean[-120:] or "未命名"
