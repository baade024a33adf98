# SPDX-License-Identifier: GPL-2.0-only
# Turns suites/*/behaviours.tsv into a C table, in the order of the files' rows.
# Columns: id since until needs statement expected source tier.

function quoted(s) {
	gsub(/\\/, "\\\\", s)
	gsub(/"/, "\\\"", s)
	gsub(/\?\?/, "?\"\"?", s)
	return "\"" s "\""
}

function wrong(text) {
	printf "%s:%d: %s\n", FILENAME, FNR, text > "/dev/stderr"
	failed = 1
}

BEGIN {
	FS = "\t"
	print "#include \"helpers/catalogue.h\"\n\nconst struct behaviour catalogue[] = {"
}

FNR == 1 {
	if ($0 != "id\tsince\tuntil\tneeds\tstatement\texpected\tsource\ttier")
		wrong("the heading is not the eight columns of a catalogue")
	split(FILENAME, path, "/")
	suite = path[length(path) - 1]
	next
}

{
	if (NF != 8)
		wrong("a row has eight columns, this one has " NF)
	if ($1 !~ /^[a-z0-9_]+\.[a-z0-9_]+\.[a-z0-9_]+$/)
		wrong("'" $1 "' is not an id (suite.group.behaviour)")
	if (index($1, suite ".") != 1)
		wrong("'" $1 "' stands in the catalogue of suite " suite)
	if ($1 in seen)
		wrong("'" $1 "' stands here and in " seen[$1])
	if ($8 !~ /^(seed|man|peer|beyond|selftest)$/)
		wrong("'" $8 "' is not a tier")
	seen[$1] = FILENAME ":" FNR
	printf "\t{"
	for (i = 1; i <= 8; i++)
		printf "%s%s", quoted($i), i < 8 ? ", " : "},\n"
}

END {
	print "};\n\nconst unsigned int catalogue_rows = sizeof(catalogue) / sizeof(catalogue[0]);"
	exit failed
}
