// SPDX-License-Identifier: GPL-2.0-only
/* What keeps a UTS namespace without processes. namespaces(7) "Namespace lifetime" */
#include "helpers/nscheck.h"
#include "helpers/utsname.h"

#define GROUP     "uts.life"
#define GROUP_OWN NS_UTS

CASE(open_ns_descriptor_keeps_the_names)
{
	OK(hostname_set("base"));
	CHILD(member, NS_UTS) {
		OK(hostname_set("first"));
		OK(hostname_set("last"));
		TELL(member);
		HEAR(member);
	}
	HEAR(member);
	int ns = MUST(ns_open(member->pid, "uts"));
	DISMISS(member);
	CHILD(by_descriptor, 0) {
		OK(setns(ns, 0));
		IS(hostname(), "last");
	}
	EXITS(by_descriptor, 0);

	MUST(file_make("/tmp/ns"));
	OK(bind_make(path("/proc/self/fd/%d", ns), "/tmp/ns"));
	OK(close(ns));
	CHILD(by_bind_mount, 0) {
		OK(setns(OK(open("/tmp/ns", O_RDONLY | O_CLOEXEC)), 0));
		IS(hostname(), "last");
	}
	EXITS(by_bind_mount, 0);
	IS(hostname(), "base");
}
