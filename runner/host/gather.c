// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/gather.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/contract.h"
#include "runner/host/commit.h"

/* A copy, NULL for "" as well. */
static char *copy(const char *s)
{
	return s && *s ? mem_strdup(s) : NULL;
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

char *gather_time(void)
{
	char text[32];
	time_t now = time(NULL);

	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
	return mem_strdup(text);
}

void gather_few_facts(struct facts *facts, const struct gather_request *asked, const struct folder *f)
{
	struct utsname u;

	*facts = (struct facts){.id = mem_strdup(f->id),
				.started = gather_time(),
				.kernel.name = mem_strdup(asked->kernel),
				.runtime.name = copy(asked->runtime),
				.host.cpu = cpu_model(),
				.host.cpus = (int)sysconf(_SC_NPROCESSORS_ONLN),
				.options = asked->options,
				.sabotage = asked->sabotage};
	if (!uname(&u))
		facts->host.release = copy(u.release);
}

json_t *gather_entry(const struct facts *facts, const struct plan *plan)
{
	json_t *entry = facts_write(facts), *jobs = json_array();

	for (size_t i = 0; i < plan->count; i++) {
		const struct test *t = plan->jobs[i].test;
		const struct planned p = {.id = t->id,
					  .file = t->file,
					  .line = t->line,
					  .statement = t->statement,
					  .expected = t->expected,
					  .source = t->source,
					  .tier = t->tier,
					  .since = t->since,
					  .until = t->until};

		json_array_append_new(jobs, planned_write(&p));
	}
	json_object_set_new(entry, "plan", jobs);
	return entry;
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

struct start gather_start(char *const *arguments, size_t count, const void *suites, size_t len)
{
	char *folder = getcwd(NULL, 0);
	struct start start = {.suites = mem_printf("%016llx", (unsigned long long)checksum(suites, len)),
			      .folder = copy(folder),
			      .knows_arguments = true};

	for (size_t i = 0; i < count; i++)
		strings_add(&start.arguments, arguments[i]);
	free(folder);
	return start;
}

static void put_kernel(struct facts *facts, const struct kernel *k)
{
	facts->kernel.release = copy(k->release);
	facts->kernel.package = copy(k->package);
	facts->kernel.version = copy(k->version);
	facts->kernel.image = copy(k->image);
	facts->kernel.sha256 = copy(k->sha256);
	facts->kernel.commit = commit_of(k->name);
}

static void put_runtime(struct facts *facts, const struct runtime *r)
{
	free(facts->runtime.name);
	facts->runtime.name = copy(r->name);
	facts->runtime.version = copy(r->version);
	facts->runtime.package = copy(r->package);
	facts->runtime.path = copy(r->path);
	/* Its tests are about the runtime, and not about the kernel below; the reference is no runtime of anybody. */
	if (strcmp(r->name, RUNTIME_REFERENCE) != 0)
		facts->runtime.suite = mem_strdup("runtime");
}

int gather_facts(struct facts *facts, const struct gather_request *asked, const struct session *s,
		 const struct folder *f, struct fault *fault)
{
	gather_few_facts(facts, asked, f);
	facts->qemu.command = vm_command(&s->machine, fault);
	if (!facts->qemu.command)
		return -1;
	facts->qemu.version = copy(s->qemu_version);
	facts->qemu.cpus_online = monitor_cpus_online(s->machine.config.cpus, s->machine.accel);
	put_kernel(facts, &s->kernel);
	if (s->runtime.name)
		put_runtime(facts, &s->runtime);
	facts->accel = mem_strdup(accel_name(s->machine.accel));
	facts->initrd = copy(s->initrd);
	facts->start = gather_start(asked->arguments, asked->argument_count, s->machine.suites,
				    s->machine.suites_len);
	return 0;
}
