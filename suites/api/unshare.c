// SPDX-License-Identifier: GPL-2.0-only
/* Namespaces made for the caller. unshare(2) */
#include "helpers/nscheck.h"

#define GROUP "api.unshare"

CASE(each_flag_changes_exactly_one_link)
{
	FOR_EACH_NS_TYPE(t) {
		bool for_children = t->next != t->name;
		if (!ns_supported(t->flag))
			continue;
		NOTE("%s namespace", t->label);
		CHILD(mover, 0) {
			struct ns_ids before, after;
			MUST(ns_ids(0, &before));
			OK(unshare(t->flag));
			MUST(ns_ids(0, &after));
			IS(ns_differ(&before, &after), for_children ? 0 : t->flag);
			IS(ns_differ_next(&before, &after), t->flag);
			CHILD(first, 0) {
				IS(getpid() == 1, t->flag == NS_PID);
			}
			EXITS(first, 0);
		}
		EXITS(mover, 0);
	}
}
