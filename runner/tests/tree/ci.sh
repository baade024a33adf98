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

# An includer's own jobs stay as they are: nothing stands at the top but jobs, and each has all that it needs.
gitlab_keeps_to_itself() {
	python3 - <<-'END'
		import yaml

		jobs = yaml.safe_load(open("runner/ci/gitlab.yml"))
		assert all(name.lstrip(".").startswith("nscheck") and isinstance(job, dict) for name, job in jobs.items()), jobs.keys()
		for name, job in jobs.items():
		    job = {**jobs.get(job.get("extends"), {}), **job}
		    assert job["image"] and job["stage"] == "test" and job["inherit"] == {"default": False}, name
		    assert set(job.get("needs", [])) <= set(jobs), name
		    assert name.startswith(".") or job["script"], name
	END
}

# One job builds and hands the programs on; all others that run something wait for it, take them and build nothing.
built_once() {
	python3 - <<-'END'
		import yaml

		programs = {"build/nscheck", "build/nscheck-init", "build/nscheck-guest"}
		jobs = {n: j for n, j in yaml.safe_load(open("runner/ci/gitlab.yml")).items() if not n.startswith(".")}
		builds = [n for n, j in jobs.items() if "NSCHECK_BUILT" not in j.get("variables", {})]
		assert builds == ["nscheck-build"] and programs <= set(jobs[builds[0]]["artifacts"]["paths"]), builds
		assert all(builds[0] in j["needs"] and j["variables"]["NSCHECK_BUILT"] == "1" for n, j in jobs.items() if n not in builds)

		jobs = yaml.safe_load(open("runner/ci/github.yml"))["jobs"]
		builds = [n for n, j in jobs.items() if "NSCHECK_BUILT" not in j.get("env", {})]
		assert builds == ["build"], builds
		assert any(s.get("run", "").startswith("tar -cf") and programs <= set(s["run"].split()) for s in jobs["build"]["steps"])
		for name, job in jobs.items():
		    if name in builds:
		        continue
		    steps = [s.get("with", {}).get("name") or s.get("run", "").split(" ")[0] for s in job["steps"]]
		    assert steps.index("build") < steps.index("tar"), steps
		    needs = job["needs"]
		    assert needs == "build" or jobs[needs]["needs"] == "build", name
	END
}

# What was fetched before something failed is not fetched again.
caches_are_saved() {
	python3 - <<-'END'
		import yaml

		jobs = yaml.safe_load(open("runner/ci/gitlab.yml"))
		caches = [job["cache"] for job in jobs.values() if "cache" in job]
		assert caches and all(cache["when"] == "always" for cache in caches), caches
		steps = [s for job in yaml.safe_load(open("runner/ci/github.yml"))["jobs"].values() for s in job["steps"]]
		used = [s for s in steps if s.get("uses", "").startswith("actions/cache")]
		saves = [s for s in used if "/save@" in s["uses"]]
		assert saves and all("always()" in s["if"] for s in saves), saves
		assert all("/save@" in s["uses"] or "/restore@" in s["uses"] for s in used), used
		# In a container the workspace that a workflow names is not the one that its steps see.
		assert "github.workspace" not in open("runner/ci/github.yml").read()
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

# The script as Slurm starts it, on a tree that tells what it was asked; what it says is in the folder, and nowhere else.
slurm_runs() { # WANTED LOG SELECTION VARIABLE=VALUE...
	local wanted=$1 log=$work/all/$2 selection=$3 output
	shift 3
	mkdir -p "$work/tree" "$work/all/part-1" "$work/all/part-2"
	# shellcheck disable=SC2016
	printf '#!/bin/sh\necho "$NSCHECK_BUILT:" "$@"\necho trouble >&2\n' >"$work/tree/run.sh"
	chmod +x "$work/tree/run.sh"
	# shellcheck disable=SC2086
	output=$(set -f && env "$@" SLURM_SUBMIT_DIR="$work/tree" runner/ci/slurm.sh "$work/all" $selection 2>&1) || return
	cat "$log"
	[ -z "$output" ] && [ "$(cat "$log")" = "1: $wanted
trouble" ]
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
while read -r test what; do
	if has_yaml; then
		check "runner/ci/$what" "$test"
	else
		skip "runner/ci/$what" "no python3-yaml"
	fi
done <<-END
	same_parts : as many parts as jobs
	gitlab_keeps_to_itself gitlab.yml: nothing of it reaches other jobs
	built_once : one job builds
	caches_are_saved : caches are saved whatever fails
END
check "runner/ci/: all options exist" options_exist
check "runner/ci/slurm.sh: a task runs its part" slurm_runs \
	"--offline --matrix --shard 2/3 --output $work/all/part-2" log-2.txt "" SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_COUNT=3
check "runner/ci/slurm.sh: a task takes a selection" slurm_runs \
	"--offline --matrix --shard 1/3 --output $work/all/part-1 mnt.* !user" log-1.txt "mnt.* !user" \
	SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_COUNT=3
check "runner/ci/slurm.sh: the last job merges" slurm_runs \
	"--merge $work/all/part-1 $work/all/part-2 --output $work/all/all" log-all.txt ""
tap_end
