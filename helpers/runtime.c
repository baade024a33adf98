// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/runtime.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "helpers/file.h"
#include "helpers/tool.h"

extern const struct runtime_driver *const __start_ns_runtimes[] __attribute__((weak));
extern const struct runtime_driver *const __stop_ns_runtimes[] __attribute__((weak));

#define REFERENCE "reference"
#define BAD       "bad:"

static const char *name_now(void)
{
	const char *name = getenv(RUNTIME_VARIABLE);

	return name && *name ? name : REFERENCE;
}

/* All drivers, by index; NULL after the last. */
static const struct runtime_driver *driver_at(unsigned int index)
{
	return index < (size_t)(__stop_ns_runtimes - __start_ns_runtimes) ? __start_ns_runtimes[index] : NULL;
}

const struct runtime_driver *runtime_now(void)
{
	const char *name = strncmp(name_now(), BAD, strlen(BAD)) == 0 ? REFERENCE : name_now();

	for (unsigned int i = 0; driver_at(i); i++)
		if (strcmp(driver_at(i)->name, name) == 0)
			return driver_at(i);
	return NULL;
}

bool runtime_fault(const char *fault)
{
	return strncmp(name_now(), BAD, strlen(BAD)) == 0 && strcmp(name_now() + strlen(BAD), fault) == 0;
}

bool runtime_claims(unsigned int claim)
{
	const struct runtime_driver *driver = runtime_now();

	return driver && (driver->claims & claim) == claim;
}

#define CLAIM_NAME(id, name) name,
static const char *const claim_names[] = {RUNTIME_CLAIMS(CLAIM_NAME)};

bool runtime_claims_name(const char *name)
{
	for (unsigned int i = 0; i < RUNTIME_CLAIM_COUNT; i++)
		if (strcmp(claim_names[i], name) == 0)
			return runtime_claims(1U << i);
	return false;
}

bool runtime_claim_known(const char *name)
{
	for (unsigned int i = 0; i < RUNTIME_CLAIM_COUNT; i++)
		if (strcmp(claim_names[i], name) == 0)
			return true;
	return false;
}

const char *runtime_program(const struct runtime_driver *driver)
{
	static const char *const dirs[] = {"/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin"};
	const char *own = getenv(RUNTIME_PATH_VARIABLE);

	if (own && *own)
		return own;
	for (size_t i = 0; driver->program && i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		const char *file = path("%s/%s", dirs[i], driver->program);
		if (access(file, X_OK) == 0)
			return file;
	}
	errno = ENOENT;
	return NULL;
}

void runtime_execute(const struct runtime_driver *driver, const char *const *argv)
{
	static char *const environment[] = {"PATH=/bin:/sbin:/usr/bin:/usr/sbin", "HOME=/root", "TERM=dumb",
					    NULL};
	const char *program = runtime_program(driver);

	if (program)
		execve(program, (char *const *)argv, environment);
	dprintf(STDERR_FILENO, "cannot execute %s: %s\n", program ? program : driver->program,
		strerrorname_np(errno));
	_exit(127);
}

void runtime_refuse(const char *what)
{
	dprintf(STDERR_FILENO, "%s: %s\n", what, strerrorname_np(errno));
	_exit(125);
}
