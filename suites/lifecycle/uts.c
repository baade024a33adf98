// SPDX-License-Identifier: GPL-2.0-only
/* How long UTS namespaces live, and with them what is in them. namespaces(7) "Namespace lifetime" */
#include "helpers/utsname.h"
#include "suites/lifecycle/patterns.h"

#define GROUP "lifecycle.uts"

CASE(freed_when_last_process_leaves)
{
	freed_with_its_last_process(NS_UTS);
}

CASE(open_fd_keeps_state)
{
	COUNTED(box, NS_UTS, 1) {
		CHILD(member, NS_UTS) {
			OK(hostname_set("kept"));
			TELL(member);
			HEAR(member);
		}
		int ns = descriptor_left_by(member, "uts", NS_UTS);
		CHILD(visitor, 0) {
			IS_NOT(hostname(), "kept");
			OK(setns(ns, NS_UTS));
			IS(hostname(), "kept");
		}
		EXITS(visitor, 0);
		freed_by_close(ns, NS_UTS);
	}
	EXITS(box, 0);
}

CASE(bind_mount_keeps_alive)
{
	kept_by_a_bind_mount(NS_UTS);
}
