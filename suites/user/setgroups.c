// SPDX-License-Identifier: GPL-2.0-only
/* Who may call setgroups(2), and the file that forbids it. user_namespaces(7) "The /proc/PID/setgroups file" */
#include <grp.h>
#include <sys/prctl.h>

#include "helpers/nscheck.h"

#define GROUP "user.setgroups"

static const char *setgroups_of(pid_t pid)
{
	return file_read(proc_path(pid, "setgroups"));
}

CASE(default_is_allow_and_blocked_until_gid_map)
{
	CHILD(member, NS_USER) {
		IS(setgroups_of(0), "allow");
		HOLDS(cap_effective(CAP_SETGID));
		FAILS(EPERM, setgroups(0, NULL));
		TELL(member);
		HEAR(member);
		OK(setgroups(0, NULL));
	}
	HEAR(member);
	OK(idmap_write_file(member->pid, "gid_map", CONTAINER_MAP));
	IS(setgroups_of(member->pid), "allow");
	DISMISS(member);
}

CASE(deny_is_permanent)
{
	CHILD(member, NS_USER) {
		HEAR(member);
		MUST(setresgid(0, 0, 0));
		MUST(setresuid(0, 0, 0));
		HOLDS(cap_effective_full());
		FAILS(EPERM, setgroups(0, NULL));
	}
	OK(idmap_write_file(member->pid, "setgroups", "deny"));
	FAILS(EPERM, idmap_write_file(member->pid, "setgroups", "allow"));
	OK(idmap_write_file(member->pid, "setgroups", "deny")); /* control: only the change is refused */
	MUST(idmap_write(member->pid, CONTAINER_MAP));
	FAILS(EPERM, idmap_write_file(member->pid, "setgroups", "allow"));
	IS(setgroups_of(member->pid), "deny");
	DISMISS(member);
}

CASE(deny_after_gid_map_eperm)
{
	CHILD(member, NS_USER) {
		HEAR(member);
	}
	MUST(idmap_write_file(member->pid, "gid_map", CONTAINER_MAP));
	FAILS(EPERM, idmap_write_file(member->pid, "setgroups", "deny"));
	IS(setgroups_of(member->pid), "allow");
	OK(idmap_write_file(member->pid, "setgroups", "allow"));
	DISMISS(member);

	FAILS(EPERM, idmap_write_file(0, "setgroups", "deny"));
	OK(idmap_write_file(0, "setgroups", "allow"));

	CHILD(unmapped, NS_USER) {
		HEAR(unmapped);
	}
	OK(idmap_write_file(unmapped->pid, "setgroups", "deny")); /* control: before the map it works */
	DISMISS(unmapped);
}

/* In a namespace whose parent is denied: it is too, before and after its maps are written. */
static void is_denied_from_birth(struct child *self)
{
	IS(setgroups_of(0), "deny");
	FAILS(EPERM, file_write("/proc/self/setgroups", "allow"));
	TELL(self);
	HEAR(self); /* the maps are there */
	IS(setgroups_of(0), "deny");
	MUST(setresgid(0, 0, 0));
	MUST(setresuid(0, 0, 0));
	MUST(prctl(PR_SET_DUMPABLE, 1));
	HOLDS(cap_effective_full());
	FAILS(EPERM, setgroups(0, NULL));
}

CASE(child_inherits_deny)
{
	CHILD(denied, NS_USER) {
		HEAR(denied);
		MUST(setresgid(0, 0, 0));
		MUST(setresuid(0, 0, 0));
		MUST(prctl(PR_SET_DUMPABLE, 1));
		CHILD(nested, NS_USER) {
			is_denied_from_birth(nested);
			CHILD(deeper, NS_USER) {
				is_denied_from_birth(deeper);
			}
			HEAR(deeper);
			MUST(idmap_write(deeper->pid, "0 0 10"));
			DISMISS(deeper);
		}
		HEAR(nested);
		MUST(idmap_write(nested->pid, "0 0 100"));
		DISMISS(nested);
	}
	MUST(idmap_write_file(denied->pid, "setgroups", "deny"));
	MUST(idmap_write(denied->pid, CONTAINER_MAP));
	DISMISS(denied);

	CHILD(sibling, NS_USER) {
		IS(setgroups_of(0), "allow");
	}
	EXITS(sibling, 0);
}

