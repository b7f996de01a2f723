"""Facts about written dates that importers and the query language share: months, years of the Republic,
Chinese numerals, the years that news can be of. How a date is written is decided by those who read it."""

from __future__ import annotations

import calendar
from typing import Final

EARLIEST_YEAR, LATEST_YEAR = 1850, 2100  # numbers beyond are no years of newspapers
REPUBLIC: Final = 1911  # added to a year of the Republic (民國): 民國1年 is 1912

# English names and abbreviations in lower case: {"january": 1, "jan": 1, …}, with "sept".
MONTHS: Final = {
    name: number
    for number in range(1, 13)
    for name in (calendar.month_name[number].lower(), calendar.month_abbr[number].lower())
} | {"sept": 9}

# Chinese numerals by their value; 元 is the first year of an era.
DIGITS: Final = {
    char: value
    for value, chars in enumerate(("〇零○", "一元", "二", "三", "四", "五", "六", "七", "八", "九"))
    for char in chars
}
TENS: Final = {"十": 10, "廿": 20, "卅": 30}


def is_year_of_news(year: int) -> bool:
    return EARLIEST_YEAR <= year <= LATEST_YEAR
