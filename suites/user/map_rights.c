// SPDX-License-Identifier: GPL-2.0-only
/* Who may write which map. user_namespaces(7) "Defining user and group ID mappings" */
/* Goes on from map.c. */
#include "helpers/nscheck.h"

#define GROUP "user.map"

static const char *const id_maps[] = {"uid_map", "gid_map"};

/* What uid 1000 may write for the namespace of `pid` without privilege: `own` and nothing else. */
static void may_map_only_itself(pid_t pid, const char *own)
{
	static const char *const refused[] = {"0 1001 1", "0 1000 2", "0 1000 1\n1 1001 1", "0 0 1"};

	OK(idmap_write_file(pid, "setgroups", "deny"));
	for (int i = 0; i < 2; i++) {
		for (int n = 0; n < 4; n++) {
			NOTE("%s of \"%s\"", id_maps[i], refused[n]);
			FAILS(EPERM, idmap_write_file(pid, id_maps[i], refused[n]));
		}
		NOTE("%s of \"%s\"", id_maps[i], own);
		OK(idmap_write_file(pid, id_maps[i], own));
	}
}

CASE(unprivileged_writer_may_map_only_its_own_id)
{
	static const char *const own[] = {"0 1000 1", "4000000 1000 1"};

	for (int i = 0; i < 2; i++) {
		CHILD(user, 0, .uid = UNPRIVILEGED) {
			CHILD(member, NS_USER) {
				HEAR(member);
			}
			may_map_only_itself(member->pid, own[i]);
			DISMISS(member);
			OK(unshare(CLONE_NEWUSER));
			may_map_only_itself(0, own[i]);
		}
		EXITS(user, 0);
	}
}

CASE(unprivileged_gid_map_needs_setgroups_denied)
{
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		CHILD(member, NS_USER) {
			HEAR(member);
		}
		FAILS(EPERM, idmap_write_file(member->pid, "gid_map", "0 1000 1"));
		OK(idmap_write_file(member->pid, "setgroups", "deny"));
		OK(idmap_write_file(member->pid, "gid_map", "0 1000 1"));
		DISMISS(member);
	}
	EXITS(user, 0);

	CHILD(of_root, NS_USER) {
		HEAR(of_root);
	}
	OK(idmap_write_file(of_root->pid, "gid_map", "0 1000 1")); /* control: root need not deny */
	DISMISS(of_root);
}

CASE(any_parent_process_of_the_creator_may_write)
{
	CHILD(creator, 0, .uid = UNPRIVILEGED) {
		CHILD(member, NS_USER) {
			HEAR(member);
			IS(getuid(), 9);
		}
		TELL(creator, member->pid);
		HEAR(creator);
		DISMISS(member);
	}
	pid_t pid = HEAR(creator);
	CHILD(stranger, 0, .uid = 2000) {
		FAILS(EACCES, open(proc_path(pid, "uid_map"), O_WRONLY));
	}
	EXITS(stranger, 0);
	CHILD(same_uid, 0, .uid = UNPRIVILEGED) {
		OK(idmap_write_file(pid, "uid_map", "9 1000 1"));
	}
	EXITS(same_uid, 0);
	DISMISS(creator);
}

CASE(privileged_parent_may_map_any_range)
{
	static const cap_value_t needed[] = {CAP_SETUID, CAP_SETGID};
	static const char ranges[] = "0 100000 65536\n70000 5 3";

	CHILD(member, NS_USER) {
		HEAR(member);
	}
	for (int i = 0; i < 2; i++) {
		NOTE("%s", id_maps[i]);
		CHILD(writer, 0) {
			MUST(cap_drop(needed[i]));
			FAILS(EPERM, idmap_write_file(member->pid, id_maps[i], ranges));
		}
		EXITS(writer, 0);
		CHILD(other_writer, 0) {
			MUST(cap_drop(needed[!i]));
			OK(idmap_write_file(member->pid, id_maps[i], ranges));
		}
		EXITS(other_writer, 0);
	}
	DISMISS(member);
}

CASE(writer_must_be_member_or_parent)
{
	static const char *const files[] = {"uid_map", "gid_map", "projid_map"};

	CHILD(parent, NS_USER, .map = CONTAINER_MAP) {
		CHILD(grandchild, NS_USER) {
			HEAR(grandchild);
		}
		TELL(parent, grandchild->pid);
		HEAR(parent);
		for (int i = 0; i < 3; i++) {
			NOTE("%s by the parent", files[i]);
			OK(idmap_write_file(grandchild->pid, files[i], "0 0 1"));
		}
		DISMISS(grandchild);
	}
	pid_t pid = HEAR(parent);
	MUST(idmap_write_file(parent->pid, "projid_map",
			      CONTAINER_MAP)); /* so that 0 is one that the parent has */
	for (int i = 0; i < 3; i++) {
		NOTE("%s by the grandparent", files[i]);
		FAILS(EPERM, idmap_write_file(pid, files[i], "0 0 1"));
		FAILS(EPERM, idmap_write_file(pid, files[i], CONTAINER_MAP));
	}
	CHILD(sibling, NS_USER, .map = CONTAINER_MAP) {
		for (int i = 0; i < 3; i++) {
			NOTE("%s by a sibling", files[i]);
			FAILS(EPERM, idmap_write_file(pid, files[i], "0 0 1"));
		}
	}
	EXITS(sibling, 0);
	DISMISS(parent);
}

