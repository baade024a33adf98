# SPDX-License-Identifier: GPL-2.0-only
# awk -f options.awk HELP nscheck.1.in: puts the options that --help lists, one a line (ARGP_HELP_FMT=rmargin=2000), in
# place of the line @OPTIONS@ of the manual page's source, so that the page cannot fall behind the program.

function roff(s) {
	gsub(/\\/, "\\e", s)
	gsub(/-/, "\\-", s)
	return s ~ /^[.']/ ? "\\&" s : s
}

function option(line,    words, text, value) {
	line = substr(line, match(line, /[^ ]/))
	if (match(line, /   */)) {
		text = substr(line, RSTART + RLENGTH)
		line = substr(line, 1, RSTART - 1)
	}
	words = line
	if (match(line, /\[?=.*/)) { # --name=VALUE, or --name[=VALUE]
		value = substr(line, RSTART)
		words = substr(line, 1, RSTART - 1)
		gsub(/[][=]/, "", value)
		value = (line ~ /\[=/) ? "[=\\fI" roff(value) "\\fR]" : "=\\fI" roff(value) "\\fR"
	}
	options = options ".TP\n\\fB" roff(words) "\\fR" value "\n" roff(text) "\n"
}

FNR == NR {
	if (/^ [A-Z].*:$/)
		options = options ".SS " roff(substr($0, 2, length($0) - 2)) "\n"
	else if (/^ +-/)
		option($0)
	next
}

$0 == "@OPTIONS@" {
	printf "%s", options
	next
}

{ print }
