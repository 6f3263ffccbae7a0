"""What stands before and after the street of an address: units, countries, codes of states."""

from __future__ import annotations

import re

UNIT = r"(?:apartment|apt|suite|unit|flat|floor|room|box|p\.? ?o\.? box|psc|dpo|fpo|apo)"
_COUNTRIES = (
    "afghanistan|albania|algeria|andorra|angola|antigua and barbuda|argentina|armenia|australia|"
    "austria|azerbaijan|bahamas|bahrain|bangladesh|barbados|belarus|belgium|belize|benin|bhutan|"
    "bolivia|bosnia and herzegovina|botswana|brazil|brunei|bulgaria|burkina faso|burundi|"
    "cambodia|cameroon|canada|cape verde|central african republic|chad|chile|china|colombia|"
    "comoros|congo|costa rica|croatia|cuba|cyprus|czech republic|czechia|"
    "democratic republic of the congo|denmark|djibouti|dominica|dominican republic|east timor|"
    "ecuador|egypt|el salvador|england|equatorial guinea|eritrea|estonia|eswatini|ethiopia|fiji|"
    "finland|france|gabon|gambia|georgia|germany|ghana|greece|greenland|grenada|guatemala|guinea|"
    "guinea-bissau|guyana|haiti|honduras|hong kong|hungary|iceland|india|indonesia|iran|iraq|"
    "ireland|israel|italy|ivory coast|jamaica|japan|jordan|kazakhstan|kenya|"
    "kingdom of the netherlands|kiribati|kosovo|kuwait|kyrgyzstan|laos|latvia|lebanon|lesotho|"
    "liberia|libya|liechtenstein|lithuania|luxembourg|madagascar|malawi|malaysia|maldives|mali|"
    "malta|marshall islands|mauritania|mauritius|mexico|micronesia|moldova|monaco|mongolia|"
    "montenegro|morocco|mozambique|myanmar|namibia|nauru|nepal|netherlands|new zealand|nicaragua|"
    "niger|nigeria|north korea|north macedonia|northern ireland|norway|oman|pakistan|palau|"
    "palestine|panama|papua new guinea|paraguay|peru|philippines|poland|portugal|puerto rico|"
    "qatar|republic of the congo|romania|russia|rwanda|saint lucia|samoa|san marino|saudi arabia|"
    "scotland|senegal|serbia|seychelles|sierra leone|singapore|slovakia|slovenia|"
    "solomon islands|somalia|south africa|south korea|south sudan|spain|sri lanka|sudan|suriname|"
    "sweden|switzerland|syria|taiwan|tajikistan|tanzania|thailand|togo|tonga|trinidad and tobago|"
    "tunisia|turkey|turkmenistan|tuvalu|uganda|ukraine|united arab emirates|united kingdom|"
    "united states|united states of america|uruguay|uzbekistan|vanuatu|vatican city|venezuela|"
    "vietnam|wales|yemen|zambia|zimbabwe"
)
_COUNTRY = rf"(?i:(?:the )?(?:{_COUNTRIES})(?![\w'-]))"
_NO_TOWN = r"(?i:in|to|from|and|or|the|at|on|of|by|for|is|was|but|i|we|he|she|it|my|with|outside)"
LEAD = re.compile(
    rf"(?:(?i:\bthe corner of )|\b\d{{1,4}}[ ,]+|(?i:\b{UNIT}\b)[ .#]*|"
    r"(?i:\b(?:ul|al|av|rua|rue|calle|via|plaza|piazza)\b)\.? )+$"
)
TAIL = re.compile(
    r"(?:[\s,]{1,3}(?:(?:(?:and|of|of the) )?[A-Z][\w'.-]*|nan|\d{4,6})(?![\w']))*"
    r"(?:[\s,]{1,3}(?:[a-z]{2}[\s,]{1,3}\d{5}|(?:ab|bc|mb|ns|qc|sk|nsw|qld))(?!\w))?"
    rf"(?:(?:[\s,]{{1,3}}(?!{_NO_TOWN}\b)[^\W\d][\w'-]*){{0,2}}[\s,]{{1,3}}{_COUNTRY}"
    r"(?:[\s,]{1,3}\d{4,6}(?!\w))?)?"
)
"""Capitals and codes, then at most two words of a town before the name of a country."""
