#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The files in runner/ci/, as TAP: they are sound YAML and shell, agree with themselves, and use options that nscheck has.
cd "$(dirname "$0")/../../.." || exit
. runner/tests/tap.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

has_yaml() {
	python3 -c 'import yaml' 2>/dev/null
}

# Each shell text in a file, to a file of its own: what an engine hands to a shell.
shell_of() {
	python3 - "$1" <<-'END'
		import sys, yaml

		def texts(node):
		    if isinstance(node, dict):
		        for key, value in node.items():
		            if key == "run":
		                yield value
		            elif key == "script":
		                yield "\n".join(value)
		            elif key == "command":
		                assert value[:2] == ["sh", "-c"], value
		                yield value[2]
		            else:
		                yield from texts(value)
		    elif isinstance(node, list):
		        for value in node:
		            yield from texts(value)

		print("#!/bin/sh")
		for document in yaml.safe_load_all(open(sys.argv[1])):
		    for text in texts(document):
		        print(text)
	END
}

# GitHub replaces ${{ }} before a shell sees it.
sound_shell() {
	shell_of "$1" | sed -E 's/\$\{\{[^}]*\}\}/1/g' >"$work/shell" && grep -q run.sh "$work/shell" && sh -n "$work/shell" &&
		if command -v shellcheck >/dev/null; then shellcheck -e SC2154 "$work/shell"; fi
}

# The number of parts stands in two places of a file.
same_parts() {
	python3 - <<-'END'
		import yaml

		def load(name):
		    return yaml.safe_load(open(f"runner/ci/{name}.yml"))

		job = load("github")["jobs"]["part"]
		parts = job["strategy"]["matrix"]["part"]
		assert parts == list(range(1, len(parts) + 1)), parts
		assert any(f"--shard ${{{{ matrix.part }}}}/{len(parts)} " in s.get("run", "") for s in job["steps"]), job
		spec = load("kubernetes")["spec"]
		command = spec["template"]["spec"]["containers"][0]["command"][2]
		assert spec["completions"] == spec["parallelism"] and f"/{spec['completions']}\"" in command, spec
		job = load("gitlab")["nscheck"]
		assert job["parallel"] > 1 and "$CI_NODE_INDEX/$CI_NODE_TOTAL" in job["script"][0], job
	END
}

options_exist() {
	local option
	build/nscheck --help >"$work/help"
	while read -r option; do
		grep -qE -- "$option([ =]|$)" "$work/help" || {
			echo "no such option: $option"
			return 1
		}
	done < <(grep -ohE 'run\.sh .*' runner/ci/*.yml runner/ci/*.sh runner/ci/README.md | grep -oE -- '--[a-z][a-z-]+' | sort -u)
}

# The script as Slurm starts it, on a tree that tells what it was asked.
slurm_runs() { # WANTED VARIABLE=VALUE...
	local wanted=$1
	shift
	mkdir -p "$work/tree" "$work/all/part-1" "$work/all/part-2"
	printf '#!/bin/sh\necho "$@"\n' >"$work/tree/run.sh"
	chmod +x "$work/tree/run.sh"
	output=$(env "$@" SLURM_SUBMIT_DIR="$work/tree" runner/ci/slurm.sh "$work/all") || return
	echo "$output"
	[ "$output" = "$wanted" ]
}

rules='{extends: default, rules: {line-length: {max: 130}, document-start: disable, truthy: {check-keys: false}}}'
for engine in github gitlab kubernetes; do
	if has_yaml; then
		check "runner/ci/$engine.yml: its shell is sound" sound_shell "runner/ci/$engine.yml"
	else
		skip "runner/ci/$engine.yml: its shell is sound" "no python3-yaml"
	fi
	with yamllint "runner/ci/$engine.yml: yamllint" yamllint -s -d "$rules" "runner/ci/$engine.yml"
done
if has_yaml; then
	check "runner/ci/: as many parts as jobs" same_parts
else
	skip "runner/ci/: as many parts as jobs" "no python3-yaml"
fi
check "runner/ci/: all options exist" options_exist
check "runner/ci/slurm.sh: a task runs its part" slurm_runs \
	"--offline --matrix --shard 2/3 --output $work/all/part-2" SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_COUNT=3
check "runner/ci/slurm.sh: the last job merges" slurm_runs \
	"--merge $work/all/part-1 $work/all/part-2 --output $work/all/all"
tap_end
