// SPDX-License-Identifier: GPL-2.0-only
/* The map of project ids. user_namespaces(7) "Project ID mappings: projid_map" */
#include "helpers/nscheck.h"

#define GROUP "user.projid"

CASE(no_capability_needed)
{
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		CHILD(member, NS_USER) {
			HEAR(member);
		}
		FAILS(EPERM, idmap_write_file(member->pid, "uid_map", "0 5 100"));
		OK(idmap_write_file(member->pid, "projid_map", "0 5 100"));
		FAILS(EPERM, idmap_write_file(member->pid, "projid_map", "0 5 100"));
		DISMISS(member);
	}
	EXITS(user, 0);
}

CASE(rules_and_view_match_uid_map)
{
	static const char *const malformed[] = {
		"", "0 0", "a 0 1", "0 0 0", "0 0 10\n5 100 10", "0 4294967295 1"};

	IS(file_read("/proc/self/projid_map"), "         0          0 4294967295");
	CHILD(parent, NS_USER) {
		HEAR(parent);
		CHILD(nested, NS_USER) {
			HEAR(nested);
		}
		TELL(parent, nested->pid);
		HEAR(parent);
		FAILS(EPERM, idmap_write_file(nested->pid, "projid_map", "0 50 1"));
		OK(idmap_write_file(nested->pid, "projid_map", "7 49 1"));
		IS(file_read(proc_path(nested->pid, "projid_map")), "         7         49          1");
		DISMISS(nested);
	}
	for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++) {
		NOTE("\"%s\"", malformed[i]);
		FAILS(EINVAL, idmap_write_file(parent->pid, "projid_map", malformed[i]));
	}
	NOTE_END();
	OK(idmap_write_file(parent->pid, "projid_map", "0 1000 50\n100 2000 50"));
	FAILS(EPERM, idmap_write_file(parent->pid, "projid_map", "0 1000 50"));
	IS(file_read(proc_path(parent->pid, "projid_map")),
	   "         0       1000         50\n       100       2000         50");
	MUST(idmap_write(parent->pid, CONTAINER_MAP "\n65536 0 1")); /* or it could make no child */
	TELL(parent);
	pid_t grandchild = HEAR(parent);
	FAILS(EPERM, idmap_write_file(grandchild, "projid_map", "7 49 1"));
	DISMISS(parent);
}
