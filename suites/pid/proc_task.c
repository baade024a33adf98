// SPDX-License-Identifier: GPL-2.0-only
/* What procfs instances show of single processes of a PID namespace. proc(5), proc_pid_stat(5) */
/* Goes on from proc.c. */
#include <dirent.h>
#include <sys/ptrace.h>

#include "helpers/nscheck.h"

#define GROUP "pid.proc"

CASE(instances_of_one_namespace_are_independent)
{
	struct stat hidden, plain;

	MUST(dir_make("/tmp/hidden"));
	MUST(dir_make("/tmp/open"));
	MUST(dir_make("/tmp/subset"));
	CHILD(init, NS_PID | NS_MNT) {
		IS(getpid(), 1);
		OK(mount("proc", "/tmp/hidden", "proc", 0, "hidepid=2"));
		OK(proc_mount("/tmp/open"));
		OK(mount("proc", "/tmp/subset", "proc", 0, "subset=pid"));
		MUST(stat("/tmp/hidden", &hidden));
		MUST(stat("/tmp/open", &plain));
		IS_NOT(hidden.st_dev, plain.st_dev);

		OK(access("/tmp/hidden/1", F_OK)); /* control: its owner */
		CHILD(user, 0, .uid = UNPRIVILEGED) {
			OK(access("/tmp/open/1", F_OK));
			FAILS(ENOENT, access("/tmp/hidden/1", F_OK));
		}
		EXITS(user, 0);

		IS(MUST(link_read("/tmp/subset/self")), "1");
		FAILS(ENOENT, access("/tmp/subset/sys", F_OK));
		FAILS(ENOENT, access("/tmp/subset/meminfo", F_OK));
		OK(access("/tmp/open/sys", F_OK)); /* controls */
		OK(access("/tmp/open/meminfo", F_OK));
	}
	EXITS(init, 0);
}

CASE(gid_option_is_a_group_of_the_mounter)
{
	MUST(dir_make("/tmp/hidden"));
	CHILD(init, NS_USER | NS_PID | NS_MNT, .map = CONTAINER_MAP) {
		IS(getpid(), 1);
		OK(mount("proc", "/tmp/hidden", "proc", 0, "hidepid=2,gid=5"));
		CHILD(member, 0) {
			MUST(setresgid(5, 5, 5));
			MUST(setresuid(7, 7, 7));
			OK(access("/tmp/hidden/1", F_OK));
		}
		EXITS(member, 0);
		CHILD(other, 0) {
			MUST(setresgid(6, 6, 6));
			MUST(setresuid(7, 7, 7));
			FAILS(ENOENT, access("/tmp/hidden/1", F_OK));
		}
		EXITS(other, 0);
	}
	EXITS(init, 0);
}

CASE(ids_of_outer_processes_read_as_0)
{
	CHILD(init, NS_PID | NS_MNT) {
		int parent, group, session;
		IS(getpid(), 1);
		MUST(proc_mount("/proc"));
		HEAR(init); /* it is traced now */
		IS(MUST(proc_status(1, "PPid")), "0");
		IS(MUST(proc_status(1, "TracerPid")), "0");
		const char *stat = MUST(file_read("/proc/1/stat"));
		IS(sscanf(strrchr(stat, ')'), ") %*c %d %d %d", &parent, &group, &session), 3);
		IS(parent, 0);
		IS(group, 0);
		IS(session, 0);
	}
	MUST(ptrace(PTRACE_SEIZE, init->pid, NULL, NULL));
	IS(MUST(proc_status(init->pid, "PPid")), path("%d", getpid())); /* controls */
	IS(MUST(proc_status(init->pid, "TracerPid")), path("%d", getpid()));
	TELL(init);
	EXITS(init, 0);
}

static int entries(int dir)
{
	DIR *stream = MUST(fdopendir(MUST(dup(dir))));
	int count = 0;

	rewinddir(stream);
	for (struct dirent *entry; (entry = readdir(stream));)
		count += entry->d_name[0] != '.';
	closedir(stream);
	return count;
}

CASE(open_handles_of_a_dead_process_give_esrch)
{
	CHILD(init, NS_PID | NS_MNT) {
		char byte;
		IS(getpid(), 1);
		MUST(proc_mount("/proc"));
		CHILD(first, 0, .set_tid = (pid_t[]){50}, .set_tid_size = 1) {
			HEAR(first);
		}
		int dir = MUST(open("/proc/50", O_RDONLY | O_DIRECTORY | O_CLOEXEC)),
		    file = MUST(openat(dir, "status", O_RDONLY | O_CLOEXEC));
		HOLDS(entries(dir) > 10); /* control */
		DISMISS(first);
		for (int reused = 0; reused < 2; reused++) {
			NOTE("%s", reused ? "the number is taken again" : "the number is free");
			CHILD(second, 0, .set_tid = (pid_t[]){reused ? 50 : 60}, .set_tid_size = 1) {
				HEAR(second);
			}
			FAILS(ESRCH, pread(file, &byte, 1, 0));
			FAILS(ESRCH, openat(dir, "status", O_RDONLY | O_CLOEXEC));
			IS(entries(dir), 0);
			OK(access(proc_path(second->pid, "status"), F_OK)); /* control */
			DISMISS(second);
		}
	}
	EXITS(init, 0);
}

/* Makes an orphan that init adopts, and that stays until the gate is shut; its PID. */
static pid_t lasting_orphan(const int gate[2])
{
	CHILD(parent, 0) {
		CHILD(orphan, 0) {
			close(gate[1]);
			IS(orphan_parent(orphan), 1);
			AWAIT(gate[0]);
			_exit(42);
		}
		TELL(parent, orphan->pid);
		orphan_leave(orphan);
	}
	return orphan_inherited(parent);
}

CASE(children_file_uses_namespace_pids)
{
	int gate[2];

	MUST(pipe2(gate, O_CLOEXEC));
	MUST(dir_make("/tmp/proc"));
	CHILD(init, NS_PID | NS_MNT) {
		IS(getpid(), 1);
		MUST(proc_mount("/tmp/proc"));
		CHILD(member, 0) {
			close(gate[1]);
			TELL(member, MUST(proc_self())); /* by the outer procfs */
			HEAR(member);
		}
		TELL(init, HEAR(member));
		IS(MUST(file_read("/tmp/proc/1/task/1/children")), "2 ");
		IS(lasting_orphan(gate), 4);
		IS(MUST(file_read("/tmp/proc/1/task/1/children")), "2 4 ");
		TELL(init);
		HEAR(init);
		close(gate[1]);
		IS(orphan_reaped(4), 42);
		DISMISS(member);
	}
	close(gate[1]);
	int member = (int)HEAR(init), first, second;
	HEAR(init);
	const char *children = MUST(file_read(path("/proc/%d/task/%d/children", init->pid, init->pid)));
	IS(sscanf(children, "%d %d", &first, &second), 2);
	IS(first, member);
	IS(MUST(proc_status(second, "NSpid")), path("%d\t4", second));
	DISMISS(init);
}
