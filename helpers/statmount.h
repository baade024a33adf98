/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_STATMOUNT_H
#define HELPERS_STATMOUNT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Mounts asked of the kernel by their unique ids: statmount(2) and listmount(2), which libc lacks. */

/* The question, struct mnt_id_req. */
struct mnt_question {
	uint32_t size, fd; /* fd: of a mount namespace (6.18), of a mount with STATMOUNT_BY_FD (7.0) */
	uint64_t id, param, ns;
};

/* The answer, struct statmount: what `mask` names is valid; texts are offsets into `text`. */
struct mnt_answer {
	uint32_t size, options;
	uint64_t mask;
	uint32_t dev_major, dev_minor;
	uint64_t magic;
	uint32_t sb_flags, fs_type;
	uint64_t id, parent;
	uint32_t old_id, old_parent;
	uint64_t attr, propagation, peer_group, master, propagate_from;
	uint32_t root, point;
	uint64_t ns;
	uint64_t later[49];
	char text[4096];
};

#define MNT_ANSWER_FIXED offsetof(struct mnt_answer, text)

/* What to answer, STATMOUNT_* of the same names. */
enum {
	ASK_SB_BASIC = 1,
	ASK_MNT_BASIC = 2,
	ASK_ROOT = 8,
	ASK_POINT = 16,
	ASK_FS_TYPE = 32,
	ASK_NS = 64,
	ASK_ALL = 127,
};

#define LIST_ROOT    UINT64_MAX /* LSMT_ROOT: the caller's root */
#define LIST_REVERSE 1          /* LISTMOUNT_REVERSE */
#define ASK_BY_FD    1          /* STATMOUNT_BY_FD */
#define NEVER_AN_ID  (1ULL << 62)

/*
 * statmount(2): describes the mount that `question` names; its size is filled in, `param` says what to answer
 * (ASK_*). `room` is that of *answer, normally all of it. 0, or -1 with errno.
 */
int mnt_ask(struct mnt_question question, struct mnt_answer *answer, size_t room, unsigned int flags);

/* listmount(2): the ids of the mounts below one, those after `param`. How many were stored, or -1 with errno. */
ssize_t mnt_list(struct mnt_question question, uint64_t *ids, size_t max, unsigned int flags);

/* The unique id of the mount at a path (statx(2) STATX_MNT_ID_UNIQUE); 0 with errno, or where there is none. */
uint64_t mnt_unique_id(const char *where);

/* The id that listmount(2) knows a mount namespace by (NS_GET_MNTNS_ID); pid 0 is the caller. -1 with errno. */
long long mnt_ns_id(pid_t pid);

#endif