CASE(accepted_strings)
{
	static const char *const accepted[] = {"deny",  "deny\n",  "deny ",  "deny   ",
					       "allow", "allow\n", "allow  "};
	static const char *const refused[] = {"denyx", "DENY", "allo", "", "deny x", "deny    ", "allow   "};

	CHILD(unchanged, NS_USER) {
		HEAR(unchanged);
	}
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		NOTE("\"%s\"", refused[i]);
		FAILS(EINVAL, idmap_write_file(unchanged->pid, "setgroups", refused[i]));
		IS(setgroups_of(unchanged->pid), "allow");
	}
	NOTE("at offset 1");
	int fd = MUST(open(proc_path(unchanged->pid, "setgroups"), O_WRONLY));
	MUST(lseek(fd, 1, SEEK_SET));
	FAILS(EINVAL, write(fd, "deny", 4));
	IS(setgroups_of(unchanged->pid), "allow");
	DISMISS(unchanged);

	for (size_t i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++) {
		NOTE("\"%s\"", accepted[i]);
		CHILD(member, NS_USER) {
			HEAR(member);
		}
		OK(idmap_write_file(member->pid, "setgroups", accepted[i]));
		IS(setgroups_of(member->pid), accepted[i][0] == 'd' ? "deny" : "allow");
		DISMISS(member);
	}
}

CASE(write_needs_cap_sys_admin_in_the_namespace)
{
	CHILD(parent, NS_USER, .map = CONTAINER_MAP) {
		CHILD(member, NS_USER) {
			OK(close(OK(open("/proc/self/setgroups", O_WRONLY)))); /* control */
			MUST(cap_drop(CAP_SYS_ADMIN));
			FAILS(EACCES, open("/proc/self/setgroups", O_WRONLY));
			IS(setgroups_of(0), "allow");
			TELL(member);
			HEAR(member);
		}
		HEAR(member);
		TELL(parent, member->pid);
		HEAR(parent);
		DISMISS(member);
	}
	pid_t pid = HEAR(parent);
	CHILD(stranger, 0, .uid = 2000) {
		FAILS(EACCES, open(proc_path(pid, "setgroups"), O_WRONLY));
		IS(setgroups_of(pid), "allow");
	}
	EXITS(stranger, 0);
	OK(idmap_write_file(pid, "setgroups", "deny")); /* by the grandparent, who may not write the maps */
	IS(setgroups_of(pid), "deny");
	DISMISS(parent);
}

CASE(group_cannot_be_dropped_to_gain_access)
{
	static const gid_t shunned = 3000;

	MUST(file_make("/tmp/file"));
	MUST(chown("/tmp/file", 0, shunned));
	MUST(chmod("/tmp/file", 0707));
	CHILD(outsider, 0, .uid = UNPRIVILEGED) {
		OK(open("/tmp/file", O_RDONLY)); /* control: it is the group that is kept out */
	}
	EXITS(outsider, 0);
	CHILD(user, 0) {
		gid_t group;
		MUST(setgroups(1, &shunned));
		MUST(setresgid(UNPRIVILEGED, UNPRIVILEGED, UNPRIVILEGED));
		MUST(setresuid(UNPRIVILEGED, UNPRIVILEGED, UNPRIVILEGED));
		MUST(prctl(PR_SET_DUMPABLE, 1));
		FAILS(EACCES, open("/tmp/file", O_RDONLY));
		OK(unshare(CLONE_NEWUSER));
		OK(idmap_write(0, "0 1000 1")); /* with setgroups denied */
		HOLDS(cap_effective_full());
		FAILS(EPERM, setgroups(0, NULL));
		FAILS(EACCES, open("/tmp/file", O_RDONLY));
		IS(getgroups(1, &group), 1);
		IS(group, 65534);
	}
	EXITS(user, 0);
}
