// SPDX-License-Identifier: GPL-2.0-only
/* The root file system of a reference container. OCI runtime specification, config.md and config-linux.md */
#include "helpers/reference.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "helpers/file.h"
#include "helpers/mnt.h"

#define HARMLESS (MS_NOSUID | MS_NODEV | MS_NOEXEC)

static const char *in_root(const struct container *c, const char *name)
{
	return path("%s%s", c->root, name);
}

static void mount_in(const struct container *c, const char *type, const char *where, unsigned long flags,
		     const char *data)
{
	const char *dir = in_root(c, where);

	NEED(dir_make(dir), "%s", dir);
	NEED(mount(type, dir, type, flags, data), "mounting %s on %s", type, where);
}

/* The target of a bind mount: a directory or a file, as the source is. */
static void make_target(const char *from, const char *to)
{
	struct stat st;

	NEED(stat(from, &st), "%s", from);
	if (S_ISDIR(st.st_mode)) {
		NEED(dir_make(to), "%s", to);
	} else {
		int fd = NEED(open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0644), "%s", to);
		close(fd);
	}
}

/* A remount of a bind mount must keep the flags that a more privileged namespace has locked. */
static int remount_readonly(const char *where)
{
	struct statvfs now;

	if (statvfs(where, &now) < 0)
		return -1;
	return mount(NULL, where, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | (now.f_flag & HARMLESS), NULL);
}

static void bind_in(const struct container *c, const struct container_bind *b)
{
	const char *to = in_root(c, b->to);

	make_target(b->from, to);
	NEED(mount(b->from, to, NULL, MS_BIND | (b->slave ? MS_REC : 0), NULL), "binding %s", b->from);
	NEED(mnt_propagation(to, b->slave && !reference_forgets("slave") ? MS_SLAVE | MS_REC : MS_PRIVATE),
	     "propagation of %s", b->to);
	if (b->readonly)
		NEED(remount_readonly(to), "read-only %s", b->to);
}

/* An ordinary user's root may not make devices: the host's are bound in then. */
static void make_device(const struct container *c, const char *name, unsigned int major, unsigned int minor)
{
	const char *to = in_root(c, path("/dev/%s", name));

	if (mknod(to, S_IFCHR | 0666, makedev(major, minor)) == 0) {
		NEED(chmod(to, 0666), "%s", to);
	} else {
		make_target("/dev/null", to);
		NEED(bind_make(path("/dev/%s", name), to), "device %s", name);
	}
}

static void make_devices(const struct container *c)
{
	static const struct {
		const char *name;
		unsigned int major, minor;
	} devices[] = {{"null", 1, 3},   {"zero", 1, 5},    {"full", 1, 7},
		       {"random", 1, 8}, {"urandom", 1, 9}, {"tty", 5, 0}};
	static const char *const links[][2] = {{"pts/ptmx", "ptmx"},
					       {"/proc/self/fd", "fd"},
					       {"/proc/self/fd/0", "stdin"},
					       {"/proc/self/fd/1", "stdout"},
					       {"/proc/self/fd/2", "stderr"}};
	mode_t mask = umask(0);

	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		make_device(c, devices[i].name, devices[i].major, devices[i].minor);
	if (reference_forgets("devices"))
		NEED(mknod(in_root(c, "/dev/mem"), S_IFCHR | 0600, makedev(1, 1)), "mem");
	umask(mask);
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		NEED(symlink(links[i][0], in_root(c, path("/dev/%s", links[i][1]))), "link %s", links[i][1]);
}

/* Group 5 is that of terminals; where it has no map, devpts is content with the mounter's. */
static void mount_devpts(const struct container *c)
{
	const char *dir = in_root(c, "/dev/pts");

	NEED(dir_make(dir), "%s", dir);
	if (reference_forgets("devpts")) {
		NEED(bind_make("/dev/pts", dir), "devpts");
		return;
	}
	if (mount("devpts", dir, "devpts", MS_NOSUID | MS_NOEXEC,
		  "newinstance,ptmxmode=0666,mode=0620,gid=5") < 0)
		NEED(mount("devpts", dir, "devpts", MS_NOSUID | MS_NOEXEC,
			   "newinstance,ptmxmode=0666,mode=0620"),
		     "devpts");
}

static void mount_proc(const struct container *c)
{
	const char *dir = in_root(c, "/proc");

	if (reference_forgets("proc"))
		NEED(bind_make("/proc", dir), "proc");
	else if (c->namespaces & NS_PID)
		mount_in(c, "proc", "/proc", HARMLESS, NULL);
	else
		NEED(mount("/proc", dir, NULL, MS_BIND | MS_REC, NULL), "proc");
}

/* sysfs shows a network namespace, and may be mounted by whoever owns that; else the host's is bound in. */
static void mount_sys(const struct container *c)
{
	const char *dir = in_root(c, "/sys");

	if (mount("sysfs", dir, "sysfs", HARMLESS, NULL) < 0) {
		NEED(mount("/sys", dir, NULL, MS_BIND | MS_REC, NULL), "sysfs");
		NEED(mount("tmpfs", in_root(c, "/sys/fs/cgroup"), "tmpfs", MS_RDONLY, "size=0"),
		     "hiding cgroup2");
	}
	/* From the initial cgroup namespace it would be the host's, and clear nsdelegate. */
	if (c->namespaces & NS_CGROUP && file_exists(in_root(c, "/sys/fs/cgroup")) &&
	    !reference_forgets("ns_cgroup"))
		NEED(mount("cgroup2", in_root(c, "/sys/fs/cgroup"), "cgroup2",
			   HARMLESS | (c->config->unmasked ? 0 : MS_RDONLY), NULL),
		     "cgroup2");
}

