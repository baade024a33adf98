#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# circles.sh [FOLDER...]: no circle of includes in these folders (default: in the tree). A source and its header are one
# module, and so is NAME_inside.h, which the files share that NAME is parted into; no module includes itself by way of
# others, nor does a folder. Who includes whom the compiler says: in the .d files of the build, or when it is asked, where
# there is none. A circle is named, module by module.
cd "$(dirname "$0")/../../.." || exit

folders=$(IFS='|' && echo "${*:-[a-z]*}")
sources=$(find helpers results runner suites vm -name '*.[ch]' ! -path 'results/runs/*')

# A rule for each source: what it was made of, itself first.
rules() {
	local source made asked=()
	while read -r source; do
		for made in build/obj/${source%.c}.d build/san/${source%.c}.d; do
			if [[ $source == *.c && $made -nt $source ]]; then
				cat "$made"
				continue 2
			fi
		done
		[[ $source == *.h && -e ${source%.h}.c ]] || asked+=("$source")
	done <<<"$sources"
	[ ${#asked[@]} -eq 0 ] || "${CC:-gcc}" -std=gnu11 -D_GNU_SOURCE -I. -Ibuild -MM "${asked[@]}"
}

# Pairs of modules, the first of which includes the second. Headers of the build itself are no module.
includes() {
	rules | sed -e ':join' -e '/\\$/ { N; s/\\\n//; b join' -e '}' | awk '
		NF > 1 && $1 ~ /\.o:$/ {
			for (i = 2; i <= NF; i++)
				if (sub(/(_inside)?\.[ch]$/, "", $i) && i > 2 && $i != $2 && $i !~ /^build\//)
					print $2, $i
		}' | grep -E "^($folders)/" | sort -u
}

# Whether these pairs have no circle; tsort names each, a module a line.
straight() { # WHAT
	local said
	said=$(tsort 2>&1 >/dev/null) && return
	awk -v what="$1" '
		/input contains a loop/ { printf "%s%s in a circle:", (n++ ? "\n" : ""), what; next }
		{ printf " %s", $2 }
		END { print "" }' <<<"$said"
	return 1
}

pairs=$(includes)
[ -n "$pairs" ] || { echo "nothing includes anything"; exit 1; }
status=0
straight modules <<<"$pairs" || status=1
awk '{ sub(/\/[^\/]*$/, "", $1); sub(/\/[^\/]*$/, "", $2); if ($1 != $2) print $1, $2 }' <<<"$pairs" | sort -u |
	straight folders || status=1
exit "$status"
