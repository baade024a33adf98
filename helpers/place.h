/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_PLACE_H
#define HELPERS_PLACE_H

#include <errno.h>
#include <stdbool.h>
#include <sys/types.h>

#include "helpers/child.h"
#include "helpers/claim.h"

/*
 * Claims about where two are, by the type of the namespace (NS_UTS):
 *
 *	SAME_NS(member, init, NS_PID);        two children
 *	OTHER_NS(box, 0, NS_UTS);             a child and the caller
 *	SAME_NS(getppid(), 0, NS_UTS);        a process by its PID, and the caller
 *	SAME_NS(BEHIND(fd), box, NS_NET);     what an nsfs descriptor leads to
 *	OTHER_NS(CHILDREN_OF(0), 0, NS_PID);  where the caller's next child goes
 *	SAME_NS(home, 0, NS_MNT);             an id that was kept, read or heard (ns_id, ns_relative, st_ino, HEAR)
 *
 * Whatever cannot be looked up is neither: the claim fails, "cannot look".
 */
#define SAME_NS(a, b, type)  PLACES_(true, a, #a, b, #b, type, NS_UNIQUE(one_), NS_UNIQUE(other_))
#define OTHER_NS(a, b, type) PLACES_(false, a, #a, b, #b, type, NS_UNIQUE(one_), NS_UNIQUE(other_))
#define BEHIND(fd)           place_fd(fd)
#define CHILDREN_OF(process) place_children(PLACE_(process))

/* What SAME_NS and OTHER_NS are told: something that stands in one namespace of each type, or leads to one. */
struct place {
	enum { PLACE_PROCESS, PLACE_CHILD, PLACE_DESCRIPTOR, PLACE_KEPT } kind;
	bool children;    /* not the process, but where its children go */
	int number;       /* PID or descriptor */
	long long id;     /* of PLACE_KEPT */
	const char *role; /* of PLACE_CHILD */
	int err;          /* errno, if evaluating the operand has set it */
	const char *source;
};

static inline struct place place_pid(pid_t pid)
{
	return (struct place){.kind = PLACE_PROCESS, .number = pid};
}

static inline struct place place_child(const struct child *child)
{
	return (struct place){.kind = PLACE_CHILD, .number = child->pid, .role = child->role};
}

static inline struct place place_fd(int fd)
{
	return (struct place){.kind = PLACE_DESCRIPTOR, .number = fd};
}

static inline struct place place_kept(long long id)
{
	return (struct place){.kind = PLACE_KEPT, .id = id};
}

static inline struct place place_itself(struct place place)
{
	return place;
}

static inline struct place place_children(struct place place)
{
	place.children = true;
	return place;
}

#define PLACE_(v)                                                                                            \
	(_Generic((v),                                                                                       \
		 struct child *: place_child,                                                                \
		 const struct child *: place_child,                                                          \
		 int: place_pid,                                                                             \
		 unsigned long: place_kept,                                                                  \
		 long long: place_kept,                                                                      \
		 struct place: place_itself)(v))

#define PLACES_(same, a, a_text, b, b_text, type, one, other)                                                \
	do {                                                                                                 \
		errno = 0;                                                                                   \
		struct place one = PLACE_(a);                                                                \
		one.err = errno;                                                                             \
		one.source = (a_text);                                                                       \
		errno = 0;                                                                                   \
		struct place other = PLACE_(b);                                                              \
		other.err = errno;                                                                           \
		other.source = (b_text);                                                                     \
		place_pair(NS_WHERE, same, &one, &other, type);                                              \
	} while (0)

/* The functions behind the verbs. */
void place_pair(const char *file, int line, bool same, const struct place *a, const struct place *b,
		int type);

#endif
