// SPDX-License-Identifier: GPL-2.0-only
/* Names belong to the UTS namespace they are set in. uts_namespaces(7) */
#include <sys/utsname.h>

#include "helpers/nscheck.h"
#include "helpers/utsname.h"

#define GROUP     "uts.iso"
#define GROUP_OWN NS_UTS

CASE(hostname_set_in_one_namespace_is_not_seen_in_another)
{
	OK(hostname_set("base"));
	CHILD(by_clone, NS_UTS) {
		IS(hostname(), "base"); /* control: a new namespace starts as a copy */
		OK(hostname_set("cloned"));
		TELL(by_clone);
		HEAR(by_clone);
		IS(hostname(), "cloned");
	}
	CHILD(by_unshare, 0) {
		OK(unshare(CLONE_NEWUTS));
		OK(hostname_set("unshared"));
		TELL(by_unshare);
		HEAR(by_unshare);
		IS(hostname(), "unshared");
	}
	HEAR(by_clone);
	HEAR(by_unshare);
	IS(hostname(), "base");

	OK(hostname_set("changed"));
	CHILD(member, 0) {
		IS(hostname(), "changed"); /* control: without a new namespace the change is seen */
	}
	EXITS(member, 0);
	DISMISS(by_clone);
	DISMISS(by_unshare);
}

CASE(domainname_set_in_one_namespace_is_not_seen_in_another)
{
	OK(hostname_set("base"));
	OK(domainname_set("basedom"));
	CHILD(box, NS_UTS) {
		IS(domainname(), "basedom"); /* control: a new namespace starts as a copy */
		OK(domainname_set("boxdom"));
		IS(domainname(), "boxdom");
		IS(hostname(), "base");
		TELL(box);
		HEAR(box);
		IS(domainname(), "boxdom");
	}
	HEAR(box);
	IS(domainname(), "basedom");

	OK(domainname_set("changed"));
	CHILD(member, 0) {
		IS(domainname(), "changed"); /* control: without a new namespace the change is seen */
	}
	EXITS(member, 0);
	IS(hostname(), "base");
	DISMISS(box);
}

PAYLOAD(reporter)
{
	TELL_TEXT(outer, hostname());
}

CASE(exec_and_fork_keep_the_namespace)
{
	OK(hostname_set("base"));
	CHILD(box, NS_UTS) {
		OK(hostname_set("boxed"));
		CHILD(program, 0) {
			IS(hostname(), "boxed");
			EXEC(program, reporter);
		}
		IS(HEAR_TEXT(program), "boxed");
		EXITS(program, 0);
	}
	EXITS(box, 0);
	IS(hostname(), "base");

	CHILD(program, 0) {
		EXEC(program, reporter);
	}
	IS(HEAR_TEXT(program), "base"); /* control: the same program outside */
	EXITS(program, 0);
}

CASE(processes_of_one_namespace_share_the_names)
{
	OK(hostname_set("base"));
	OK(domainname_set("basedom"));
	CHILD(apart, NS_UTS) {
		HEAR(apart);
		IS(hostname(), "base");
		IS(domainname(), "basedom");
	}
	CHILD(reader, 0) {
		IS(hostname(), "base");
		TELL(reader);
		HEAR(reader);
		IS(hostname(), "changed");
		IS(domainname(), "changeddom");
	}
	HEAR(reader);
	CHILD(writer, 0) {
		IS(hostname(), "base");
		OK(hostname_set("changed"));
		OK(domainname_set("changeddom"));
	}
	EXITS(writer, 0);
	IS(hostname(), "changed");
	IS(domainname(), "changeddom");
	DISMISS(reader);
	DISMISS(apart); /* control: another namespace shares nothing */
}

CASE(new_namespace_starts_with_a_copy)
{
	long long here = MUST(ns_id(0, "uts"));

	OK(hostname_set("base"));
	OK(domainname_set("dom"));
	CHILD(by_clone, NS_UTS) {
		OTHER_NS(0, here, NS_UTS);
		IS(hostname(), "base");
		IS(domainname(), "dom");
	}
	EXITS(by_clone, 0);
	CHILD(by_unshare, 0) {
		OK(unshare(NS_UTS));
		OTHER_NS(0, here, NS_UTS);
		IS(hostname(), "base");
		IS(domainname(), "dom");
	}
	EXITS(by_unshare, 0);
}

CASE(static_fields_are_the_same_everywhere)
{
	static const char *const files[] = {"ostype", "osrelease", "version", "arch"};
	long long here = MUST(ns_id(0, "uts"));
	struct utsname outside;

	OK(uname(&outside));
	CHILD(box, NS_UTS) {
		struct utsname inside;
		const char *fields[] = {inside.sysname, inside.release, inside.version, inside.machine};
		OTHER_NS(0, here, NS_UTS);
		OK(uname(&inside));
		IS(inside.sysname, outside.sysname);
		IS(inside.release, outside.release);
		IS(inside.version, outside.version);
		IS(inside.machine, outside.machine);
		for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
			const char *file = path("/proc/sys/kernel/%s", files[i]);
			NOTE("%s", file);
			if (i == 3 && !file_exists(file))
				continue; /* a file of newer kernels */
			IS(file_read(file), fields[i]);
			FAILS(EACCES, open(file, O_WRONLY));
		}
	}
	EXITS(box, 0);
}
