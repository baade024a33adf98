// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/sabotage.h"

#include <sched.h>
#include <stdarg.h>
#include <sys/types.h>

#include "helpers/lack.h"
#include "helpers/ns_type.h"

static bool on_now;

int __real_clone(int (*fn)(void *), void *stack, int flags, void *arg, ...);
int __wrap_unshare(int flags);
int __wrap_setns(int fd, int nstype);
int __wrap_clone(int (*fn)(void *), void *stack, int flags, void *arg, ...);

void sabotage_set(bool on)
{
	on_now = on;
}

bool sabotage_on(void)
{
	return on_now;
}

unsigned long long sabotage_flags(unsigned long long flags)
{
	lack_check(flags);
	return on_now ? flags & ~(NS_ALL | CLONE_EMPTY_MNTNS) : flags;
}

int __wrap_unshare(int flags)
{
	if (on_now)
		flags &= ~UNSHARE_EMPTY_MNTNS;
	return __real_unshare((int)sabotage_flags((unsigned int)flags));
}

int __wrap_setns(int fd, int nstype)
{
	lack_check((unsigned int)nstype);
	return on_now ? 0 : __real_setns(fd, nstype);
}

int __wrap_clone(int (*fn)(void *), void *stack, int flags, void *arg, ...)
{
	va_list ap;

	va_start(ap, arg);
	pid_t *parent_tid = va_arg(ap, pid_t *);
	void *tls = va_arg(ap, void *);
	pid_t *child_tid = va_arg(ap, pid_t *);
	va_end(ap);
	return __real_clone(fn, stack, (int)sabotage_flags((unsigned int)flags), arg, parent_tid, tls,
			    child_tid);
}
