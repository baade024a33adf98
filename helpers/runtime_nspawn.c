// SPDX-License-Identifier: GPL-2.0-only
/*
 * systemd-nspawn(1), where systemd does not run: --register=no and --keep-unit keep it from asking for its manager. It
 * has masks, devices and a cgroup layout of its own, and no way into a container but by way of machined.
 */
#include "helpers/runtime.h"

#include <stdio.h>

#include "helpers/command.h"
#include "helpers/container.h"

static void run(const struct container *c);

RUNTIME(nspawn, .program = "systemd-nspawn",
	.claims = RUNTIME_PID1 | RUNTIME_STATUS | RUNTIME_ROOTLESS | RUNTIME_UTS | RUNTIME_CAPABILITIES |
		  RUNTIME_BOUNDING | RUNTIME_NO_NEW_PRIVS | RUNTIME_READONLY | RUNTIME_BINDS | RUNTIME_NET,
	.run = run);

static void add_list(struct command *command, const char *option, unsigned long long capabilities)
{
	for (cap_value_t cap = 0; cap < cap_max_bits(); cap++) {
		char *name = capabilities & 1ULL << cap ? cap_to_name(cap) : NULL;

		if (name)
			command_add(command, "%s=%s", option, name);
		cap_free(name);
	}
}

static void add_map(struct command *command, const struct container_config *config)
{
	unsigned int inside, outside, count;

	if (config->map && sscanf(config->map, "%u %u %u", &inside, &outside, &count) == 3)
		command_add(command, "--private-users=%u:%u", outside, count);
	else
		command_add(command, "--private-users=no");
}

static void run(const struct container *c)
{
	static const char *const alone[] = {"systemd-nspawn",
					    "--quiet",
					    "--settings=no",
					    "--register=no",
					    "--keep-unit",
					    "--console=pipe",
					    "--link-journal=no",
					    "--resolv-conf=off",
					    "--timezone=off",
					    "--kill-signal=SIGKILL",
					    NULL};
	unsigned long long keep = c->config->capabilities ? c->config->capabilities : CONTAINER_CAPS;
	struct command command = {0};

	command_add_all(&command, alone);
	command_add(&command, "--directory=%s", c->root);
	command_add(&command, "--machine=%s", c->name);
	command_add(&command, "--hostname=%s", c->config->hostname ? c->config->hostname : c->name);
	command_add(&command, "--no-new-privileges=%s", c->config->no_new_privs ? "yes" : "no");
	if (c->namespaces & NS_NET)
		command_add(&command, "--private-network");
	if (c->config->readonly_root)
		command_add(&command, "--read-only");
	add_map(&command, c->config);
	add_list(&command, "--drop-capability", ~keep);
	add_list(&command, "--capability", keep);
	for (const struct container_bind *b = c->binds; b->from; b++)
		command_add(&command, "%s=%s:%s", b->readonly ? "--bind-ro" : "--bind", b->from, b->to);
	command_add_all(&command, c->process.argv);
	runtime_execute(&nspawn_driver, command.argv);
}
