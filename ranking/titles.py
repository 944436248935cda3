"""The title of a ranking that nobody gave one: what was looked for, and how many there are."""

MOST_LETTERS = 180  # of what was looked for; a title holds 200
LEAST = 3  # ranks: fewer are not counted in a title, for more of them are still to come


def default_title(keyword: str, count: int) -> str:
    """Return the title of a ranking that nobody gave one."""
    return f"{keyword} | TOP {count}" if keyword else f"TOP {count}"


def title_for(keyword: str, count: int) -> str:
    """Return the title of so many videos of a keyword as it was typed, # and all; "" for none."""
    words = " ".join(keyword.replace("#", " ").replace("|", " ").replace("\0", "").split())[:MOST_LETTERS]
    return default_title(words, count) if words and count >= LEAST else words


def recounted(title: str, before: int, count: int) -> str:
    """Return a title with the new count, where nobody changed the default one since there were `before` videos."""
    keyword = title.removesuffix(default_title("", before)).removesuffix(" | ")
    return default_title(keyword, count) if keyword and title == default_title(keyword, before) else title
