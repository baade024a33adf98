// SPDX-License-Identifier: GPL-2.0-only
/* Rows that say what keeps a namespace, told of by helpers/kept.h: where the holder holds nothing, each finds it out. */
#include "helpers/nscheck.h"

#define GROUP     "selftest.kept"
#define GROUP_OWN (NS_IPC | NS_NET)

CASE(by_nobody)
{
	ORDERED(box, NS_USER, 1) {
		CHILD(member, NS_USER) {
			HEAR(member);
		}
		int nothing = MUST(open("/dev/null", O_RDONLY | O_CLOEXEC));
		KILL(member);
		KEPT(NS_USER);
		MUST(close(nothing));
	}
	EXITS(box, 0);
}

CASE(without_order)
{
	COUNTED(box, NS_UTS, 1) {
		KEPT(NS_UTS);
	}
	EXITS(box, 0);
}

/* One row, in a process and mounts of its own, as if it were the whole test. */
static void run_row(const char *id)
{
	const struct ns_case *row = case_find(id);
	struct testimony said;
	int before = kept_found_out();

	HOLDS(row != NULL);
	if (case_lacks(row, &said))
		return;
	CHILD(test, NS_MNT) {
		MUST(mount("tmpfs", "/tmp", "tmpfs", 0, NULL));
		(*row->test)->fn(0);
	}
	EXITS(test, 0);
	HOLDS(kept_found_out() > before);
}

static void run_rows(const char *const *ids)
{
	kept_by_nothing();
	for (int i = 0; ids[i]; i++) {
		NOTE("%s", ids[i]);
		run_row(ids[i]);
	}
}

CASE(a_descriptor_that_holds_nothing_is_found_out, .timeout = 30)
{
	static const char *const rows[] = {
		"lifecycle.cgroup.open_fd_keeps_state",
		"lifecycle.ipc.open_fd_keeps_state",
		"lifecycle.mnt.open_fd_keeps_state",
		"lifecycle.net.open_fd_keeps_state",
		"lifecycle.pid.open_fd_keeps_state",
		"lifecycle.time.open_fd_keeps_state",
		"lifecycle.user.open_fd_keeps_state",
		"lifecycle.uts.open_fd_keeps_state",
		"lifecycle.hold.o_path_descriptor",
		"lifecycle.hold.descriptor_in_flight",
		NULL,
	};

	run_rows(rows);
}

CASE(a_mount_that_holds_nothing_is_found_out, .timeout = 30)
{
	static const char *const rows[] = {
		"lifecycle.cgroup.bind_mount_keeps_alive",
		"lifecycle.ipc.bind_mount_keeps_alive",
		"lifecycle.mnt.bind_mount_keeps_alive",
		"lifecycle.net.bind_mount_keeps_alive",
		"lifecycle.pid.bind_mount_keeps_alive",
		"lifecycle.time.bind_mount_keeps_alive",
		"lifecycle.user.bind_mount_keeps_alive",
		"lifecycle.uts.bind_mount_keeps_alive",
		"lifecycle.hold.bind_mount_dies_with_its_mount_namespace",
		"lifecycle.hold.detached_bind_mount_with_open_fd",
		"lifecycle.pid.proc_mount_pins",
		NULL,
	};

	run_rows(rows);
}

CASE(a_relative_that_holds_nothing_is_found_out, .timeout = 30)
{
	struct ns_handle h;
	bool have_handles = ns_handle(MUST(ns_open(0, "user")), &h) == 0;
	const char *const rows[] = {
		"lifecycle.nest.child_userns_pins_parent",
		"lifecycle.nest.owned_namespace_pins_owner",
		"lifecycle.nest.child_pidns_pins_parent",
		"lifecycle.nest.pending_children_namespaces_pin",
		have_handles ? "lifecycle.active.owner_is_active_with_its_children"
			     : NULL, /* it skips there */
		NULL,
	};

	run_rows(rows);
}

CASE(another_object_that_holds_nothing_is_found_out, .timeout = 30)
{
	static const char *const rows[] = {
		"lifecycle.hold.pidfd_pins_pid_namespace",
		"lifecycle.hold.thread_counts_as_member",
		"lifecycle.hold.unix_socket_cycle_is_collected",
		"lifecycle.hold.zombie_releases_all_but_pid_and_user",
		"lifecycle.ipc.attached_segment_pins",
		"lifecycle.mnt.open_list_of_mounts_keeps_alive",
		"lifecycle.net.open_proc_net_file_pins",
		"lifecycle.net.socket_of_any_family_pins",
		"lifecycle.user.open_file_credentials_pin",
		NULL,
	};

	run_rows(rows);
}
