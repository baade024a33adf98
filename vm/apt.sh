# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154,SC2034
# What the scripts that fetch packages share; they source it.
#
# apt does the work, with a configuration, lists and caches of its own below CACHE/apt: the system's are read
# (for the mirror and for proxies), never written, and root is not needed. Signatures are verified with Debian's keyring.
# Progress goes to stdout; the last line on stderr says why it failed. Exit status: 0, 2 (usage), 3 (anything else).
#
# Set by the script: name (of what is fetched, for messages), cache, kind (its folder in the cache), suites, mirror (may
# be empty); then version, package (of the main one) and debs (PACKAGE=VERSION of each).
set -u
export LC_ALL=C

keyring=${NSCHECK_KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}
slack_kib=262144 # to unpack into
absent=''

usage() {
	echo "$*" >&2
	exit 2
}

give_up() {
	echo "$*" >&2
	exit 3
}

check_tools() {
	for tool in apt-get apt-cache apt-config dpkg sha256sum flock; do
		command -v "$tool" >/dev/null ||
			give_up "$tool is not installed, so $name cannot be fetched: give a file of your own (--kernel, --runtime-path) instead"
	done
	[ -r "$keyring" ] || give_up "$keyring is missing: install the package debian-archive-keyring"
}

# Debian's mirrors of the system, a line each: "main URL" or "security URL". Origin and label are known once the
# system's lists have been fetched; before that the names of the suites must do.
system_mirrors() {
	# shellcheck disable=SC2016
	apt-get indextargets --format '$(REPO_URI)|$(ORIGIN)|$(LABEL)|$(RELEASE)' 'Created-By: Packages' 2>/dev/null |
		awk -F '|' '
			$2 == "Debian" ||
			$2 == "" && $4 ~ /^((old)*stable|testing|unstable|sid|bullseye|bookworm|trixie|forky|duke)/ {
				kind = $3 == "Debian-Security" || $4 ~ /-security$|\/updates$/ ? "security" : "main"
				sub(/\/$/, "", $1)
				if (!seen[kind]++)
					print kind, $1
			}'
}

find_mirrors() {
	case $mirror in
	*,*) main=${mirror%%,*} security=${mirror#*,} ;;
	?*) main=${mirror%/} security= ;;
	*)
		found=$(system_mirrors)
		main=$(echo "$found" | awk '$1 == "main" { print $2 }')
		security=$(echo "$found" | awk '$1 == "security" { print $2 }')
		;;
	esac
	# Mirrors keep the two side by side, under these names.
	[ -n "$security" ] || security=${main:+$main-security}
	[ -n "$main" ] || main=${security%-security}
	[ -n "$main" ] || give_up "this system's apt has no Debian mirror to fetch $name from: give one with --mirror URL"
}

# What the system's administrator has set for downloads holds here too; what weakens signatures does not.
system_settings() {
	apt-config dump | grep -E '^Acquire::((http|https)::|ForceIPv|Check-Date|Check-Valid-Until|Retries )'
}

write_configuration() {
	mkdir -p "$apt/etc/apt.conf.d" "$apt/etc/preferences.d" "$apt/lists/partial" "$apt/cache/archives/partial" ||
		give_up "cannot write to $apt: free some space, or set NSCHECK_CACHE"
	: >"$apt/status" || give_up "cannot write to $apt: free some space, or set NSCHECK_CACHE"
	{
		echo 'Acquire::Retries "2";'
		echo 'Acquire::http::Timeout "30";'
		echo 'Acquire::https::Timeout "30";'
		system_settings
		cat <<-END
			Dir::Etc "$apt/etc";
			Dir::Etc::sourcelist "$apt/sources.list";
			Dir::Etc::sourceparts "/dev/null";
			Dir::Etc::trusted "/dev/null";
			Dir::Etc::trustedparts "/dev/null";
			Dir::Etc::netrc "/etc/apt/auth.conf";
			Dir::Etc::netrcparts "/etc/apt/auth.conf.d";
			Dir::State "$apt";
			Dir::State::lists "$apt/lists";
			Dir::State::status "$apt/status";
			Dir::Cache "$apt/cache";
			APT::Architecture "amd64";
			APT::Architectures { "amd64"; };
			APT::Sandbox::User "$(id -un)";
			APT::Update::Error-Mode "any";
			APT::Get::List-Cleanup "false";
			Acquire::Languages "none";
		END
	} >"$apt/apt.conf" || give_up "cannot write to $apt: free some space, or set NSCHECK_CACHE"
	export APT_CONFIG="$apt/apt.conf"
}

