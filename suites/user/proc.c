// SPDX-License-Identifier: GPL-2.0-only
/* Who owns the files of /proc/PID. proc_pid(5) */
#include <sys/prctl.h>

#include "helpers/nscheck.h"

#define GROUP "user.proc"

static uid_t status_owner(pid_t pid)
{
	struct stat st;

	OK(stat(proc_path(pid, "status"), &st));
	return st.st_uid;
}

PAYLOAD(stay)
{
	TELL(outer, prctl(PR_GET_DUMPABLE));
	HEAR(outer);
}

CASE(files_of_nondumpable_process_belong_to_root_of_its_exec_namespace)
{
	MUST(program_make("/tmp/unreadable", CONTAINER_ID, CONTAINER_ID, 0711));
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		CHILD(executed, 0, .uid = 5) {
			EXEC_FILE(executed, stay, "/tmp/unreadable");
		}
		IS_NOT(HEAR(executed), 1);
		IS(status_owner(executed->pid), 0);
		DISMISS(executed);

		CHILD(forked, 0, .uid = 5) { /* its program was executed outside */
			TELL(forked);
			HEAR(forked);
			MUST(prctl(PR_SET_DUMPABLE, 0));
			TELL(forked);
			HEAR(forked);
		}
		HEAR(forked);
		IS(status_owner(forked->pid), 5); /* dumpable */
		TELL(forked);
		HEAR(forked);
		IS(status_owner(forked->pid), 65534);
		TELL(root, forked->pid);
		HEAR(root);
		DISMISS(forked);
	}
	IS(status_owner((pid_t)HEAR(root)), 0);
	DISMISS(root);
}

CASE(maps_are_not_writable_by_a_nondumpable_unprivileged_creator)
{
	CHILD(creator, 0) {
		MUST(setresgid(UNPRIVILEGED, UNPRIVILEGED, UNPRIVILEGED));
		MUST(setresuid(UNPRIVILEGED, UNPRIVILEGED, UNPRIVILEGED));
		OK(unshare(CLONE_NEWUSER));
		IS_NOT(prctl(PR_GET_DUMPABLE), 1);
		FAILS(EACCES, open("/proc/self/uid_map", O_WRONLY));
		MUST(prctl(PR_SET_DUMPABLE, 1));
		OK(idmap_write_file(0, "uid_map", "0 1000 1"));
	}
	EXITS(creator, 0);
}
