# SPDX-License-Identifier: GPL-2.0-only
# The form of options.awk for the completion of zsh: what _arguments takes, a line each.

function heading(text) {
	return ""
}

# Within single quotes, and within the brackets and colons of _arguments.
function quoted(s) {
	gsub(/\\/, "\\\\", s)
	gsub(/[]:[]/, "\\\\&", s)
	gsub(/'/, "'\\''", s)
	return s
}

function action(value) {
	if (value == "K")
		return "_nscheck_kernels"
	if (value == "R")
		return "_nscheck_runtimes"
	if (value == "ID")
		return "_nscheck_ids"
	if (value == "DIR")
		return "_files -/"
	if (value == "FILE" || value == "PATH")
		return "_files"
	if (value ~ /\|/) {
		gsub(/\|/, " ", value)
		return "(" value ")"
	}
	return " "
}

# Any of them may be given again.
function option(letter, name, value, optional, text,    line, rest) {
	rest = "[" quoted(text) "]"
	if (value != "")
		rest = rest (optional ? "::" : ":") quoted(value) ":" action(value)
	line = "\t'*--" name (value == "" ? "" : optional ? "=-" : "=") rest "' \\\n"
	return line (letter == "" ? "" : "\t'*-" letter (value == "" ? "" : "+") rest "' \\\n")
}