write_sources() {
	for suite in $(echo "$suites" | tr , ' '); do
		case $suite in
		*-security) base=$security ;;
		*) base=$main ;;
		esac
		echo "deb [signed-by=$keyring] $base $suite main"
	done >"$apt/sources.list"
}

# Turns apt's last words into one line.
explain() {
	if grep -qE 'NO_PUBKEY|EXPKEYSIG|BADSIG|not signed|invalid signature' "$apt/log"; then
		give_up "the signature of the Debian mirror cannot be verified: update the package debian-archive-keyring"
	elif grep -qiE 'no space left|enough free space' "$apt/log"; then
		give_up "no space left in $cache: free some, or set NSCHECK_CACHE to a folder with space"
	elif grep -q 'is expired\|is not valid yet' "$apt/log"; then
		give_up "the Debian mirror is out of date, or this machine's clock is wrong: $(grep -m 1 '^E:' "$apt/log")"
	elif grep -q '404 ' "$apt/log"; then
		give_up "the mirror has no longer what $name needs: $(grep -m 1 -o 'http.*404.*' "$apt/log")"
	fi
	give_up "cannot fetch $name from ${main}: $(grep -m 1 '^[EW]:' "$apt/log" | cut -c 1-300); check the network or --mirror"
}

run_apt() {
	apt-get -q -y "$@" >"$apt/log" 2>&1 || explain
}

check_space() {
	need=0
	for deb in $debs; do
		size=$(apt-cache show "$deb" | awk '/^Size:/ { print int($2 / 1024) + 1; exit }')
		need=$((need + ${size:-0}))
	done
	free=$(df -Pk "$cache" | awk 'NR == 2 { print $4 }')
	[ "$free" -ge $((need + slack_kib)) ] ||
		give_up "no space left in $cache: $name needs $(((need + slack_kib) / 1024)) MiB, $((free / 1024)) are free"
}

write_facts() {
	echo "name $name"
	echo "package $package"
	echo "version $version"
	for part in $absent; do
		echo "absent $part"
	done
	for deb in *.deb; do
		echo "deb $(sha256sum <"$deb" | cut -d ' ' -f 1) $deb"
	done
}

download() {
	new=$(mktemp -d "$cache/$kind/.fetch.XXXXXX") || give_up "cannot write to $cache/$kind"
	trap 'rm -rf "$new"' EXIT
	trap 'exit 3' HUP INT TERM
	cd "$new" || exit 3
	for deb in $debs; do
		run_apt download "$deb"
	done
	write_facts >facts || give_up "no space left in $cache: free some, or set NSCHECK_CACHE to a folder with space"
	cd "$cache" || exit 3
}

# Two renames: the old kernel's folder makes way only when the new one is whole.
install_new() {
	mkdir -p "$(dirname "$home")" || give_up "cannot write to $cache/$kind"
	if [ -e "$home" ]; then
		mv "$home" "$new.old" || give_up "cannot write to $home"
	fi
	mv "$new" "$home" || give_up "cannot write to $home"
	rm -rf "$new.old"
}

# Readies apt for the suites, alone: another fetch waits.
begin() {
	check_tools
	mkdir -p "$cache/apt" "$cache/$kind" || give_up "cannot write to $cache"
	cache=$(cd "$cache" && pwd) || exit 3
	apt=$cache/apt
	home=$cache/$kind/$name

	exec 9>"$apt/lock" || give_up "cannot write to $apt"
	flock 9 || give_up "cannot lock $apt/lock"
	rm -rf "$cache/$kind"/.fetch.* # of a fetch that was killed

	find_mirrors
	write_configuration
	write_sources
	echo "looking for the newest $name"
	run_apt update
}

is_known() {
	grep -qsx "package $package" "$home/facts" && grep -qsx "version $version" "$home/facts"
}

get() {
	check_space
	echo "fetching $package $version"
	download
	install_new
	rm -f "$apt"/cache/*.bin # apt's own index of the lists: large, and quickly made again
}
