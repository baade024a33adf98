// SPDX-License-Identifier: GPL-2.0-only
/* What is mounted in a container by default. OCI config-linux.md "Default Filesystems", config.md "Devices" */
/* Goes on from rootfs.c. */
#include <dirent.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "suites/runtime/eyes.h"

#define GROUP     "runtime.rootfs"
#define GROUP_OWN (NS_IPC | NS_NET | OWN_BOX)

PAYLOAD(mounts)
{
	static const struct {
		const char *where;
		long type;
	} wanted[] = {{"/proc", PROC_SUPER_MAGIC},
		      {"/sys", SYSFS_MAGIC},
		      {"/dev/pts", DEVPTS_SUPER_MAGIC},
		      {"/dev/shm", TMPFS_MAGIC}};

	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		struct statfs fs;
		NOTE("%s", wanted[i].where);
		OK(statfs(wanted[i].where, &fs));
		IS(fs.f_type, wanted[i].type);
		TELL_TEXT(outer, OK(identity(wanted[i].where)));
	}
	HEAR(outer);
}

CASE(default_filesystems)
{
	static const char *const host[] = {"/proc", "/sys", "/dev/pts", "/dev/shm"};

	EACH_FLAVOUR(f)
	{
		CONTAINER(box, mounts, .map = f->map);
		for (size_t i = 0; i < ARRAY_SIZE(host); i++)
			IS_NOT(HEAR_TEXT(box), identity(host[i])); /* its own, not the host's bound in */
		DISMISS(box);
	}
}

static void claim_device(const char *name, unsigned int major_, unsigned int minor_)
{
	struct stat st;
	char byte = 'x';

	NOTE("/dev/%s", name);
	OK(stat(path("/dev/%s", name), &st));
	HOLDS(S_ISCHR(st.st_mode));
	IS(major(st.st_rdev), major_);
	IS(minor(st.st_rdev), minor_);
	if (strcmp(name, "tty") == 0)
		return; /* there is no terminal to open */
	int fd = OK(open(path("/dev/%s", name), O_RDWR | O_CLOEXEC));
	IS(read(fd, &byte, 1), strcmp(name, "null") != 0);
	if (strcmp(name, "full") == 0)
		FAILS(ENOSPC, write(fd, &byte, 1));
	close(fd);
}

/* Block devices, and character devices that lead to memory, ports or hardware. */
static int forbidden_devices(const char *dir)
{
	static const char *const names[] = {"mem", "kmem", "port", "kvm", "kmsg", "fuse", "mapper"};
	DIR *d = OK(opendir(dir));
	int found = 0;

	for (struct dirent *entry; (entry = readdir(d));) {
		found += entry->d_type == DT_BLK;
		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			found += strcmp(entry->d_name, names[i]) == 0;
	}
	closedir(d);
	return found;
}

PAYLOAD(devices)
{
	claim_device("null", 1, 3);
	claim_device("zero", 1, 5);
	claim_device("full", 1, 7);
	claim_device("random", 1, 8);
	claim_device("urandom", 1, 9);
	claim_device("tty", 5, 0);
	NOTE_END();
	IS(identity("/dev/ptmx"), identity("/dev/pts/ptmx"));
	IS(link_read("/dev/fd"), "/proc/self/fd");
	IS(link_read("/dev/stdin"), "/proc/self/fd/0");
	IS(link_read("/dev/stdout"), "/proc/self/fd/1");
	IS(link_read("/dev/stderr"), "/proc/self/fd/2");
	IS(forbidden_devices("/dev"), 0);
	HEAR(outer);
}

CASE(default_devices_only)
{
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, devices, .map = f->map);
		HOLDS(forbidden_devices("/dev") > 0); /* control: the host has such */
		DISMISS(box);
	}
}

/* Opens a terminal, which stays open; its number. */
static int terminal_open(const char *ptmx)
{
	int number = -1, fd = open(ptmx, O_RDWR | O_NOCTTY | O_CLOEXEC);

	return fd < 0 || ioctl(fd, TIOCGPTN, &number) < 0 ? -1 : number;
}

PAYLOAD(terminals)
{
	IS(dir_count("/dev/pts"), 1); /* ptmx */
	IS(OK(terminal_open("/dev/ptmx")), 0);
	IS(dir_count("/dev/pts"), 2);
	HOLDS(file_exists("/dev/pts/0"));
	TELL(outer);
	HEAR(outer);
}

CASE(devpts_is_private)
{
	MUST(terminal_open("/dev/pts/ptmx"));
	HOLDS(file_exists("/dev/pts/0"));
	EACH_FLAVOUR(f)
	{
		int before = MUST(dir_count("/dev/pts"));
		CONTAINER(box, terminals, .map = f->map);
		HEAR(box);
		IS(dir_count("/dev/pts"), before);
		DISMISS(box);
	}
}
