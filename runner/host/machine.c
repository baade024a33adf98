// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/machine.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/base/mem.h"
#include "runner/base/sha256.h"
#include "runner/base/text.h"

/* shared: kernel and image by descriptor where the monitor may not read the paths. */
static char **argv_of(const struct machine *m, bool shared, bool restoring, struct fault *fault)
{
	const struct machine_config *c = &m->config;
	char image[32], initrd[32];
	struct monitor_request r = {
		.program = c->program,
		.kernel = m->kernel->image,
		.initrd = m->initrd,
		.append = c->append,
		.accel = m->accel,
		.memory_mib = c->memory_mib,
		.cpus = c->cpus,
		.more = c->more,
		.more_count = c->more_count,
		.dumped = c->dumped,
		.shell = c->shell,
	};

	for (int i = 0; i < MONITOR_FDS; i++)
		r.fds[i] = SPAWN_FD_FIRST + i;
	if (!restoring)
		r.fds[MONITOR_SAVED] = -1;
	if (!c->debugged)
		r.fds[MONITOR_DEBUGGER] = -1;
	if (shared && m->kernel_fd >= 0) {
		snprintf(image, sizeof(image), "/dev/fd/%d", r.fds[MONITOR_KERNEL]);
		r.kernel = image;
	}
	if (shared && m->initrd_fd >= 0) {
		snprintf(initrd, sizeof(initrd), "/dev/fd/%d", r.fds[MONITOR_INITRD]);
		r.initrd = initrd;
	}
	return monitor_argv(m->monitor, &r, fault);
}

char *vm_command(const struct machine *m, struct fault *fault)
{
	char **argv = argv_of(m, false, false, fault);
	struct text command = {0};

	if (!argv)
		return NULL;
	for (char **a = argv; *a; a++)
		text_printf(&command, strpbrk(*a, " '\"$&;|<>()*?") ? "%s'%s'" : "%s%s", a == argv ? "" : " ",
			    *a);
	monitor_argv_free(argv);
	return text_take(&command);
}

static void hash_string(struct sha256 *sum, const char *s)
{
	sha256_add(sum, s, strlen(s) + 1);
}

int machine_snapshot_key(const struct machine *m, char key[65], struct fault *fault)
{
	char **argv = argv_of(m, false, false, fault), *image;
	struct sha256 sum;
	struct stat st;

	if (!argv)
		return -1;
	if (stat(m->initrd, &st)) {
		monitor_argv_free(argv);
		return fault_set(fault, EXIT_UNFINISHED, "cannot read %s: %m", m->initrd);
	}
	/* Its name, which is in argv, tells its content; its time only when it was last used. */
	image = mem_printf("%lld", (long long)st.st_size);
	sha256_begin(&sum);
	hash_string(&sum, m->kernel->sha256);
	hash_string(&sum, image);
	hash_string(&sum, m->monitor_version);
	for (char **a = argv; *a; a++)
		hash_string(&sum, *a);
	sha256_end(&sum, key);
	free(image);
	monitor_argv_free(argv);
	return 0;
}

static void close_all(const int fds[], int count)
{
	for (int i = 0; i < count; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

/* Socket pairs: one end for this program, which does not block, one for the monitor. */
static int make_pairs(int mine[CHANNELS], int theirs[CHANNELS])
{
	for (int i = 0; i < CHANNELS; i++)
		mine[i] = theirs[i] = -1;
	for (int i = 0; i < CHANNELS; i++) {
		int pair[2];

		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
			return -1;
		mine[i] = pair[0];
		theirs[i] = pair[1];
		fcntl(mine[i], F_SETFL, O_NONBLOCK);
	}
	return 0;
}

static int spawn_monitor(const struct machine *m, char *const *argv, const int theirs[CHANNELS], int saved,
			 int errors, struct started *s)
{
	int fds[MONITOR_FDS];

	for (int i = 0; i < CHANNEL_ERRORS; i++)
		fds[i] = theirs[i];
	fds[MONITOR_SAVED] = saved;
	fds[MONITOR_KERNEL] = m->kernel_fd;
	fds[MONITOR_INITRD] = m->initrd_fd;
	fds[MONITOR_DEBUGGER] = m->debugger_fd;
	s->pid = spawn_program(argv, fds, MONITOR_FDS, errors < 0 ? theirs[CHANNEL_ERRORS] : errors,
			       &m->identity, &s->process);
	return s->pid < 0 ? -1 : 0;
}

int machine_start(const struct machine *m, int saved, int errors, struct started *s, struct fault *fault)
{
	char **argv = argv_of(m, true, saved >= 0, fault);
	int theirs[CHANNELS], err;

	if (!argv)
		return -1;
	err = make_pairs(s->channels, theirs);
	if (err)
		fault_set(fault, EXIT_UNFINISHED, "cannot make the VM's channels: %m");
	else if ((err = spawn_monitor(m, argv, theirs, saved, errors, s)))
		fault_set(fault, EXIT_UNFINISHED, "cannot start %s: %m", m->monitor->title);
	close_all(theirs, CHANNELS);
	if (err)
		close_all(s->channels, CHANNELS);
	monitor_argv_free(argv);
	return err;
}
