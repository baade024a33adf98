// SPDX-License-Identifier: GPL-2.0-only
/* What outlives the changes of its maker, and who is never touched. time_namespaces(7), namespaces(7) */
#include "helpers/nscheck.h"
#include "helpers/timens.h"

#define GROUP "time.life"

CASE(descriptor_keeps_namespace_and_offsets)
{
	long long start = clock_seconds(CLOCK_MONOTONIC);

	MUST(timens_unshare(100000, 300000));
	int kept = MUST(ns_open(0, "time_for_children"));
	MUST(timens_unshare(500000, 600000));
	OTHER_NS(CHILDREN_OF(0), BEHIND(kept), NS_TIME);

	CHILD(helper, 0) {
		IS_NEARLY(clock_seconds(CLOCK_MONOTONIC), start + 500000); /* control: the later one */
		OK(setns(kept, NS_TIME));
		IS_NEARLY(clock_seconds(CLOCK_MONOTONIC), start + 100000);
		IS(timens_offsets(0), "monotonic 100000 0, boottime 300000 0");
	}
	EXITS(helper, 0);
}

/* Reads both clocks; neither has gone back or far ahead since *last. */
static void go_on(long long last[2])
{
	long long now[2] = {clock_seconds(CLOCK_MONOTONIC), clock_seconds(CLOCK_BOOTTIME)};

	for (int i = 0; i < 2; i++) {
		HOLDS(now[i] >= last[i]);
		IS_NEARLY(now[i], last[i]);
		last[i] = now[i];
	}
}

CASE(outside_clocks_never_change)
{
	long long last[2] = {clock_seconds(CLOCK_MONOTONIC), clock_seconds(CLOCK_BOOTTIME)};

	for (int round = 1; round <= 3; round++) {
		MUST(timens_unshare(round * 1000000, round * 2000000));
		go_on(last);
		CHILD(inside, 0) {
			IS_NEARLY(clock_seconds(CLOCK_MONOTONIC), last[0] + round * 1000000);
			IS_NEARLY(clock_seconds(CLOCK_BOOTTIME), last[1] + round * 2000000);
			TELL(inside);
			HEAR(inside);
		}
		HEAR(inside);
		go_on(last);
		DISMISS(inside);
		go_on(last);
	}
}
