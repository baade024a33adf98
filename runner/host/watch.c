// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/watch.h"

#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "runner/base/sha256.h"

/* One file, and what was in it when the last round began. */
struct watched {
	const char *path;
	char *folder;
	const char *name; /* in the folder */
	int watch;
	char sum[65]; /* "": it was not there, or not whole */
};

struct watching {
	struct watched *files;
	size_t count;
	int events, signals;
};

/* ---- whether a file is whole ---- */

/* A lease to read is not given while somebody writes. Who may not ask, or a file system without, knows nothing. */
static bool is_being_written(int fd)
{
	if (!fcntl(fd, F_SETLEASE, F_RDLCK)) {
		fcntl(fd, F_SETLEASE, F_UNLCK);
		return false;
	}
	return errno == EAGAIN;
}

/* How long a kernel or program has to be at least, by its own header; 0: that says nothing. */
static uint64_t length_by_header(int fd)
{
	unsigned char head[0x210] = {0};
	Elf64_Ehdr elf;
	uint32_t blocks;

	if (pread(fd, head, sizeof(head), 0) < (ssize_t)sizeof(elf))
		return 1;
	memcpy(&elf, head, sizeof(elf));
	if (!memcmp(head, ELFMAG, SELFMAG) && head[EI_CLASS] == ELFCLASS64)
		return le64toh(elf.e_shoff) + (uint64_t)le16toh(elf.e_shnum) * le16toh(elf.e_shentsize);
	if (memcmp(head + 0x202, "HdrS", 4) != 0)
		return 0;
	memcpy(&blocks, head + 0x1f4, sizeof(blocks)); /* of 16 bytes, behind the sectors of the setup code */
	return (head[0x1f1] + 1U) * 512ULL + le32toh(blocks) * 16ULL;
}

static bool is_whole(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size && !is_being_written(fd) &&
	       length_by_header(fd) <= (uint64_t)st.st_size;
}

bool watch_is_whole(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool whole = fd >= 0 && is_whole(fd);

	if (fd >= 0)
		close(fd);
	return whole;
}

/* The checksum of a file that is whole, before and after it was read; "" of another. */
static void sum_of(const char *path, char sum[65])
{
	static unsigned char block[1 << 16];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct sha256 state;
	ssize_t n = -1;

	*sum = '\0';
	if (fd < 0)
		return;
	if (is_whole(fd)) {
		sha256_begin(&state);
		while ((n = read(fd, block, sizeof(block))) > 0)
			sha256_add(&state, block, (size_t)n);
		sha256_end(&state, sum);
	}
	if (n || !is_whole(fd))
		*sum = '\0';
	close(fd);
}

/* ---- waiting ---- */

/* The file itself, or the one that a link leads to. */
static int watch_file(struct watching *w, struct watched *f, const char *path, struct fault *fault)
{
	char *real = realpath(path, NULL), *slash;

	f->path = path;
	f->folder = real ? real : mem_strdup(path);
	slash = strrchr(f->folder, '/');
	if (slash) {
		*slash = '\0';
		f->name = slash + 1;
	} else {
		f->name = path;
	}
	f->watch = inotify_add_watch(w->events,
				     !slash       ? "."
				     : *f->folder ? f->folder
						  : "/",
				     IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE);
	if (f->watch < 0)
		return fault_set(fault, EXIT_BAD_INPUT, "--watch: cannot watch the folder of %s: %m", path);
	return 0;
}

static int watch_begin(struct watching *w, const struct strings *files, struct fault *fault)
{
	sigset_t set, blocked;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	blocked = set;
	sigaddset(&blocked, SIGIO); /* who begins to write while the lease is held */
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	*w = (struct watching){.events = inotify_init1(IN_CLOEXEC | IN_NONBLOCK),
			       .signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK),
			       .files = mem_zalloc(files->count * sizeof(*w->files)),
			       .count = files->count};
	if (w->events < 0 || w->signals < 0)
		return fault_set(fault, EXIT_UNFINISHED, "--watch: cannot wait for changes: %m");
	for (size_t i = 0; i < w->count; i++)
		if (watch_file(w, &w->files[i], files->items[i], fault))
			return -1;
	return 0;
}

static void watch_end(struct watching *w)
{
	for (size_t i = 0; i < w->count; i++)
		free(w->files[i].folder);
	free(w->files);
	close(w->events);
	close(w->signals);
}

