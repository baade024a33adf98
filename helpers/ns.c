// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/ns.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helpers/claim.h"
#include "helpers/lack.h"
#include "helpers/sabotage.h"

static void ns_path(char *path, size_t size, pid_t pid, const char *name)
{
	if (pid)
		snprintf(path, size, "/proc/%d/ns/%s", pid, name);
	else
		snprintf(path, size, "/proc/self/ns/%s", name);
}

static long long id_at(pid_t pid, const char *name)
{
	char path[64];
	struct stat st;

	ns_path(path, sizeof(path), pid, name);
	return stat(path, &st) < 0 ? -1 : (long long)st.st_ino;
}

long long ns_id(pid_t pid, const char *name)
{
	lack_check_name(name);
	return id_at(pid, name);
}

long long ns_id_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) < 0 ? -1 : (long long)st.st_ino;
}

int ns_open(pid_t pid, const char *name)
{
	char path[64];

	lack_check_name(name);
	ns_path(path, sizeof(path), pid, name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

int ns_new(int flag)
{
	const struct ns_type *t = ns_type(flag);
	int home = ns_open(0, t->name);

	if (home < 0)
		return -1;
	if (unshare(flag) < 0) {
		int err = errno;
		close(home);
		errno = err;
		return -1;
	}
	int made = ns_open(0, t->name);
	if (setns(home, flag) < 0 || made < 0)
		record_end(RECORD_ERROR, __FILE__, __LINE__, "cannot come back from a new %s namespace: %s",
			   t->label, errno_name(errno));
	close(home);
	return made;
}

int ns_ids(pid_t pid, struct ns_ids *ids)
{
	for (int i = 0; i < NS_TYPES; i++) {
		ids->now[i] = id_at(pid, ns_types[i].name);
		ids->next[i] = ids->now[i];
		if (ids->now[i] == -1 && errno == ENOENT && id_at(0, ns_types[i].name) == -1) {
			ids->now[i] = ids->next[i] = 0;
			continue;
		}
		if (ns_types[i].next != ns_types[i].name)
			ids->next[i] = id_at(pid, ns_types[i].next);
		/* pid_for_children leads nowhere as long as the namespace has no init. */
		if (ids->next[i] == -1 && errno == ENOENT)
			ids->next[i] = 0;
		if (ids->now[i] == -1 || ids->next[i] == -1)
			return -1;
	}
	return 0;
}

static int differ(const long long *a, const long long *b)
{
	int flags = 0;

	for (int i = 0; i < NS_TYPES; i++)
		flags |= a[i] == b[i] ? 0 : ns_types[i].flag;
	return flags;
}

int ns_differ(const struct ns_ids *a, const struct ns_ids *b)
{
	return differ(a->now, b->now);
}

int ns_differ_next(const struct ns_ids *a, const struct ns_ids *b)
{
	return differ(a->next, b->next);
}

long long ns_relative(int fd, unsigned long request)
{
	int relative = ioctl(fd, request);

	if (relative < 0)
		return -1;
	long long id = ns_id_of(relative);
	close(relative);
	return id;
}

pid_t ns_clone(unsigned long long flags)
{
	return (pid_t)syscall(SYS_clone, (unsigned long)sabotage_flags(flags) | SIGCHLD, NULL, NULL, NULL,
			      0UL);
}

pid_t ns_clone3_pids(unsigned long long flags, const pid_t *pids, size_t count)
{
	struct clone_args args = {
		.flags = sabotage_flags(flags),
		.exit_signal = SIGCHLD,
		.set_tid = (uint64_t)(uintptr_t)pids,
		.set_tid_size = count,
	};

	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

pid_t ns_clone3(unsigned long long flags)
{
	return ns_clone3_pids(flags, NULL, 0);
}

pid_t ns_clone3_raw(struct clone_args *args, size_t size)
{
	args->flags = sabotage_flags(args->flags);
	return (pid_t)syscall(SYS_clone3, args, size);
}

/* Waits for a child of clone, whatever its exit signal; its exit status is the errno to give. */
static int tried(pid_t pid)
{
	int status;

	if (pid == 0)
		_exit(0);
	if (pid < 0)
		return -1;
	while (waitpid(pid, &status, __WALL) < 0)
		if (errno != EINTR)
			return -1;
	errno = WEXITSTATUS(status);
	return errno ? -1 : 0;
}

int ns_try_clone(unsigned long long flags)
{
	return tried(ns_clone(flags));
}

int ns_try_clone3(unsigned long long flags)
{
	return tried(ns_clone3(flags));
}

int ns_try_unshare(int flags)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(unshare(flags) < 0 ? errno : 0);
	return tried(pid);
}

int ns_try_setns(int fd, int nstype)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(setns(fd, nstype) < 0 ? errno : 0);
	return tried(pid);
}

int ns_go(const char *file, int line, int fd)
{
	int flag = ioctl(fd, NS_GET_NSTYPE);
	const struct ns_type *t = ns_type(flag);

	if (flag < 0 || !t)
		record_end(RECORD_ERROR, file, line, "descriptor %d is no namespace: %s", fd,
			   errno_name(errno));
	int home = ns_open(0, t->name);
	if (home < 0 || setns(fd, flag) < 0)
		record_end(RECORD_ERROR, file, line, "cannot enter a %s namespace: %s", t->label,
			   errno_name(errno));
	return home;
}

int ns_return(const char *file, int line, int home)
{
	if (setns(home, 0) < 0)
		record_end(RECORD_ERROR, file, line, "cannot come back to the own namespace: %s",
			   errno_name(errno));
	close(home);
	return -1;
}
