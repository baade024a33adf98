// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/statmount.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helpers/compat.h"
#include "helpers/ns.h"

/* The first sizes of the question that kernels know: a later one is refused by earlier kernels. */
static uint32_t size_of(const struct mnt_question *question)
{
	return question->ns ? sizeof(*question) : offsetof(struct mnt_question, ns);
}

int mnt_ask(struct mnt_question question, struct mnt_answer *answer, size_t room, unsigned int flags)
{
	question.size = size_of(&question);
	return (int)syscall(SYS_statmount, &question, answer, room, flags);
}

ssize_t mnt_list(struct mnt_question question, uint64_t *ids, size_t max, unsigned int flags)
{
	question.size = size_of(&question);
	return syscall(SYS_listmount, &question, ids, max, flags);
}

uint64_t mnt_unique_id(const char *where)
{
	struct statx st;

	if (statx(AT_FDCWD, where, 0, STATX_MNT_ID_UNIQUE, &st) < 0 || !(st.stx_mask & STATX_MNT_ID_UNIQUE))
		return 0;
	return st.stx_mnt_id;
}

long long mnt_ns_id(pid_t pid)
{
	int ns = ns_open(pid, "mnt");
	uint64_t id = 0;

	if (ns < 0)
		return -1;
	int done = ioctl(ns, NS_GET_MNTNS_ID, &id), err = errno;
	close(ns);
	errno = err;
	return done < 0 ? -1 : (long long)id;
}
