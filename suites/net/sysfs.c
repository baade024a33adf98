// SPDX-License-Identifier: GPL-2.0-only
/* What /sys/class/net shows, and to whom its files belong. network_namespaces(7), sysfs(5) */
#include "helpers/nscheck.h"

#define GROUP     "net.sysfs"
#define GROUP_OWN NS_NET

/* A sysfs of the caller's network namespace on a directory, with the flags that /sys has everywhere. */
static int sysfs_mount(const char *dir)
{
	return mount("sysfs", dir, "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
}

CASE(new_mount_lists_only_own_devices)
{
	MUST(dir_make("/tmp/out"));
	MUST(dir_make("/tmp/in"));
	MUST(link_add_dummy("h0"));
	MUST(sysfs_mount("/tmp/out"));
	WITHIN(MUST(ns_new(NS_NET))) {
		MUST(link_add_dummy("i0"));
		OK(sysfs_mount("/tmp/in"));
	}
	HOLDS(file_exists("/tmp/in/class/net/i0"));
	HOLDS(file_exists("/tmp/in/class/net/lo"));
	HOLDS(!file_exists("/tmp/in/class/net/h0"));
	HOLDS(file_exists("/tmp/out/class/net/h0"));
	HOLDS(!file_exists("/tmp/out/class/net/i0"));
}

CASE(old_mount_keeps_its_ns)
{
	MUST(dir_make("/tmp/out"));
	MUST(link_add_dummy("h0"));
	MUST(sysfs_mount("/tmp/out"));
	CHILD(box, 0) {
		MUST(unshare(NS_NET));
		MUST(link_add_dummy("i0"));
		HOLDS(file_exists("/tmp/out/class/net/h0"));
		HOLDS(!file_exists("/tmp/out/class/net/i0"));
		OK(link_index("i0")); /* control: that is where the process is */
		FAILS(ENODEV, link_index("h0"));
	}
	EXITS(box, 0);
}

CASE(mount_needs_owned_netns)
{
	MUST(dir_make("/tmp/in"));
	CHILD(box, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		FAILS(EPERM, sysfs_mount("/tmp/in"));
		OK(tmpfs_make("/tmp/in")); /* control: it may mount */
		MUST(unshare(NS_NET));
		OK(sysfs_mount("/tmp/in"));
	}
	EXITS(box, 0);
}

#define MTU "/tmp/in/class/net/lo/mtu"

static uid_t owner(const char *file)
{
	struct stat st;

	MUST(stat(file, &st));
	return st.st_uid;
}

CASE(device_files_change_owner_with_a_move)
{
	int home = MUST(ns_open(0, "net"));

	MUST(dir_make("/tmp/in"));
	MUST(link_add_dummy("m0"));
	CHILD(box, NS_USER, .map = CONTAINER_MAP) {
		MUST(unshare(NS_NET | NS_MNT)); /* after the maps were written */
		MUST(sysfs_mount("/tmp/in"));
		TELL(box);
		HEAR(box);
		IS(owner("/tmp/in/class/net/m0/mtu"), 0);
		OK(file_write("/tmp/in/class/net/m0/mtu", "1400"));
		TELL(box);
		HEAR(box);
	}
	HEAR(box);
	MUST(link_move_to_pid("m0", box->pid));
	TELL(box);
	HEAR(box);
	WITHIN(MUST(ns_open(box->pid, "net")))
		MUST(link_move("m0", home));
	MUST(sysfs_mount("/tmp/in"));
	IS(owner("/tmp/in/class/net/m0/mtu"), 0); /* which is another than inside */
	DISMISS(box);
}

CASE(device_files_owned_by_ns_root)
{
	MUST(dir_make("/tmp/in"));
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		CHILD(map_first, NS_USER, .map = "0 1000 1") {
			MUST(unshare(NS_NET | NS_MNT));
			MUST(sysfs_mount("/tmp/in"));
			IS(owner(MTU), 0);
			OK(file_write(MTU, "60000"));
			TELL(map_first);
			HEAR(map_first);
		}
		HEAR(map_first);
		IS(owner(path("/proc/%d/root" MTU, map_first->pid)), UNPRIVILEGED);
		DISMISS(map_first);

		CHILD(map_last, 0) {
			MUST(unshare(NS_USER | NS_NET | NS_MNT));
			MUST(idmap_write(0, "0 1000 1"));
			MUST(sysfs_mount("/tmp/in"));
			IS(owner(MTU), 65534); /* still the global root */
			FAILS(EACCES, file_write(MTU, "60000"));
		}
		EXITS(map_last, 0);
	}
	EXITS(user, 0);
}