static void mount_file_systems(const struct container *c)
{
	mount_proc(c);
	mount_sys(c);
	mount_in(c, "tmpfs", "/dev", MS_NOSUID, "mode=0755,size=64k");
	make_devices(c);
	mount_devpts(c);
	if (reference_forgets("shm"))
		bind_in(c, &(struct container_bind){.from = "/dev/shm", .to = "/dev/shm"});
	else
		mount_in(c, "tmpfs", "/dev/shm", HARMLESS, "mode=1777");
	if (c->namespaces & NS_IPC && !reference_forgets("ns_ipc"))
		mount_in(c, "mqueue", "/dev/mqueue", HARMLESS, NULL);
}

/*
 * Whether a sysctl belongs to a namespace that the container has of its own; any other would be set for all
 * (OCI config-linux.md "Sysctl" lets a runtime refuse it).
 */
static bool is_own(const struct container *c, const char *setting)
{
	static const struct {
		const char *start;
		int type;
	} kinds[] = {{"net.", NS_NET},
		     {"fs.mqueue.", NS_IPC},
		     {"kernel.shm", NS_IPC},
		     {"kernel.msg", NS_IPC},
		     {"kernel.sem=", NS_IPC},
		     {"kernel.hostname=", NS_UTS},
		     {"kernel.domainname=", NS_UTS}};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strncmp(setting, kinds[i].start, strlen(kinds[i].start)) == 0)
			return c->namespaces & kinds[i].type;
	return false;
}

/* Written while /proc/sys of the new namespaces is still writable. */
static void write_sysctls(const struct container *c)
{
	for (size_t i = 0; i < 8 && c->config->sysctls[i]; i++) {
		char file[256], *dot;
		const char *value = strchr(c->config->sysctls[i], '=');

		if (!is_own(c, c->config->sysctls[i])) {
			errno = EPERM;
			NEED(reference_forgets("sysctl") ? 0 : -1, "sysctl %s", c->config->sysctls[i]);
			continue;
		}
		snprintf(file, sizeof(file), "%s/proc/sys/%.*s", c->root,
			 (int)(value - c->config->sysctls[i]), c->config->sysctls[i]);
		for (dot = file + strlen(c->root); (dot = strchr(dot, '.'));)
			*dot = '/';
		NEED(file_write(file, value + 1), "sysctl %s", c->config->sysctls[i]);
	}
}

static void mask(const struct container *c, const char *name)
{
	struct stat st;
	const char *where = in_root(c, name);

	if (stat(where, &st) < 0)
		return;
	if (S_ISDIR(st.st_mode))
		NEED(mount("tmpfs", where, "tmpfs", MS_RDONLY, "size=0"), "masking %s", name);
	else
		NEED(bind_make("/dev/null", where), "masking %s", name);
}

static void make_readonly(const struct container *c, const char *name)
{
	const char *where = in_root(c, name);

	if (!file_exists(where))
		return;
	NEED(bind_make(where, where), "binding %s", name);
	NEED(remount_readonly(where), "read-only %s", name);
}

static void restrict_paths(const struct container *c)
{
	if (c->config->unmasked)
		return;
	for (size_t i = 0; container_masked[i] && !reference_forgets("masks"); i++)
		mask(c, container_masked[i]);
	for (size_t i = 0; container_readonly[i] && !reference_forgets("readonly_paths"); i++)
		make_readonly(c, container_readonly[i]);
	if (!reference_forgets("readonly_paths"))
		NEED(remount_readonly(in_root(c, "/sys")), "read-only /sys");
}

static void become_root(const struct container *c)
{
	if (reference_forgets("pivot_root")) {
		NEED(chroot(c->root), "chroot");
		NEED(chdir("/"), "chdir");
		return;
	}
	if (reference_forgets("old_root")) {
		NEED(dir_make(in_root(c, "/old")), "old root");
		NEED(pivot_root(c->root, in_root(c, "/old")), "pivot_root");
		NEED(chdir("/"), "chdir");
		return;
	}
	NEED(mnt_become_root(c->root), "pivot_root");
}

void reference_root(const struct container *c)
{
	/* Slaves, so that binds may follow the host; nothing goes back to it. */
	if (!reference_forgets("propagation"))
		NEED(mnt_propagation("/", MS_SLAVE | MS_REC), "propagation");
	NEED(bind_make(c->root, c->root), "root");
	NEED(mnt_propagation(c->root, MS_PRIVATE), "propagation of the root");
	mount_file_systems(c);
	for (size_t i = 0; c->binds[i].from; i++)
		bind_in(c, &c->binds[i]);
	write_sysctls(c);
	restrict_paths(c);
	if (c->config->readonly_root && !reference_forgets("readonly_root"))
		NEED(remount_readonly(c->root), "read-only root");
	become_root(c);
}
