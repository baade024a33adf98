// SPDX-License-Identifier: GPL-2.0-only
/* What a kernel's configuration must have for the guest to come up and be heard. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vm/kernel.h"
#include "runner/base/mem.h"

struct demand {
	const char *option, *why;
};

static const struct demand demands[] = {
	{"CONFIG_PRINTK", "without it the kernel cannot be heard"},
	{"CONFIG_64BIT", "nscheck boots x86-64 kernels only"},
	{"CONFIG_BLK_DEV_INITRD", "without an initrd the tests cannot get into the guest"},
	{"CONFIG_BINFMT_ELF", "without it no program runs"},
	{"CONFIG_PROC_FS", "without it init cannot mount /proc"},
	{"CONFIG_SYSFS", "without it init finds no channel to the host"},
	{"CONFIG_TMPFS", "without it init cannot mount /tmp"},
	{"CONFIG_POSIX_TIMERS", "without it no test can be timed"},
	{"CONFIG_TIMERFD", "without it no test can be timed"},
	{"CONFIG_EVENTFD", "without it tests cannot say that they failed"},
	{"CONFIG_MEMFD_CREATE", "without it tests cannot say that they failed"},
	{"CONFIG_PCI", "without it the guest has no channel to the host"},
	{"CONFIG_DEVTMPFS", "without it init finds no devices"},
	{"CONFIG_TTY", "without it there is no console"},
	{"CONFIG_SERIAL_8250", "without a serial port the kernel cannot be heard"},
	{"CONFIG_SERIAL_8250_CONSOLE", "without a serial console the kernel cannot be heard"},
};

static bool is_set(const char *text, const char *option)
{
	char *line = mem_printf("\n%s=y", option);
	size_t len = strlen(line);
	bool found = !strncmp(text, line + 1, len - 1);

	for (const char *p = text; !found && (p = strstr(p, line)); p += len)
		found = p[len] == '\n' || p[len] == '\r' || !p[len];
	free(line);
	return found;
}

/* What may be a module as well, for the channels to the host. */
static const struct {
	const char *option, *module;
} drivers[] = {{"CONFIG_VIRTIO_PCI", "virtio_pci"}, {"CONFIG_VIRTIO_CONSOLE", "virtio_console"}};

static bool is_module(const char *text, const char *option)
{
	char *line = mem_printf("\n%s=m\n", option);
	bool found = strstr(text, line);

	free(line);
	return found;
}

int config_drivers(const char *text, const char *name, struct strings *modules, struct fault *fault)
{
	for (size_t i = 0; i < sizeof(drivers) / sizeof(*drivers); i++) {
		if (is_set(text, drivers[i].option))
			continue;
		if (!is_module(text, drivers[i].option))
			return fault_set(fault, EXIT_BAD_INPUT,
					 "the kernel of %s lacks %s=y: without it the tests cannot get into "
					 "the guest",
					 name, drivers[i].option);
		strings_add(modules, drivers[i].module);
	}
	return 0;
}

bool config_has_modules(const char *text)
{
	return is_set(text, "CONFIG_MODULES");
}

bool config_wants_signatures(const char *text)
{
	return is_set(text, "CONFIG_MODULE_SIG_FORCE") ||
	       is_set(text, "CONFIG_LOCK_DOWN_KERNEL_FORCE_INTEGRITY") ||
	       is_set(text, "CONFIG_LOCK_DOWN_KERNEL_FORCE_CONFIDENTIALITY");
}

/* Only the first two numbers are comparable: Debian calls 5.10.262 5.10.0-46. */
static bool same_series(const char *a, const char *b)
{
	unsigned int a1, a2, b1, b2;

	return sscanf(a, "%u.%u", &a1, &a2) == 2 && sscanf(b, "%u.%u", &b1, &b2) == 2 && a1 == b1 && a2 == b2;
}

/* "# Linux/x86 6.12.117 Kernel Configuration": a configuration of another kernel would make tests skip wrongly. */
static int check_version(const char *text, const char *name, const char *release, struct fault *fault)
{
	const char *line = strstr(text, "# Linux/");
	char version[32];

	if (!line || sscanf(line, "# Linux/%*s %31s Kernel Configuration", version) != 1)
		return 0;
	if (same_series(version, release))
		return 0;
	return fault_set(fault, EXIT_BAD_INPUT,
			 "%s is the configuration of kernel %s, but the kernel is %s: give its own", name,
			 version, release);
}

int config_check(const char *text, const char *name, const char *release, struct fault *fault)
{
	if (!strstr(text, "CONFIG_"))
		return fault_set(fault, EXIT_BAD_INPUT, "%s is not a kernel configuration", name);
	for (size_t i = 0; i < sizeof(demands) / sizeof(*demands); i++)
		if (!is_set(text, demands[i].option))
			return fault_set(fault, EXIT_BAD_INPUT, "the kernel of %s lacks %s=y: %s", name,
					 demands[i].option, demands[i].why);
	return check_version(text, name, release, fault);
}
