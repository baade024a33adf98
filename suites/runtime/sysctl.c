// SPDX-License-Identifier: GPL-2.0-only
/* Kernel parameters that a container is started with. OCI config-linux.md "Sysctl" */
#include "helpers/utsname.h"
#include "suites/runtime/eyes.h"

#define GROUP     "runtime.sysctl"
#define GROUP_OWN (NS_IPC | NS_NET | OWN_BOX)

static const struct {
	const char *name, *file, *value;
} settings[] = {{"net.ipv4.ip_forward", "/proc/sys/net/ipv4/ip_forward", "1"},
		{"kernel.shmmax", "/proc/sys/kernel/shmmax", "123456"},
		{"fs.mqueue.msg_max", "/proc/sys/fs/mqueue/msg_max", "17"},
		{"kernel.domainname", "/proc/sys/kernel/domainname", "example.org"}};

/* Only those of net may be written by any root of a user namespace: the rest belong to the host's before 5.19. */
static size_t settings_of(const char *map)
{
	return map ? 1 : ARRAY_SIZE(settings);
}

PAYLOAD(configured)
{
	size_t count = (size_t)HEAR(outer);

	for (size_t i = 0; i < count; i++)
		IS(file_read(settings[i].file), settings[i].value);
	HEAR(outer);
}

PAYLOAD(never)
{
}

static void claim_inside_only(const char *map)
{
	char *before[ARRAY_SIZE(settings)] = {NULL};
	struct container_config config = {.map = map};

	for (size_t i = 0; i < settings_of(map); i++) {
		before[i] = strdup(MUST(file_read(settings[i].file)));
		IS_NOT(before[i], settings[i].value);
		config.sysctls[i] = path("%s=%s", settings[i].name, settings[i].value);
	}
	CONTAINER_OF(box, configured, &config);
	TELL(box, (long long)settings_of(map));
	for (size_t i = 0; i < settings_of(map); i++)
		IS(file_read(settings[i].file), before[i]);
	DISMISS(box);
}

CASE(namespaced_sysctls_apply_inside_only)
{
	EACH_FLAVOUR(f)
	{
		claim_inside_only(f->map);
	}
	long long swappiness = MUST(file_number("/proc/sys/vm/swappiness"));
	CONTAINER_REFUSED(never, .sysctls = {"vm.swappiness=7"});
	IS(file_number("/proc/sys/vm/swappiness"), swappiness);
}
