"""Cells of tables that a spreadsheet may open: no words of anybody's calculate."""

# What begins so is a formula to a spreadsheet, whoever typed it.
_CALCULATES = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(cell: object) -> object:
    """Words that would calculate are told to be words; numbers stay numbers."""
    if isinstance(cell, str) and cell.lstrip(" \u00a0\ufeff").startswith(_CALCULATES):
        return f"'{cell}"
    return cell
