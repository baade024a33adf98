/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_NSCOUNT_H
#define HELPERS_NSCOUNT_H

#include <stdbool.h>

#include "helpers/child.h"
#include "helpers/ns.h"

/*
 * The counting method: is a namespace that nobody can see any more still there? The limits of
 * /proc/sys/user (namespaces(7)) count namespaces until they are freed, so where one is allowed,
 * another can be made only once the first is gone.
 *
 *	COUNTED(box, NS_UTS, 1) {
 *		CHILD(member, NS_UTS) {
 *			HEAR(member);
 *		}
 *		FAILS(ENOSPC, ns_one_more(NS_UTS));     it is there
 *		KILL(member);
 *		FREED(NS_UTS);                          it is gone
 *	}
 *	EXITS(box, 0);
 *
 * A box is a CHILD, root of its own user namespace (CONTAINER_MAP) and mount namespace, and of its own network
 * namespace where that is the type (it costs as much as all else), that may make `n` namespaces of this type.
 * Its own do not count: the limit holds for each user apart, and they were made by the box's creator.
 */
#define COUNTED(name, flag, n, ...)                                                                          \
	CHILD(name, NS_USER | NS_MNT | ((flag)&NS_NET), .map = CONTAINER_MAP, ##__VA_ARGS__)                 \
		for (bool once_##name = ns_quota(__FILE__, __LINE__, flag, n); once_##name;                  \
		     once_##name = false)

/*
 * Makes one more namespace of a type, with one process, which ends at once. 0; -1 with errno of clone3(2),
 * ENOSPC if the limit is reached. The new namespace may outlast the call, as it is freed in the background.
 */
int ns_one_more(int flag);

/*
 * ns_new() as soon as the limit allows one: those before it are freed in the background. A descriptor; -1 with errno,
 * which is not ENOSPC.
 */
int ns_new_when_freed(int flag);

/*
 * Claims that one namespace less is there than the limit allows, as soon as the kernel has freed it: tries to
 * make another one until that works, and then (the control) that a second beside it gives ENOSPC.
 */
#define FREED(flag) ns_freed(__FILE__, __LINE__, flag, 1)
/* The same of `n` namespaces, where more than one has gone. */
#define FREED_ALL(flag, n) ns_freed(__FILE__, __LINE__, flag, n)

/* The functions behind the verbs. */
bool ns_quota(const char *file, int line, int flag, int n);
void ns_freed(const char *file, int line, int flag, int n);

#endif
