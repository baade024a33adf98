// SPDX-License-Identifier: GPL-2.0-only
/* Names belong to the UTS namespace they are set in. uts_namespaces(7) */
#include <sys/utsname.h>

#include "helpers/nscheck.h"

#define GROUP "uts.iso"

static const char *hostname(void)
{
	static struct utsname names;

	return uname(&names) < 0 ? NULL : names.nodename;
}

static void set_hostname(const char *name)
{
	OK(sethostname(name, strlen(name)));
}

CASE(hostname_set_in_one_namespace_is_not_seen_in_another)
{
	set_hostname("base");
	CHILD(by_clone, NS_UTS) {
		IS(hostname(), "base"); /* control: a new namespace starts as a copy */
		set_hostname("cloned");
		TELL(by_clone);
		HEAR(by_clone);
		IS(hostname(), "cloned");
	}
	CHILD(by_unshare, 0) {
		OK(unshare(CLONE_NEWUTS));
		set_hostname("unshared");
		TELL(by_unshare);
		HEAR(by_unshare);
		IS(hostname(), "unshared");
	}
	HEAR(by_clone);
	HEAR(by_unshare);
	IS(hostname(), "base");

	set_hostname("changed");
	CHILD(member, 0) {
		IS(hostname(), "changed"); /* control: without a new namespace the change is seen */
	}
	EXITS(member, 0);
	DISMISS(by_clone);
	DISMISS(by_unshare);
}
