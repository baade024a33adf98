/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HELPERS_KEPT_H
#define HELPERS_KEPT_H

#include <stdbool.h>

#include "helpers/nscount.h"

/*
 * Is a namespace kept, although its last member is gone? Freeing takes place in the background: asked at once, the
 * answer is yes whatever holds it. So the kernel is seen to have come to it first, by decoys: namespaces of the same
 * type that are made later and let go later.
 *
 *	ORDERED(box, NS_UTS, 1) {
 *		CHILD(member, NS_UTS) {
 *			HEAR(member);
 *		}
 *		int ns = MUST(ns_open(member->pid, "uts"));
 *		HOLDER(OK(close(ns)));          how it would let go
 *		KILL(member);
 *		KEPT(NS_UTS);                   the descriptor keeps it
 *		OK(close(ns));
 *		FREED(NS_UTS);
 *	}
 *	EXITS(box, 0);
 *
 * The box is one of COUNTED that stays on one processor with all its children, as the order of freeing is that of one
 * processor.
 */
#define ORDERED(name, flag, n, ...)                                                                          \
	COUNTED(name, flag, n, ##__VA_ARGS__)                                                                \
		for (bool kept_##name = kept_order(__FILE__, __LINE__); kept_##name; kept_##name = false)

/*
 * In an ORDERED box: claims that as many namespaces are there as the limit allows, after two decoys, one made after the
 * other, were seen freed.
 */
#define KEPT(flag) kept_claim(__FILE__, __LINE__, flag)

/*
 * The same where it is not the count that tells whether something is still there: `there` is looked at now. What comes
 * before it has to see decoys go, in a process that kept_order() keeps on one processor.
 */
#define STILL_THERE(there) kept_judge(__FILE__, __LINE__, there, #there)

/*
 * Before the last member goes: the statement by which the holder lets go. Does nothing but where holders hold nothing
 * (kept_by_nothing): there the statement runs, the KEPT after it must find that the namespace is gone, and the box ends
 * with it, well. So each row that has one is proven by suites/selftest/kept.c.
 */
#define HOLDER(let_go)                                                                                       \
	do {                                                                                                 \
		if (kept_is_by_nothing()) {                                                                  \
			let_go;                                                                              \
		}                                                                                            \
	} while (0)

/* From now on, in this process and those it forks, holders hold nothing. */
void kept_by_nothing(void);

/* How often KEPT has found out such a holder since then, in whatever process. */
int kept_found_out(void);

/* The functions behind the verbs. */
bool kept_order(const char *file, int line);
void kept_claim(const char *file, int line, int flag);
void kept_judge(const char *file, int line, bool there, const char *what);
bool kept_is_by_nothing(void);

#endif
