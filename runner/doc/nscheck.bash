# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Completion of nscheck and run.sh for bash: options, kernels, container runtimes, and the catalogue's suites, groups and ids, as the program
# itself tells them.

# _nscheck_complete WORDS: those that begin with what was typed; bash has cut that at a colon or an equals sign.
_nscheck_complete() {
	mapfile -t COMPREPLY < <(compgen -W "$1" -- "${COMP_WORDS[COMP_CWORD]#=}")
}

_nscheck_names() {
	printf 'tier:%s\n' seed man peer beyond
	"$1" --list 2>/dev/null | cut -f 1 | awk -F . '{ print $1; print $1 "." $2; print }' | sort -u
}

# What --help says that an option takes, such as DIR, or auto|kvm|tcg.
_nscheck_argument() {
	"$1" --help 2>/dev/null | awk -v option="$2" '
		/^ +-/ && match($0, /--[a-z-]+(=[^ ]+)?/) {
			split(substr($0, RSTART, RLENGTH), parts, "=")
			if (option == parts[1] || option == substr($0, RSTART - 4, 2))
				print parts[2]
		}'
}

_nscheck() {
	local program=$1 word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} argument=

	if [ "$word" = = ]; then
		word=
	elif [ "$previous" = = ]; then
		previous=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	case $previous in
	-*) argument=$(_nscheck_argument "$program" "$previous") ;;
	esac
	case $argument in
	K)
		_nscheck_complete "$("$program" --kernels 2>/dev/null | cut -d ' ' -f 1)"
		mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$word")
		;;
	R) _nscheck_complete "$("$program" --runtimes 2>/dev/null)" ;;
	ID) _nscheck_complete "$("$program" --list 2>/dev/null | cut -f 1)" ;;
	*"|"*) _nscheck_complete "${argument//|/ }" ;;
	DIR) mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
	FILE | PATH) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
	?*) ;;
	*)
		case $word in
		-*) _nscheck_complete "$("$program" --help 2>/dev/null | grep -oE -- '^ +(-., )?--[a-z-]+' | grep -oE -- '--.*')" ;;
		*) _nscheck_complete "$(_nscheck_names "$program")" ;;
		esac
		;;
	esac
}

complete -o default -F _nscheck nscheck run.sh ./run.sh
