"""Reports: tables of agents, teams, sections, questions and automatic fails; one evaluation as PDF.

Everything is read from the store; the words and figures are those of the evaluations in it.
"""

from cintel.reports.card import cards
from cintel.reports.excel import workbook
from cintel.reports.facts import collect
from cintel.reports.files import csv_files, csv_zip
from cintel.reports.pdf import render
from cintel.reports.tables import about

__all__ = ["about", "cards", "collect", "csv_files", "csv_zip", "render", "workbook"]
