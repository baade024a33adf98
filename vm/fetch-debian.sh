#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# fetch-debian.sh NAME CACHE_DIR [MIRROR[,SECURITY_MIRROR]]
#
# Fetches the newest packages of a kernel of kernels.list that comes from Debian to CACHE_DIR/kernels/NAME, with a file of
# facts beside them: see apt.sh.
here=$(cd "$(dirname "$0")" && pwd) || exit 3
# shellcheck source=vm/apt.sh
. "$here/apt.sh"
table=$here/kernels.list

if [ $# -lt 2 ] || [ $# -gt 3 ]; then
	usage "usage: fetch-debian.sh NAME CACHE_DIR [MIRROR[,SECURITY_MIRROR]]"
fi
kind=kernels name=$1 mirror=${3:-}

row=$(awk -v name="$name" '$1 == name { print; exit }' "$table")
[ -n "$row" ] ||
	usage "no kernel $name: the known names are $(awk '/^[^#]/ { printf "%s%s", sep, $1; sep = ", " }' "$table")"

set -f # the pattern is not for the shell
# shellcheck disable=SC2086
set -- "$2" $row
set +f
cache=$1 suites=$4 prefix=$5 pattern=$6
[ "$prefix" = - ] && prefix=

# "VERSION PACKAGE" of the newest package that fits the row.
newest() {
	best=
	apt-cache pkgnames linux-image- >"$apt/names" || give_up "apt-cache does not work: $(tail -n 1 "$apt/names")"
	while read -r package; do
		# shellcheck disable=SC2254
		case $package in
		$pattern) ;;
		*) continue ;;
		esac
		apt-cache madison "$package" | awk -F ' *[|] *' '$3 ~ / Packages$/ { print $2, $1 }'
	done <"$apt/names" | sed 's/^ *//' >"$apt/versions"
	while read -r version package; do
		case $version in
		"$prefix"*) ;;
		*) continue ;;
		esac
		if [ -z "$best" ] || dpkg --compare-versions "$version" gt "${best%% *}"; then
			best="$version $package"
		fi
	done <"$apt/versions"
	echo "$best"
}

# A package and the parts it is split into, from 6.19 on: "linux-base-7.3.4..." but not the tool "linux-base".
parts() {
	echo "$1"
	apt-cache show "$1=$2" | awk '
		/^Depends:/ {
			n = split(substr($0, 9), depends, ",")
			for (i = 1; i <= n; i++) {
				split(depends[i], word, " ")
				if (word[1] ~ /^linux-(image|base|binary|modules)-[0-9]/)
					print word[1]
			}
			exit
		}'
}

# Once a newer kernel is there, Debian's archive keeps the signed half of an older one for longer than its modules and
# configuration. The image alone boots: tests that need a module are skipped there.
leave_out_absent() {
	kept=''
	for part in $parts; do
		if apt-cache show "$part=$version" 2>/dev/null | grep -q "^Package:"; then
			kept="$kept $part"
			continue
		fi
		case $part in
		linux-base-* | linux-modules-*) absent="$absent $part" ;;
		*) give_up "the mirror has no longer what $name needs: $part $version" ;;
		esac
	done
	debs=
	for part in $kept; do
		debs="$debs $part=$version"
	done
	case $absent in
	*linux-modules-*) echo "the mirror has no longer the modules of $name: tests that need one will be skipped" ;;
	esac
}

begin
found=$(newest)
[ -n "$found" ] || give_up "the mirror has no package for $name (suites $suites, packages $pattern)"
version=${found%% *} package=${found##* }
if is_known; then
	echo "$name is $package $version already"
	exit 0
fi
parts=$(parts "$package" "$version")
leave_out_absent
get
