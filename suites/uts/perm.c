// SPDX-License-Identifier: GPL-2.0-only
/* Who may set the names. sethostname(2), getdomainname(2), user_namespaces(7) */
#include "helpers/nscheck.h"
#include "helpers/utsname.h"

#define GROUP     "uts.perm"
#define GROUP_OWN NS_UTS

static void cannot_set(void)
{
	char longer[66] = "";

	memset(longer, 'n', 65);
	FAILS(EPERM, hostname_set("refused"));
	FAILS(EPERM, domainname_set("refused"));
	FAILS(EPERM, hostname_set(longer)); /* not EINVAL: who asks is asked first */
	FAILS(EPERM, domainname_set(longer));
	IS(hostname(), "base");
	IS(domainname(), "basedom");
}

CASE(sethostname_needs_cap_sys_admin_in_the_owner_user_namespace)
{
	OK(hostname_set("base"));
	OK(domainname_set("basedom"));
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		cannot_set();
	}
	EXITS(user, 0);
	CHILD(incapable, 0) {
		MUST(cap_drop(CAP_SYS_ADMIN));
		cannot_set();
	}
	EXITS(incapable, 0);

	CHILD(contained, NS_USER, .map = CONTAINER_MAP) {
		cannot_set();
		OK(unshare(NS_UTS));
		CHILD(nested, NS_USER, .map = "0 0 1") {
			cannot_set();
		}
		EXITS(nested, 0);
		OK(hostname_set("contained")); /* control: the owner of the namespace can */
		OK(domainname_set("contained"));
	}
	EXITS(contained, 0);
	IS(hostname(), "base");
	IS(domainname(), "basedom");
}
