// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NOBODY = 65534 };

int identity_choose(struct identity *id, bool *kvm_opens, struct fault *fault)
{
	struct stat st;
	bool there = !stat("/dev/kvm", &st) && S_ISCHR(st.st_mode);

	*id = (struct identity){.drop = geteuid() == 0};
	if (!id->drop) {
		int fd = there ? open("/dev/kvm", O_RDWR | O_CLOEXEC) : -1;

		*kvm_opens = fd >= 0;
		if (fd >= 0)
			close(fd);
		return 0;
	}

	const struct passwd *nobody = getpwnam("nobody");
	id->uid = nobody ? nobody->pw_uid : NOBODY;
	id->gid = id->kvm = nobody ? nobody->pw_gid : NOBODY;
	if (!id->uid || !id->gid)
		return fault_set(fault, EXIT_UNFINISHED,
				 "the account nobody has the ids of root: run nscheck as a user");
	*kvm_opens = there && (st.st_mode & 06) == 06;
	if (there && !*kvm_opens && st.st_gid && (st.st_mode & 060) == 060) {
		id->kvm = st.st_gid;
		*kvm_opens = true;
	}
	return 0;
}

static void give_up(const char *what)
{
	dprintf(STDERR_FILENO, "%s: %s\n", what, strerror(errno));
	_exit(127);
}

/* Out of the way first, so that no number is overwritten before it was moved. */
static void place_descriptors(const int fds[], int count, int err)
{
	int high[SPAWN_FDS_MAX], null = open("/dev/null", O_RDONLY);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(err, STDOUT_FILENO) < 0 ||
	    dup2(err, STDERR_FILENO) < 0)
		give_up("standard descriptors");
	for (int i = 0; i < count; i++) {
		high[i] = fds[i] < 0 ? -1 : fcntl(fds[i], F_DUPFD_CLOEXEC, SPAWN_FD_FIRST + count);
		if (fds[i] >= 0 && high[i] < 0)
			give_up("descriptors");
	}
	for (int i = 0; i < count; i++) {
		close(SPAWN_FD_FIRST + i);
		if (high[i] >= 0 && dup2(high[i], SPAWN_FD_FIRST + i) < 0)
			give_up("descriptors");
	}
	syscall(SYS_close_range, SPAWN_FD_FIRST + count, ~0U, 0);
}

static void drop_privileges(const struct identity *id)
{
	if (!id->drop)
		return;
	if (setgroups(1, &id->kvm) || setresgid(id->gid, id->gid, id->gid) ||
	    setresuid(id->uid, id->uid, id->uid))
		give_up("cannot drop privileges");
}

static void bound_resources(void)
{
	const struct rlimit no_core = {0, 0}, files = {256, 256};

	setrlimit(RLIMIT_CORE, &no_core);
	setrlimit(RLIMIT_NOFILE, &files);
}

static void reset_signals(void)
{
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void become(char *const *argv, const int fds[], int count, int err, const struct identity *id,
		   pid_t parent)
{
	setsid();
	place_descriptors(fds, count, err);
	bound_resources();
	/* Opened as who we are: nobody may not look into the folder that it lies in. */
	int program = strchr(argv[0], '/') ? open(argv[0], O_PATH | O_CLOEXEC) : -1;
	drop_privileges(id);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	reset_signals();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	if (program >= 0)
		execveat(program, "", argv, environ, AT_EMPTY_PATH);
	execvp(argv[0], argv);
	give_up(argv[0]);
}

pid_t spawn_program(char *const *argv, const int fds[], int count, int err, const struct identity *id,
		    int *pidfd)
{
	pid_t parent = getpid(), pid = fork();

	if (!pid)
		become(argv, fds, count, err, id, parent);
	if (pid < 0)
		return -1;
	*pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (*pidfd >= 0)
		return pid;
	kill(pid, SIGKILL);
	return -1;
}

static int copy_to_memory(int file, off_t size)
{
	int fd = memfd_create("nscheck", MFD_CLOEXEC);

	while (fd >= 0 && size > 0) {
		ssize_t n = sendfile(fd, file, NULL, (size_t)size);

		if (n <= 0) {
			close(fd);
			return -1;
		}
		size -= n;
	}
	return fd;
}

int spawn_share_file(const char *path, struct fault *fault)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st)) {
		fault_set(fault, EXIT_BAD_INPUT, "cannot read %s: %m", path);
		goto fail;
	}
	if (st.st_mode & S_IROTH)
		return fd;

	int copy = copy_to_memory(fd, st.st_size);
	if (copy < 0)
		fault_set(fault, EXIT_UNFINISHED, "cannot copy %s to memory: %m", path);
	close(fd);
	return copy;
fail:
	if (fd >= 0)
		close(fd);
	return -1;
}