/* Root of a namespace with `outer` maps tries to map these to a child of it, in turn; the last is right. */
static void nested_maps(const char *outer, const char *const *texts)
{
	CHILD(parent, NS_USER, .map = outer) {
		CHILD(nested, NS_USER) {
			HEAR(nested);
		}
		for (int i = 0; i < 2; i++)
			for (const char *const *text = texts; *text; text++) {
				NOTE("%s of \"%s\"", id_maps[i], *text);
				if (text[1])
					FAILS(EPERM, idmap_write_file(nested->pid, id_maps[i], *text));
				else
					OK(idmap_write_file(nested->pid, id_maps[i], *text));
			}
		DISMISS(nested);
	}
	EXITS(parent, 0);
}

CASE(target_ids_must_exist_in_parent)
{
	static const char *const texts[] = {"0 20 1", "0 19 2", "0 0 20", NULL};

	nested_maps("0 100000 20", texts);
}

CASE(range_must_lie_in_one_parent_range)
{
	static const char *const texts[] = {"0 5 10", "0 5 5\n5 10 5", NULL};

	nested_maps("0 100000 10\n10 100010 10", texts);
}

CASE(credentials_of_the_opener_count)
{
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		CHILD(member, NS_USER) {
			HEAR(member);
		}
		GIVE_FD(user, MUST(open(proc_path(member->pid, "uid_map"), O_WRONLY)));
		TELL(user, member->pid);
		HEAR(user);
		DISMISS(member);
	}
	int fd = TAKE_FD(user);
	pid_t pid = HEAR(user);
	FAILS(EPERM, write(fd, "0 1001 1", 8));
	FAILS(EPERM, write(fd, "0 1000 2", 8));
	OK(idmap_write_file(pid, "uid_map", "0 1000 2"));
	DISMISS(user);
}

CASE(credentials_of_the_writer_count)
{
	CHILD(member, NS_USER) {
		HEAR(member);
	}
	int fd = MUST(open(proc_path(member->pid, "uid_map"), O_WRONLY));
	CHILD(user, 0, .uid = 2000) {
		FAILS(EPERM, write(fd, "0 1000 2", 8));
	}
	EXITS(user, 0);
	OK(write(fd, "0 1000 2", 8));
	DISMISS(member);
}

CASE(opener_needs_cap_sys_admin_over_the_namespace)
{
	for (int drops = 0; drops <= 1; drops++) {
		CHILD(user, 0, .uid = UNPRIVILEGED) {
			OK(unshare(CLONE_NEWUSER));
			if (drops) {
				MUST(cap_drop_all());
				FAILS(EPERM, idmap_write_file(0, "uid_map", "0 1000 1"));
			} else {
				OK(idmap_write_file(0, "uid_map", "0 1000 1"));
			}
		}
		EXITS(user, 0);
	}
}

CASE(parent_uid_0_needs_setfcap_of_parent_writer)
{
	CHILD(member, NS_USER) {
		HEAR(member);
	}
	CHILD(other, NS_USER) {
		HEAR(other);
	}
	CHILD(writer, 0) {
		MUST(cap_drop(CAP_SETFCAP));
		FAILS(EPERM, idmap_write_file(member->pid, "uid_map", "0 0 1"));
		FAILS(EPERM, idmap_write_file(member->pid, "uid_map", "0 5 1\n1 0 1"));
		OK(idmap_write_file(member->pid, "uid_map", "0 1 1"));
		OK(idmap_write_file(member->pid, "gid_map", "0 0 1"));
	}
	EXITS(writer, 0);
	OK(idmap_write_file(other->pid, "uid_map", "0 0 1"));
	DISMISS(member);
	DISMISS(other);
}

CASE(parent_uid_0_needs_setfcap_of_creator)
{
	for (int drops = 0; drops <= 1; drops++) {
		CHILD(creator, 0) {
			if (drops)
				MUST(cap_drop(CAP_SETFCAP));
			OK(unshare(CLONE_NEWUSER));
			HOLDS(cap_effective(CAP_SETFCAP));
			if (drops)
				FAILS(EPERM, idmap_write_file(0, "uid_map", "0 0 1"));
			else
				OK(idmap_write_file(0, "uid_map", "0 0 1"));
		}
		EXITS(creator, 0);
	}
}
