# SPDX-License-Identifier: GPL-2.0-only
# The form of options.awk for the completion of fish: a command for each option.

function heading(text) {
	return ""
}

function quoted(s) {
	gsub(/\\/, "\\\\", s)
	gsub(/'/, "\\'", s)
	return "'" s "'"
}

# -x: with a value of these, and no file; -r: with one that is a file.
function action(value) {
	if (value == "K")
		return " -r -F -a '(__nscheck_kernels)'"
	if (value == "R")
		return " -x -a '(__nscheck_runtimes)'"
	if (value == "ID")
		return " -x -a '(__nscheck_ids)'"
	if (value == "DIR")
		return " -x -a '(__fish_complete_directories)'"
	if (value == "FILE" || value == "PATH")
		return " -r -F"
	if (value ~ /\|/) {
		gsub(/\|/, " ", value)
		return " -x -a " quoted(value)
	}
	return " -x"
}

function option(letter, name, value, optional, text) {
	return "\t\tcomplete -c $program" (letter == "" ? "" : " -s " quoted(letter)) " -l " name \
		(value == "" || optional ? "" : action(value)) " -d " quoted(text) "\n"
}
