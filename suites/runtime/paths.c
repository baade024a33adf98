// SPDX-License-Identifier: GPL-2.0-only
/* Masked and read-only paths. OCI config-linux.md "Masked Paths", "Readonly Paths"; mount_namespaces(7) */
#include <sys/statvfs.h>

#include "suites/runtime/eyes.h"

#define GROUP     "runtime.paths"
#define GROUP_OWN (NS_IPC | NS_NET | OWN_BOX)

static bool is_directory(const char *file)
{
	struct stat st;

	return stat(file, &st) == 0 && S_ISDIR(st.st_mode);
}

/* How much of a path there is to see: of a directory its entries, of a file whether it has a first byte. -1 with errno. */
static long content(const char *file)
{
	char byte;

	if (is_directory(file))
		return dir_count(file);
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	long got = fd < 0 ? -1 : read(fd, &byte, 1);
	close(fd);
	return got;
}

/* Is told of each path whether it has content on the host. */
PAYLOAD(masked)
{
	int hidden = 0;

	for (int i = 0; container_masked[i]; i++) {
		const char *name = container_masked[i];
		bool on_host = HEAR(outer);
		if (!file_exists(name))
			continue;
		NOTE("%s", name);
		IS(content(name), 0);
		hidden += on_host;
		if (!is_directory(name))
			continue;
		IS_MINUS_ONE(open(path("%s/new", name), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
		HOLDS(errno == EROFS || errno == EPERM);
	}
	NOTE_END();
	HOLDS(hidden > 1); /* control: without a mask there would be something to see */
	HEAR(outer);
}

CASE(masked_paths_are_empty)
{
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, masked, .map = f->map);
		for (int i = 0; container_masked[i]; i++)
			TELL(box, content(container_masked[i]) > 0);
		DISMISS(box);
	}
}

static const char *const files[] = {"/proc/sys/kernel/printk",
				    "/proc/sys/vm/swappiness",
				    "/proc/irq/default_smp_affinity",
				    "/sys/kernel/uevent_seqnum",
				    "/sys/power/state",
				    "/sys/kernel/mm/transparent_hugepage/enabled"};

PAYLOAD(reader)
{
	for (int i = 0; container_readonly[i]; i++) {
		struct statvfs fs;
		NOTE("%s", container_readonly[i]);
		if (!file_exists(container_readonly[i]))
			continue;
		OK(statvfs(container_readonly[i], &fs));
		HOLDS(fs.f_flag & ST_RDONLY);
	}
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		NOTE("%s", files[i]);
		if (!file_exists(files[i]))
			continue;
		HOLDS(refused(open(files[i], O_WRONLY)));
		HOLDS(file_read(files[i]) != NULL || errno == EACCES);
	}
	NOTE("/proc/sysrq-trigger");
	HOLDS(refused(open("/proc/sysrq-trigger", O_WRONLY)));
	HEAR(outer);
}

CASE(readonly_paths_refuse_writes)
{
	EACH_FLAVOUR(f)
	{
		char *before = strdup(MUST(file_read("/proc/sys/kernel/printk")));
		CONTAINER(box, reader, .map = f->map);
		DISMISS(box);
		IS(file_read("/proc/sys/kernel/printk"), before);
		OK(close(OK(open("/proc/sys/kernel/printk", O_WRONLY)))); /* control: the host's root may */
	}
}

/* A mask that this kernel has, a file before a directory. */
static const char *some_mask(void)
{
	for (int i = 0; container_masked[i]; i++)
		if (mnt_count(container_masked[i]) > 0)
			return container_masked[i];
	errno = ENOENT;
	return NULL;
}

static int remount_writable(const char *where)
{
	return mount(NULL, where, NULL, MS_REMOUNT | MS_BIND | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
}

PAYLOAD(unmasker)
{
	const char *mask = OK(some_mask());

	FAILS(EPERM, umount2(mask, MNT_DETACH));
	FAILS(EPERM, remount_writable("/proc/sys"));
	CHILD(nested, NS_USER | NS_MNT, .map = "0 0 1") {
		HOLDS(cap_effective(CAP_SYS_ADMIN));
		FAILS(EINVAL, umount2(mask, MNT_DETACH));
		FAILS(EINVAL, umount2("/proc/sys", MNT_DETACH));
		FAILS(EPERM, remount_writable("/proc/sys"));
		IS(content(mask), 0);
		OK(tmpfs_make("/home")); /* control: it may mount and unmount */
		OK(umount2("/home", 0));
	}
	EXITS(nested, 0);
	HEAR(outer);
}

CASE(masks_cannot_be_removed)
{
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, unmasker, .map = f->map);
		DISMISS(box);
	}
}

PAYLOAD(revealer)
{
	bool masks = HEAR(outer);

	CHILD(nested, NS_USER | NS_MNT | NS_PID, .map = "0 0 1") {
		IS(getpid(), 1);
		if (masks) {
			FAILS(EPERM, proc_mount("/home"));
			FAILS(EINVAL, mount("/proc", "/home", NULL, MS_BIND, NULL));
		} else {
			OK(proc_mount("/home"));
			HOLDS(file_exists("/home/self"));
		}
	}
	EXITS(nested, 0);
	HEAR(outer);
}

CASE(new_proc_cannot_reveal_masked)
{
	EACH_FLAVOUR(f)
	{
		CONTAINER(box, revealer, .map = f->map);
		TELL(box, true);
		DISMISS(box);
		CONTAINER(open_box, revealer, .map = f->map, .unmasked = true); /* control */
		TELL(open_box, false);
		DISMISS(open_box);
	}
}
