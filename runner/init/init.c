// SPDX-License-Identifier: GPL-2.0-only
/* PID 1 of the VM: makes the initramfs look like a small system, then serves the host. */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/contract.h"
#include "runner/init/agent.h"
#include "runner/init/die.h"
#include "runner/init/port.h"
#include "runner/init/words.h"

static void mount_at(const char *type, const char *where, const char *data)
{
	if (mkdir(where, 0755) < 0 && errno != EEXIST)
		die("mkdir %s: %s", where, strerror(errno));
	if (mount(type, where, type, 0, data) < 0)
		die("mount %s on %s: %s", type, where, strerror(errno));
}

/* Where a kernel may be built without it, the tests that need it find out by themselves. */
static void mount_if_known(const char *type, const char *where, const char *data)
{
	mkdir(where, 0755);
	if (mount(type, where, type, 0, data) < 0 && data)
		mount(type, where, type, 0, NULL);
}

/*
 * pivot_root(2) refuses the root of the initramfs, which has no parent mount. A bind mount of the same
 * tree moved on top of it is a root like any other.
 */
static void lift_root(void)
{
	if (mount("/", "/mnt", NULL, MS_BIND, NULL) < 0 || chdir("/mnt") < 0 ||
	    mount(".", "/", NULL, MS_MOVE, NULL) < 0 || chroot(".") < 0 || chdir("/") < 0)
		die("cannot lift the root off the initramfs: %s", strerror(errno));
}

static void write_file(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return; /* this kernel has no such knob */
	if (write(fd, text, strlen(text)) < 0)
		die("cannot write %s: %s", file, strerror(errno));
	close(fd);
}

static void loopback_up(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP};

	if (fd >= 0)
		ioctl(fd, SIOCSIFFLAGS, &lo);
	close(fd);
}

static void load_virtio(void)
{
	char *argv[] = {"modprobe", "-a", "-q", "virtio_pci", "virtio_console", NULL},
	     *envp[] = {"PATH=/sbin:/bin", NULL};
	pid_t pid;

	if (access("/sbin/modprobe", X_OK) < 0 ||
	    posix_spawn(&pid, "/sbin/modprobe", NULL, NULL, argv, envp) != 0)
		return; /* a kernel without modules: built in, or the serial line serves */
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* Mounts, modules, loopback; afterwards the VM looks like a small Linux system. */
static void set_up_system(void)
{
	umask(0);
	lift_root();
	mount_at("proc", "/proc", NULL);
	mount_at("sysfs", "/sys", NULL);
	mount_at("devtmpfs", "/dev", "mode=0755");
	mount_if_known("devpts", "/dev/pts", "gid=5,mode=620,ptmxmode=666");
	mount_if_known("tmpfs", "/dev/shm", "mode=1777");
	mount_if_known("mqueue", "/dev/mqueue", NULL);
	mount_if_known("cgroup2", "/sys/fs/cgroup", "nsdelegate");
	mount_at("tmpfs", "/run", "mode=0755");
	mount_at("tmpfs", "/tmp", "mode=1777");
	mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	umask(022);
	/* Tunnel modules would add a device to every new network namespace. */
	write_file("/proc/sys/net/core/fb_tunnels_only_for_init_net", "1");
	/* The host may ask for tasks on the console, when nothing else answers. */
	write_file("/proc/sys/kernel/sysrq", "1");
	/* Or the kernel drops most of the marks between tests. */
	write_file("/proc/sys/kernel/printk_devkmsg", "on\n");
	loopback_up();
	load_virtio();
}

/* True if a word of the kernel command line is exactly this. */
static bool asked_for(const char *word)
{
	char line[4096] = "";
	int fd = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, line, sizeof(line) - 1) < 0)
		die("cannot read the kernel command line: %s", strerror(errno));
	close(fd);
	line[strcspn(line, "\n")] = '\0';
	return has_word(line, word);
}

/* A shell on the console for whoever debugs a test; its end is the end of the VM. */
static void shell(void)
{
	char *argv[] = {"sh", "-l", NULL}, *envp[] = {"PATH=/bin:/sbin:/usr/bin:/usr/sbin", "HOME=/root",
						      "TERM=vt100", "PS1=" SHELL_PROMPT, NULL};
	pid_t pid = fork();

	if (pid == 0) {
		int tty = (setsid(), open("/dev/" TTY_CONSOLE, O_RDWR));
		ioctl(tty, TIOCSCTTY, 1);
		dup2(tty, 0);
		dup2(tty, 1);
		dup2(tty, 2);
		puts("A shell in the VM. nscheck-guest --list names the tests, nscheck-guest ID runs one; "
		     "exit ends the VM.");
		fflush(stdout);
		execve("/bin/sh", argv, envp);
		_exit(127);
	}
	while (wait(NULL) != pid)
		;
	reboot(RB_AUTOBOOT);
}

int main(void)
{
	struct ports ports;

	if (getpid() != 1) {
		fputs("nscheck-init is the first process of an nscheck VM and nothing else\n", stderr);
		return EXIT_FAILURE;
	}
	int listener = ports_listen();
	set_up_system();
	if (asked_for(WORD_SHELL))
		shell();
	ports_open(&ports, listener);
	agent_serve(&ports);
}
