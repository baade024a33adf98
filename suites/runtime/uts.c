// SPDX-License-Identifier: GPL-2.0-only
/* The names of a container and of the host. uts_namespaces(7) */

#include "helpers/utsname.h"
#include "suites/runtime/eyes.h"

#define GROUP     "runtime.uts"
#define GROUP_OWN (NS_IPC | NS_NET | OWN_BOX)

PAYLOAD(named)
{
	IS(hostname(), "box");
	IS(domainname(), HEAR_TEXT(outer));
	IS(file_read("/proc/sys/kernel/hostname"), "box");
	OK(hostname_set("renamed"));
	OK(domainname_set("renamed.org"));
	IS(file_read("/proc/sys/kernel/hostname"), "renamed");
	TELL(outer);
	HEAR(outer);
}

PAYLOAD(bystander)
{
	TELL(outer);
	HEAR(outer);
	IS(hostname(), "other");
	IS(file_read("/proc/sys/kernel/hostname"), "other");
}

CASE(hostname_is_private)
{
	MUST(hostname_set("host"));
	MUST(domainname_set("host.org"));
	const char *configured = runtime_claims(RUNTIME_DOMAINNAME) ? "example.org" : NULL;
	EACH_FLAVOUR(f)
	{
		CONTAINER(other, bystander, .map = f->map, .hostname = "other");
		HEAR(other);
		CONTAINER(box, named, .map = f->map, .hostname = "box", .domainname = configured,
			  .capabilities = CONTAINER_ALL_CAPS);
		TELL_TEXT(box, configured ? configured : domainname()); /* or inherited */
		HEAR(box);
		IS(hostname(), "host");
		IS(domainname(), "host.org");
		IS(file_read("/proc/sys/kernel/hostname"), "host");
		DISMISS(other);
		DISMISS(box);
	}
}
