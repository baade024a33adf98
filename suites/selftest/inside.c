// SPDX-License-Identifier: GPL-2.0-only
/* `nscheck-guest inside` as the program of containers of the runtime in use (runner/guest/inside.c). */
#include "helpers/container.h"
#include "helpers/nscheck.h"

#define GROUP     "selftest.inside"
#define GROUP_OWN (NS_IPC | NS_NET)

/* The host's namespaces as --expect wants them, in a directory for the container. */
static void write_expected(const char *more)
{
	char text[512] = "# the host's\n";

	MUST(dir_make("/tmp/host"));
	FOR_EACH_NS_TYPE(t)
		if (t->flag & CONTAINER_NAMESPACES)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s %lld\n", t->name,
				 (long long)MUST(ns_id(0, t->name)));
	MUST(file_put("/tmp/host/expected", path("%s%s", text, more)));
}

/* The program prints to where it can be read afterwards. */
PAYLOAD(entry)
{
	int out = MUST(open("/host/out", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));

	MUST(dup2(out, STDOUT_FILENO));
	MUST(dup2(out, STDERR_FILENO));
	execl(CONTAINER_PROBE, CONTAINER_PROBE, "inside", "--expect", "/host/expected", (char *)NULL);
}

#define HOST_BIND .binds = {{.from = "/tmp/host", .to = "/host"}}

CASE(a_good_container_passes)
{
	write_expected("");
	EACH_FLAVOUR(f)
	{
		MUST(chmod("/tmp/host", 0777));
		CONTAINER(box, entry, .map = f->map, HOST_BIND);
		EXITS(box, 0);
		const char *said = MUST(file_read("/tmp/host/out"));
		HOLDS(strncmp(said, "KTAP version 1\n1..", 18) == 0);
		HOLDS(!strstr(said, "\nnot ok"));
		HOLDS(strstr(said, "\nok 1 inside.namespaces_are_not_the_hosts\n"));
		MUST(unlink("/tmp/host/out"));
	}
}

CASE(what_is_shared_or_open_fails)
{
	static const struct {
		struct container_config config;
		const char *check;
	} bad[] = {
		{{.inherit = NS_UTS, HOST_BIND}, "namespaces_are_not_the_hosts"},
		{{.inherit = NS_NET, HOST_BIND}, "namespaces_are_not_the_hosts"},
		{{.unmasked = true, HOST_BIND}, "masked_paths_are_empty"},
		{{.unmasked = true, HOST_BIND}, "kernel_parameters_are_not_writable"},
		{{.capabilities = CONTAINER_ALL_CAPS, HOST_BIND}, "capabilities_are_harmless"},
	};

	write_expected("");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		NOTE("%s", bad[i].check);
		CONTAINER_OF(box, entry, &bad[i].config);
		EXITS(box, 1);
		HOLDS(strstr(MUST(file_read("/tmp/host/out")), path(" inside.%s\n", bad[i].check)));
		HOLDS(strstr(file_read("/tmp/host/out"), "\nnot ok "));
	}
}

CASE(a_bad_file_is_named_with_its_line)
{
	write_expected("pod 4026531836\n");
	CONTAINER(box, entry, HOST_BIND);
	EXITS(box, 2);
	HOLDS(strstr(MUST(file_read("/tmp/host/out")), "/host/expected:8: expected TYPE INODE"));
}
