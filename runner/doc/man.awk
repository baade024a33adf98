# SPDX-License-Identifier: GPL-2.0-only
# The form of options.awk for the manual page.

function roff(s) {
	gsub(/\\/, "\\e", s)
	gsub(/-/, "\\-", s)
	return s ~ /^[.']/ ? "\\&" s : s
}

function heading(text) {
	return ".SS " roff(text) "\n"
}

function option(letter, name, value, optional, text,    words) {
	words = (letter == "" ? "" : "-" letter ", ") "--" name
	value = value == "" ? "" : "=\\fI" roff(value) "\\fR"
	return ".TP\n\\fB" roff(words) "\\fR" (optional ? "[" value "]" : value) "\n" roff(text) "\n"
}
