// SPDX-License-Identifier: GPL-2.0-only
/* How long user namespaces live, and with them what is in them. namespaces(7) "Namespace lifetime" */
#include <sys/eventfd.h>

#include "suites/lifecycle/patterns.h"

#define GROUP "lifecycle.user"

CASE(freed_when_last_process_leaves)
{
	freed_with_its_last_process(NS_USER);
}

CASE(open_fd_keeps_state)
{
	ORDERED(box, NS_USER, 1) {
		CHILD(member, NS_USER) {
			HEAR(member);
			IS(getuid(), 5);
			TELL_TEXT(member, file_read("/proc/self/uid_map"));
			TELL(member);
			HEAR(member);
		}
		MUST(idmap_write_file(member->pid, "uid_map", "5 0 1"));
		TELL(member);
		const char *map = HEAR_TEXT(member);
		int ns = descriptor_left_by(member, "user", NS_USER);
		CHILD(visitor, 0) {
			IS(getuid(), 0);
			OK(setns(ns, NS_USER));
			IS(getuid(), 5);
			IS(file_read("/proc/self/uid_map"), map);
		}
		EXITS(visitor, 0);
		freed_by_close(ns, NS_USER);
	}
	EXITS(box, 0);
}

CASE(bind_mount_keeps_alive)
{
	kept_by_a_bind_mount(NS_USER);
}

CASE(open_file_credentials_pin)
{
	ORDERED(box, NS_USER, 1) {
		CHILD(member, NS_USER) {
			GIVE_FD(member, MUST(eventfd(0, EFD_CLOEXEC)));
			HEAR(member);
		}
		int of_member = TAKE_FD(member);
		HOLDER(OK(close(of_member)));
		DISMISS(member);
		KEPT(NS_USER);
		freed_by_close(of_member, NS_USER);
	}
	EXITS(box, 0);
}
