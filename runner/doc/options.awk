# SPDX-License-Identifier: GPL-2.0-only
# awk -f options.awk -f FORM.awk HELP SOURCE: prints SOURCE with the options that --help lists, one a line
# (ARGP_HELP_FMT=rmargin=2000), in place of its line @OPTIONS@, so that neither the manual page nor a shell's completion
# can fall behind the program. FORM has two functions that return what is put there:
#	heading(TEXT)
#	option(LETTER, NAME, VALUE, OPTIONAL, TEXT)	such as "k", "kernel", "K"; "" where there is none; OPTIONAL: the
#							option may be given without its value

function read_option(line,    words, text, value, letter, name, optional) {
	line = substr(line, match(line, /[^ ]/))
	if (match(line, /   */)) {
		text = substr(line, RSTART + RLENGTH)
		line = substr(line, 1, RSTART - 1)
	}
	words = line
	if (match(line, /\[?=.*/)) {
		value = substr(line, RSTART)
		words = substr(line, 1, RSTART - 1)
		optional = value ~ /^\[/
		gsub(/[]=[]/, "", value)
	}
	letter = words ~ /^-[^-]/ ? substr(words, 2, 1) : ""
	name = match(words, /--.*/) ? substr(words, RSTART + 2) : ""
	return option(letter, name, value, optional, text)
}

FNR == NR {
	if (/^ [A-Z].*:$/)
		options = options heading(substr($0, 2, length($0) - 2))
	else if (/^ +-/)
		options = options read_option($0)
	next
}

$0 == "@OPTIONS@" {
	printf "%s", options
	next
}

{ print }
