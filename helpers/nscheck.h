/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_NSCHECK_H
#define HELPERS_NSCHECK_H

/*
 * What every test is written with. A test is a page that reads top-down:
 *
 *	#define GROUP "pid.init"
 *
 *	CASE(unhandled_sigterm_from_inside_is_ignored)
 *	{
 *		CHILD(init, NS_PID) {
 *			CHILD(member, 0) {
 *				OK(kill(1, SIGTERM));
 *			}
 *			EXITS(member, 0);
 *		}
 *		EXITS(init, 0);
 *	}
 *
 * Everything that can fail, helper or system call, sets errno and returns -1, of whatever width (MAP_FAILED and
 * SIG_ERR too), or a null pointer. The verb around it says what that means:
 *
 *	MUST(call)          arranging: a failure is the harness's trouble (verdict `error`)
 *	OK(call)            claim: the call works
 *	FAILS(err, call)    claim: the call fails with exactly this errno
 *	IS(value, expected) claim: equal, as numbers or as strings
 *	IS_NOT(value, other)
 *	IS_MINUS_ONE(value) claim: -1, as a value or of a call that may fail with more than one errno
 *	GAVE(err)           claim: what has just failed gave exactly this errno
 *	SAME_NS(a, b, type) claim: two are in the same namespace (place.h has what can be asked)
 *	OTHER_NS(a, b, type)
 *	HOLDS(condition)    claim: true
 *	SKIP(reason...)     this cannot be tested here, as only the moment can tell; the line before says why
 *	NOTE(words...)      what later messages of this process are about, such as the row of a table
 *	NOTE_END()          about nothing in particular again
 *
 * MUST, OK give the call's value. Each verb ends the whole test, from whatever process of it.
 *
 * Operands are evaluated once, from left to right. What failed satisfies neither IS nor IS_NOT, on either side: the
 * claim fails ("cannot look"), since two failed looks are not equal, and one is not another thing than what was found.
 */

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helpers/case.h"
#include "helpers/cgroup.h"
#include "helpers/child.h"
#include "helpers/claim.h"
#include "helpers/compat.h"
#include "helpers/creds.h"
#include "helpers/feature.h"
#include "helpers/file.h"
#include "helpers/idmap.h"
#include "helpers/kept.h"
#include "helpers/link.h"
#include "helpers/mnt.h"
#include "helpers/netlink.h"
#include "helpers/nft.h"
#include "helpers/ns.h"
#include "helpers/nscount.h"
#include "helpers/nsfs.h"
#include "helpers/nsid.h"
#include "helpers/orphan.h"
#include "helpers/place.h"
#include "helpers/proc.h"
#include "helpers/scm.h"
#include "helpers/sigmask.h"
#include "helpers/sock.h"
#include "helpers/sysv.h"
#include "helpers/thread.h"
#include "helpers/tool.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif
