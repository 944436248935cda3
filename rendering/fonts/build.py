"""Gather the fonts of the board art into this folder.

python rendering/fonts/build.py PRETENDARD_DIR NOTO_DIR DISPLAY_DIR OUT

PRETENDARD_DIR is `dist/public/static` of the npm package pretendard; NOTO_DIR is /usr/share/fonts of a Debian with
fonts-noto-core, fonts-noto-cjk and fonts-noto-color-emoji; DISPLAY_DIR holds the .ttf files of the npm packages that
FONTS.md names, with the versions of all.
"""

import shutil
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection

PRETENDARD = ("Black", "ExtraBold", "Bold")
SCRIPTS = (
    "Arabic",
    "Hebrew",
    "Syriac",
    "Thaana",
    "NKo",
    "Adlam",
    "Thai",
    "Lao",
    "Khmer",
    "Myanmar",
    "Devanagari",
    "Bengali",
    "Gurmukhi",
    "Gujarati",
    "Oriya",
    "Tamil",
    "Telugu",
    "Kannada",
    "Malayalam",
    "Sinhala",
    "Ethiopic",
    "Georgian",
    "Armenian",
    "Cherokee",
    "CanadianAboriginal",
    "Tifinagh",
    "Mongolian",
    "Javanese",
    "Symbols",
    "Symbols2",
    "Math",
)
KOREAN_FACE = 1  # the order inside Debian's NotoSansCJK-Bold.ttc is JP, KR, SC, TC, HK
HANGUL_SYLLABLES = range(0xAC00, 0xD7A4)  # all of them are in Pretendard
DISPLAY = {  # the file in its package, and its name here
    "BlackHanSans_400Regular": "BlackHanSans",
    "DoHyeon_400Regular": "DoHyeon",
    "Jua_400Regular": "Jua",
    "BagelFatOne_400Regular": "BagelFatOne",
    "Galmuri11-Bold": "Galmuri11-Bold",
}
NAMES = [0, 1, 2, 3, 4, 5, 6, 13, 14]  # copyright, names and licence
FEATURES = ["ccmp", "ljmo", "vjmo", "tjmo", "liga", "kern", "mark", "mkmk"]


def copy_pretendard(source: Path, out: Path) -> None:
    """Copy the three weights unchanged: the licence reserves the name for the unchanged font."""
    for weight in PRETENDARD:
        shutil.copyfile(source / f"Pretendard-{weight}.otf", out / f"Pretendard-{weight}.otf")


def copy_noto(source: Path, out: Path) -> None:
    """Copy Noto's faces, bold where there is one, unchanged."""
    folder = source / "truetype" / "noto"
    names = [f"NotoSans{script}" for script in SCRIPTS] + ["NotoSans", "NotoSerifTibetan"]
    for name in names:
        bold = folder / f"{name}-Bold.ttf"
        face = bold if bold.exists() else folder / f"{name}-Regular.ttf"
        shutil.copyfile(face, out / face.name)
    shutil.copyfile(folder / "NotoColorEmoji.ttf", out / "NotoColorEmoji.ttf")


def subset_cjk(source: Path, out: Path) -> None:
    """Write NotoSansCJKkr-Bold.otf: the Korean face without Hangul syllables, with hanja, kana and old jamo."""
    collection = TTCollection(str(source / "opentype" / "noto" / "NotoSansCJK-Bold.ttc"))
    font = collection.fonts[KOREAN_FACE]
    options = subset.Options(layout_features=FEATURES, hinting=False, name_IDs=NAMES)
    worker = subset.Subsetter(options)
    worker.populate(unicodes=[code for code in font.getBestCmap() if code not in HANGUL_SYLLABLES])
    worker.subset(font)
    font.save(out / "NotoSansCJKkr-Bold.otf")


def strip_display(source: Path, out: Path) -> None:
    """Write the display faces without hinting, which is half of them; none of their licences reserves a name."""
    for file, name in DISPLAY.items():
        options = subset.Options(layout_features=["kern", "liga", "ccmp"], hinting=False, name_IDs=NAMES)
        font = subset.load_font(str(next(source.rglob(f"{file}.ttf"))), options)
        worker = subset.Subsetter(options)
        worker.populate(unicodes=list(font.getBestCmap()))
        worker.subset(font)
        font.save(out / f"{name}.ttf")


def main(arguments: list[str]) -> None:
    """Fill the last folder from the others."""
    pretendard, noto, display, out = (Path(argument) for argument in arguments)
    copy_pretendard(pretendard, out)
    copy_noto(noto, out)
    subset_cjk(noto, out)
    strip_display(display, out)


if __name__ == "__main__":
    main(sys.argv[1:])
