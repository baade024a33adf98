// SPDX-License-Identifier: GPL-2.0-only
/* Joining a UTS namespace by its file. setns(2) */
#include "helpers/nscheck.h"
#include "helpers/utsname.h"

#define GROUP     "uts.setns"
#define GROUP_OWN NS_UTS

CASE(joins_and_shares_the_names_of_the_target)
{
	OK(hostname_set("base"));
	CHILD(member, NS_UTS) {
		OK(hostname_set("target"));
		TELL(member);
		HEAR(member);
		IS(hostname(), "changed");
	}
	HEAR(member);
	int ns = MUST(ns_open(member->pid, "uts"));
	IS(hostname(), "base");

	CHILD(joiner, 0) {
		FAILS(EINVAL, setns(ns, NS_IPC));
		IS(hostname(), "base");
		OK(setns(ns, NS_UTS));
		IS(hostname(), "target");
		OK(hostname_set("changed"));
	}
	EXITS(joiner, 0);
	CHILD(untyped, 0) {
		OK(setns(ns, 0));
		IS(hostname(), "changed");
	}
	EXITS(untyped, 0);
	DISMISS(member);
	IS(hostname(), "base");
}

CASE(needs_caps_in_both_user_namespaces)
{
	int here = MUST(ns_open(0, "uts"));

	CHILD(incapable, 0) {
		OK(setns(here, NS_UTS)); /* control: with the capability */
		MUST(cap_drop(CAP_SYS_ADMIN));
		FAILS(EPERM, setns(here, NS_UTS));
	}
	EXITS(incapable, 0);
	CHILD(contained, NS_USER | NS_UTS, .map = CONTAINER_MAP) {
		FAILS(EPERM, setns(here, NS_UTS));
		OK(setns(MUST(ns_open(0, "uts")), NS_UTS)); /* control: its own */
		OK(hostname_set("contained"));
		TELL(contained);
		HEAR(contained);
	}
	HEAR(contained);
	int theirs = MUST(ns_open(contained->pid, "uts"));
	CHILD(root, 0) {
		IS_NOT(hostname(), "contained");
		OK(setns(theirs, NS_UTS));
		IS(hostname(), "contained");
	}
	EXITS(root, 0);
	DISMISS(contained);
}
