// SPDX-License-Identifier: GPL-2.0-only
/* Runtimes that do one thing wrong each (helpers/reference.c), and the rows that must notice. */
#include "helpers/nscheck.h"

#define GROUP     "selftest.bad_runtime"
#define GROUP_OWN (NS_IPC | NS_NET)

static const struct {
	const char *fault, *row;
} table[] = {
	/* A namespace is forgotten. */
	{"ns_cgroup", "cgroup.root_is_own_cgroup"},
	{"ns_ipc", "ipc.shared_memory_is_private"},
	{"ns_mnt", "rootfs.mounts_do_not_propagate_to_host"},
	{"ns_net", "net.none_has_only_loopback"},
	{"ns_pid", "pid.host_processes_are_hidden"},
	{"ns_time", "time.offsets_as_configured"},
	{"ns_user", "user.root_inside_is_100000_outside"},
	{"ns_uts", "uts.hostname_is_private"},
	/* A way to the host is left open. */
	{"pivot_root", "rootfs.chroot_escape_ends_at_container_root"},
	{"old_root", "rootfs.host_files_are_unreachable"},
	{"leak_fd", "rootfs.no_descriptor_leads_outside"},
	{"exec_leak_fd", "rootfs.no_descriptor_leads_outside"},
	{"proc", "pid.host_processes_are_hidden"},
	{"shm", "ipc.shared_memory_is_private"},
	{"devpts", "rootfs.devpts_is_private"},
	{"devices", "rootfs.default_devices_only"},
	{"slave", "rootfs.mounts_do_not_propagate_to_host"},
	{"propagation", "rootfs.mounts_do_not_propagate_to_host"},
	{"hiding", "exec.cannot_be_traced_while_joining"},
	{"hiding", "rootfs.exe_is_not_a_writable_host_binary"},
	/* A right is not taken away. */
	{"root_to_root", "user.root_inside_is_100000_outside"},
	{"capabilities", "user.bounding_set_limits_everything"},
	{"inheritable", "user.inheritable_and_ambient_are_empty"},
	{"no_new_privs", "user.no_new_privs_blocks_setuid"},
	{"masks", "paths.masked_paths_are_empty"},
	{"readonly_paths", "paths.readonly_paths_refuse_writes"},
	{"readonly_root", "rootfs.readonly_root_cannot_be_made_writable"},
	{"limits", "cgroup.limits_hold_and_cannot_be_lifted"},
	{"cgroup", "cgroup.root_is_own_cgroup"},
	{"sysctl", "sysctl.namespaced_sysctls_apply_inside_only"},
	/* An exec does not join all that the container is. */
	{"exec_cgroup", "exec.same_restrictions_as_init"},
	{"exec_capabilities", "exec.same_restrictions_as_init"},
	{"exec_ipc", "exec.joins_every_namespace"},
	{"exec_mnt", "exec.joins_every_namespace"},
	{"exec_net", "exec.joins_every_namespace"},
	{"exec_pid", "exec.joins_every_namespace"},
	{"exec_user", "exec.joins_every_namespace"},
	{"exec_uts", "exec.joins_every_namespace"},
	/* Something is not done that a container needs. */
	{"loopback", "net.none_has_only_loopback"},
	{"reaping", "pid.init_reaps_orphans"},
	{"status", "stop.exit_status_is_reported"},
	{"join_type", "ns.path_of_wrong_type_is_refused"},
	{"leaving", "cleanup.nothing_is_left_behind"},
};

/* Runs one row in a process of its own, as by hand. Its whole output; NULL with errno. */
static const char *run_row(const char *runtime, const char *row)
{
	MUST(file_put("/tmp/run",
		      path("/bin/nscheck-guest --runtime %s runtime.%s\nexit 0\n", runtime, row)));
	return tool_output("sh /tmp/run");
}

/* True if a claim of the row failed: not that it could not be arranged, nor that it did not end. */
static bool claim_failed(const char *said)
{
	return strstr(said, SAYS_RECORD "claim\n") && strstr(said, "\nnot ok 1 runtime.");
}

CASE(each_fault_is_caught, .timeout = 120)
{
	char missed[1000] = "";

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		NOTE("%s by %s", table[i].fault, table[i].row);
		const char *said = MUST(run_row(path("bad:%s", table[i].fault), table[i].row));
		if (!claim_failed(said))
			snprintf(missed + strlen(missed), sizeof(missed) - strlen(missed), " %s (%s)",
				 table[i].fault, table[i].row);
	}
	NOTE_END();
	IS(missed, "");
}

/* True if a row was about an earlier fault already. */
static bool met_before(size_t i)
{
	for (size_t earlier = 0; earlier < i; earlier++)
		if (strcmp(table[earlier].row, table[i].row) == 0)
			return true;
	return false;
}

CASE(the_same_rows_pass_without_a_fault, .timeout = 120)
{
	char failed[1000] = "";

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if (met_before(i))
			continue;
		NOTE("%s", table[i].row);
		if (!strstr(MUST(run_row("reference", table[i].row)), "\nok 1 runtime."))
			snprintf(failed + strlen(failed), sizeof(failed) - strlen(failed), " %s",
				 table[i].row);
	}
	NOTE_END();
	IS(failed, "");
}
