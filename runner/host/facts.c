// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/facts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/contract.h"

enum { JOURNAL_SCHEMA = 1 };

static void put(json_t *o, const char *key, const char *value)
{
	if (value && *value)
		json_object_set_new(o, key, json_string(value));
}

static json_t *kernel_facts(const struct kernel *k)
{
	json_t *o = json_object();

	put(o, "name", k->name);
	put(o, "release", k->release);
	put(o, "package", k->package);
	put(o, "version", k->version);
	put(o, "image", k->image);
	put(o, "sha256", k->sha256);
	return o;
}

static json_t *runtime_facts(const struct runtime *r)
{
	json_t *o = json_object();

	put(o, "name", r->name);
	put(o, "version", r->version);
	put(o, "package", r->package);
	put(o, "path", r->path);
	/* Its tests are about the runtime, and not about the kernel below; the reference is no runtime of anybody. */
	if (strcmp(r->name, RUNTIME_REFERENCE) != 0)
		put(o, "suite", "runtime");
	return o;
}

/* "model name" of the first processor; NULL when it is not told. */
static char *cpu_model(void)
{
	FILE *f = fopen("/proc/cpuinfo", "re");
	char line[512], *model = NULL;

	while (f && !model && fgets(line, sizeof(line), f)) {
		char *colon = strchr(line, ':');

		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "model name", 10) && colon && colon[1])
			model = mem_strdup(colon + 2);
	}
	if (f)
		fclose(f);
	return model;
}

static json_t *host_facts(void)
{
	json_t *o = json_object();
	char *model = cpu_model();
	struct utsname u;

	put(o, "cpu", model);
	free(model);
	json_object_set_new(o, "cpus", json_integer(sysconf(_SC_NPROCESSORS_ONLN)));
	if (!uname(&u))
		put(o, "release", u.release);
	return o;
}

static json_t *strings(char *const *list, size_t count)
{
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, json_string(list[i]));
	return array;
}

static json_t *option_facts(const struct options *o)
{
	json_t *f = json_object();

	json_object_set_new(f, "selection", strings(o->selection, o->selected));
	json_object_set_new(f, "setup", strings(o->setup, o->setups));
	put(f, "append", o->append);
	put(f, "baseline", o->baseline);
	json_object_set_new(f, "memory_mib", json_integer(o->memory));
	json_object_set_new(f, "cpus", json_integer(o->cpus));
	json_object_set_new(f, "timeout_factor", json_real(o->timeout_factor));
	json_object_set_new(f, "repeat", json_integer(o->repeat));
	json_object_set_new(f, "cold", json_boolean(o->cold));
	json_object_set_new(f, "fresh_vm", json_boolean(o->fresh_vm));
	json_object_set_new(f, "sabotage", json_boolean(o->sabotage));
	return f;
}

static json_t *plan_facts(const struct plan *plan)
{
	json_t *array = json_array();

	for (size_t i = 0; i < plan->count; i++) {
		const struct test *t = plan->jobs[i].test;
		json_t *o = json_object();

		put(o, "id", t->id);
		put(o, "file", t->file);
		json_object_set_new(o, "line", json_integer(t->line));
		put(o, "statement", t->statement);
		put(o, "expected", t->expected);
		put(o, "source", t->source);
		put(o, "tier", t->tier);
		put(o, "since", t->since);
		put(o, "until", t->until);
		json_array_append_new(array, o);
	}
	return array;
}

/* What is known before there is a session. */
static json_t *first_facts(const struct folder *f)
{
	char started[32];
	json_t *o = json_object();
	time_t now = time(NULL);

	strftime(started, sizeof(started), "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
	json_object_set_new(o, "journal_schema", json_integer(JOURNAL_SCHEMA));
	put(o, "id", f->id);
	put(o, "started", started);
	return o;
}

json_t *facts_of_none(const struct options *o, const struct folder *f, const struct plan *plan)
{
	json_t *facts = first_facts(f);

	json_object_set_new(facts, "kernel", json_pack("{s:s}", "name", o->kernel.spec));
	if (o->runtime.name)
		json_object_set_new(facts, "runtime", json_pack("{s:s}", "name", o->runtime.name));
	json_object_set_new(facts, "host", host_facts());
	json_object_set_new(facts, "options", option_facts(o));
	json_object_set_new(facts, "plan", plan_facts(plan));
	return facts;
}

/* Not for enemies: tells whether the tests were built anew. */
static uint64_t checksum(const char *data, size_t len)
{
	uint64_t sum = len, word;

	for (; len >= sizeof(word); data += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, data, sizeof(word));
		sum = ((sum ^ word) * 0x9e3779b97f4a7c15u) ^ sum >> 29;
	}
	for (; len; data++, len--)
		sum = (sum ^ (unsigned char)*data) * 0x9e3779b97f4a7c15u;
	return sum;
}

/* What --resume has to know. */
static void put_start(json_t *facts, const struct session *s)
{
	const struct options *o = s->options;
	json_t *arguments = strings(o->argv + 1, (size_t)o->argc - 1);
	char *folder = getcwd(NULL, 0), sum[20];

	snprintf(sum, sizeof(sum), "%016llx",
		 (unsigned long long)checksum(s->machine.suites, s->machine.suites_len));
	put(facts, "suites", sum);
	put(facts, "folder", folder);
	if (json_array_size(arguments) ==
	    (size_t)o->argc - 1) /* else there are words that JSON cannot hold */
		json_object_set(facts, "arguments", arguments);
	json_decref(arguments);
	free(folder);
}

json_t *facts_of_run(const struct session *s, const struct folder *f, const struct plan *plan,
		     struct fault *fault)
{
	char *command = vm_command(&s->machine, fault);
	json_t *o = first_facts(f), *qemu = json_object();

	if (!command) {
		json_decref(o);
		json_decref(qemu);
		return NULL;
	}
	json_object_set_new(o, "kernel", kernel_facts(&s->kernel));
	if (s->runtime.name)
		json_object_set_new(o, "runtime", runtime_facts(&s->runtime));
	put(qemu, "version", s->qemu_version);
	put(qemu, "command", command);
	json_object_set_new(qemu, "cpus_online",
			    json_integer(monitor_cpus_online(s->options->cpus, s->machine.accel)));
	json_object_set_new(o, "qemu", qemu);
	put(o, "accel", accel_name(s->machine.accel));
	put(o, "initrd", s->initrd);
	json_object_set_new(o, "host", host_facts());
	json_object_set_new(o, "options", option_facts(s->options));
	put_start(o, s);
	json_object_set_new(o, "plan", plan_facts(plan));
	free(command);
	return o;
}