/* Something happened to a file: whether it is another one now. */
static bool has_changed(struct watched *f)
{
	char now[65];

	sum_of(f->path, now);
	if (!*now || !strcmp(now, f->sum))
		return false;
	memcpy(f->sum, now, sizeof(now));
	return true;
}

/* The first of the files that has changed by the events that came, or NULL. */
static struct watched *take_events(struct watching *w)
{
	_Alignas(struct inotify_event) char buf[4096];
	struct watched *changed = NULL;
	ssize_t n;

	while ((n = read(w->events, buf, sizeof(buf))) > 0)
		for (char *at = buf; at < buf + n;) {
			const struct inotify_event *e = (const void *)at;

			for (size_t i = 0; i < w->count; i++) {
				struct watched *f = &w->files[i];
				bool about = e->mask & IN_Q_OVERFLOW ||
					     (e->wd == f->watch && e->len && !strcmp(e->name, f->name));

				if (about && has_changed(f) && !changed)
					changed = f;
			}
			at += sizeof(*e) + e->len;
		}
	return changed;
}

/* The signal that came, 0: none. to: who gets it too, when somebody sent it to this process alone; 0: nobody. */
static int take_signal(const struct watching *w, pid_t to)
{
	struct signalfd_siginfo info;

	if (read(w->signals, &info, sizeof(info)) != sizeof(info))
		return 0;
	if (to && info.ssi_code == SI_USER)
		kill(to, (int)info.ssi_signo);
	return (int)info.ssi_signo;
}

/* Waits for a file that has changed; NULL: for a signal that ends it. */
static struct watched *await_change(struct watching *w)
{
	struct pollfd fds[] = {{w->events, POLLIN, 0}, {w->signals, POLLIN, 0}};
	struct watched *changed;

	for (;;) {
		changed = take_events(w);
		if (take_signal(w, 0))
			return NULL;
		if (changed)
			return changed;
		poll(fds, 2, -1);
	}
}

/* ---- rounds ---- */

static _Noreturn void be_round(int (*round)(void *, int), void *arg, int number)
{
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	int status = round(arg, number);
	fflush(NULL);
	_exit(status);
}

/* Returns its exit status; *stopped: whether a signal came. */
static int do_round(const struct watching *w, int (*round)(void *, int), void *arg, int number, bool *stopped)
{
	fflush(NULL);
	pid_t pid = fork();
	int status = EXIT_UNFINISHED << 8;

	if (!pid)
		be_round(round, arg, number);
	if (pid < 0)
		return EXIT_UNFINISHED;
	struct pollfd fds[] = {{(int)syscall(SYS_pidfd_open, pid, 0), POLLIN, 0}, {w->signals, POLLIN, 0}};
	while (fds[0].fd >= 0 && !fds[0].revents) {
		poll(fds, 2, -1);
		*stopped |= take_signal(w, pid) != 0;
	}
	waitpid(pid, &status, 0);
	close(fds[0].fd);
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_UNFINISHED;
}

static void print_header(int number, const struct watched *changed)
{
	char clock[16];
	time_t now = time(NULL);
	struct tm tm;

	strftime(clock, sizeof(clock), "%H:%M:%S", localtime_r(&now, &tm));
	printf("%s==== round %d, %s%s%s ====\n", number > 1 ? "\n" : "", number, clock,
	       changed ? ": another " : "", changed ? changed->path : "");
}

static void print_footer(const struct watching *w, int number, int status)
{
	printf("==== round %d ended with status %d; the next one begins with another ", number, status);
	for (size_t i = 0; i < w->count; i++)
		printf("%s%s", i ? " or " : "", w->files[i].path);
	puts(" ====");
	fflush(stdout);
}

int watch_rounds(const struct strings *files, int (*round)(void *arg, int number), void *arg,
		 struct fault *fault)
{
	struct watched *changed = NULL;
	struct watching w;
	bool stopped = false;
	int status = EXIT_UNFINISHED;

	if (!watch_begin(&w, files, fault)) {
		for (size_t i = 0; i < w.count; i++)
			sum_of(w.files[i].path, w.files[i].sum);
		for (int number = 1; !stopped; number++) {
			print_header(number, changed);
			status = do_round(&w, round, arg, number, &stopped);
			if (stopped)
				break;
			print_footer(&w, number, status);
			changed = await_change(&w);
			stopped = !changed;
		}
	}
	watch_end(&w);
	return fault->status ? fault->status : status;
}
