// SPDX-License-Identifier: GPL-2.0-only
/*
 * A virtual machine that is none: the program behind the monitor of fake-monitor.c, whose command line and lines it
 * takes. It boots, is saved and restored, and plays the guest that $FAKE_MACHINE describes, so that the host program is tested in milliseconds.
 *
 * FAKE_MACHINE holds words, split by commas. For the VM: no-hello, foreign (another version of the contract), dies (before hello), silent-death (and says
 * nothing), mute (lives and says nothing), killed-booting, killed-restoring, panics, restore-fails, save-fails, dump-fails, kvm-fails, serial (speaks on ttyS1), setup-fails, setup-panics, setup-killed (once it says something), slow (50 ms a
 * test), no-bye. For a test, as WORD:ID: fail, fail-later (as crash-later), skip, timeout, leak, error, hang, crash, crash-later (only when it is
 * not the VM's first), crash-cold (as crash-later, in a booted VM), crash-after (only when all trigger:IDs ran before it in the VM), fail-warm (in a VM that was restored), vanish, splat, late-splat, flood, garbage, twice, other, half, escape, survive, bad-number,
 * unheard-of, no-marks; killed, killed-cold (in a booted VM), terminated and fails, which are ends of the monitor by no doing of the guest. A kernel of a test's own may hold more of them, which count for that kernel.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runner/contract.h"

static int talk = -1, console = -1, results = -1, control = -1, serial2 = -1, saved = -1;
static const char *script = "";
static char release[64] = "6.0.0-fake", own_script[1000]; /* of the kernel */
static bool kvm, restored, dumped;
static int tests_run, triggers_run;

static void out(int fd, const char *text)
{
	size_t len = strlen(text);

	while (len) {
		ssize_t n = send(fd, text, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			exit(0);
		text += n;
		len -= (size_t)n;
	}
}

__attribute__((format(printf, 2, 3))) static void outf(int fd, const char *fmt, ...)
{
	char text[8192];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	out(fd, text);
}

static bool holds(const char *words, const char *wanted)
{
	size_t len = strlen(wanted);

	for (const char *s = words; *s; s += strcspn(s, ",")) {
		s += *s == ',';
		if (strcspn(s, ",") == len && !strncmp(s, wanted, len))
			return true;
	}
	return false;
}

/* Whether the script, or that of the kernel, holds WORD, or WORD:ID. */
static bool plays(const char *word, const char *id)
{
	char wanted[300];

	snprintf(wanted, sizeof(wanted), "%s%s%s", word, id ? ":" : "", id ? id : "");
	return holds(script, wanted) || holds(own_script, wanted);
}

static int channel(void)
{
	return plays("serial", NULL) ? serial2 : results;
}

#define say(...) outf(channel(), __VA_ARGS__)

/* A kernel may bring its release and a script of its own (runner/tests/host/fake-vm.c). */
static void take_kernel(const char *path)
{
	FILE *f = fopen(path, "re");

	int first = f ? fgetc(f) : EOF;

	if (first >= '0' && first <= '9' && ungetc(first, f) != EOF &&
	    fscanf(f, "%63s %999[^\n]", release, own_script) < 1)
		strcpy(release, "6.0.0-fake");
	if (f)
		fclose(f);
}

static void take_argument(const char *word)
{
	static const struct {
		const char *name;
		int *fd;
	} channels[] = {
		{"talk", &talk},      {"console", &console}, {"results", &results},
		{"orders", &control}, {"serial2", &serial2}, {"saved", &saved},
	};
	const char *value = strchr(word, '=');
	size_t len = value ? (size_t)(value - word) : 0;

	for (size_t i = 0; value && i < sizeof(channels) / sizeof(*channels); i++)
		if (strlen(channels[i].name) == len && !strncmp(channels[i].name, word, len))
			*channels[i].fd = atoi(value + 1);
	if (!strncmp(word, "kernel=", 7))
		take_kernel(value + 1);
	if (!strcmp(word, "accel=kvm"))
		kvm = true;
	if (!strcmp(word, "dumped=1"))
		dumped = true;
}

static void take_talk(void);

static void crash(const char *reason)
{
	outf(talk, "ending %s\n", reason);
	while (dumped)
		take_talk();
	exit(0);
}

static void oops(void)
{
	out(console, "[    2.000000] BUG: kernel NULL pointer dereference, address: 0000000000000008\r\n"
		     "[    2.000001] RIP: 0010:fake_crash+0x12/0x34\r\n[    2.000002]  ? guessed+0x1/0x2\r\n"
		     "[    2.000003]  fake_caller+0x1/0x9\r\n[    2.000004]  do_syscall_64+0x3b/0x90\r\n"
		     "[    2.000005] Kernel panic - not syncing: Fatal exception\r\n");
	crash("guest-panic");
}

static void noise(void)
{
	static char block[65536];

	for (size_t i = 0; i < sizeof(block) - 1; i++)
		block[i] = (char)(i * 7 % 251 + 1);
	for (int i = 0; i < 1600; i++)
		out(channel(), block);
}

static void tell_end(const char *ending, const char *id)
{
	say(SAYS_MICROS "1234\n" SAYS_END "%s %s\n", ending, id);
}

/* The ends that a test may come to; the last is the usual one. */
static void end_test(const char *id, const char *flags)
{
	bool sabotage = !strncmp(flags, FLAG_SABOTAGE, strlen(FLAG_SABOTAGE));

	if (plays("fail", id) || (plays("fail-later", id) && tests_run) ||
	    (plays("fail-runc", id) && strstr(flags, FLAG_RUNTIME "runc")) ||
	    (plays("fail-warm", id) && restored) || (sabotage && !plays("survive", id))) {
		say("# detail: more of it\n" SAYS_ROLE "init\n" SAYS_PLACE "suites/%s\n", "fake/one.c:42");
		say(SAYS_RECORD "claim\n" SAYS_MESSAGE "%s\n", "in 'init': getpid() is 2, expected 1");
		tell_end("itself", id);
	} else if (plays("skip", id)) {
		say(SAYS_RECORD "lack\n" SAYS_MESSAGE "%s\n", "no veth here");
		tell_end("itself", id);
	} else if (plays("absent", id)) {
		say(SAYS_RECORD "absence\n" SAYS_MESSAGE "%s\n", "no veth here");
		tell_end("never", id);
	} else if (plays("timeout", id)) {
		tell_end("limit", id);
	} else if (plays("leak", id)) {
		say(SAYS_LEFT "%s\n", "+ link: fake0");
		tell_end("itself", id);
	} else if (plays("error", id)) {
		say(SAYS_RECORD "arrangement\n" SAYS_MESSAGE "%s\n", "cannot arrange");
		tell_end("itself", id);
	} else if (plays("escape", id)) {
		say(SAYS_RECORD "claim\n" SAYS_MESSAGE "%s\n", "\033]0;owned\007\r<b>&\"'\xff");
		tell_end("itself", id);
	} else if (plays("unheard-of", id)) {
		tell_end("well", id);
	} else {
		tell_end("itself", id);
	}
}

static int triggers(void)
{
	int n = 0;

	for (const char *s = script; (s = strstr(s, "trigger:")); s++)
		n++;
	return n;
}

static void disturb(const char *id)
{
	if (plays("splat", id))
		out(console, "[    3.000000] WARNING: CPU: 0 PID: 7 at fs/fake.c:12 fake_warn+0x1/0x2\r\n");
	if (plays("crash", id) || (plays("crash-later", id) && tests_run) ||
	    (plays("crash-cold", id) && tests_run && !restored) ||
	    (plays("crash-after", id) && triggers_run == triggers()))
		oops();
	if (plays("vanish", id))
		exit(0);
	if (plays("killed", id) || (plays("killed-cold", id) && !restored))
		raise(SIGKILL);
	if (plays("terminated", id)) {
		out(talk, "ended-by-host host-signal\n");
		exit(0);
	}
	if (plays("fails", id))
		exit(1);
	if (plays("hang", id)) {
		while (dumped)
			take_talk();
		for (;;)
			pause();
	}
	if (plays("flood", id))
		noise();
	if (plays("garbage", id))
		out(channel(), "\x01\x02\xff\n\n" SAYS "\n" SAYS "end\nok\nnot ok \n# \n\x1b[2J\n");
	if (plays("other", id))
		out(channel(), SAYS_END "itself a.never\n");
	if (plays("bad-number", id))
		say(SAYS_MICROS "%s\n" SAYS_PLACE "x:99999999999999999999\n", "-1e99");
	if (plays("half", id)) {
		say(SAYS_END "itself %.3s", id);
		exit(0);
	}
}

static void run_test(char *order)
{
	char *save, *flags;
	const char *id;

	strtok_r(order, " ", &save);
	flags = strtok_r(NULL, " ", &save);
	id = strtok_r(NULL, " ", &save);
	say(SAYS_START "%s\n", id);
	if (!plays("no-marks", id))
		outf(console, "[    1.000000] " LOG_MARK LOG_START "%s\r\n", id);
	if (plays("slow", NULL))
		poll(NULL, 0, 50);
	disturb(id);
	if (!plays("no-marks", id))
		outf(console, "[    4.000000] " LOG_MARK LOG_END "%s", id);
	end_test(id, flags);
	if (!plays("no-marks", id))
		out(console, "\r\n");
	if (plays("twice", id))
		say(SAYS_END "itself %s\n", id);
	if (plays("late-splat", id))
		out(console, "[    5.000000] WARNING: CPU: 1 PID: 9 at fs/late.c:1 late+0x1/0x2\r\n");
	tests_run++;
	triggers_run += plays("trigger", id);
}

/* Orders that bring bytes along: how many are still to come, and what is said then. */
static size_t owed;
static char answer[200];

static void got_suites(void)
{
	out(channel(), answer);
}

static void got_setup(void)
{
	if (plays("setup-panics", NULL) || plays("setup-killed", NULL))
		out(channel(), "# so far\n");
	if (plays("setup-panics", NULL))
		oops();
	if (plays("setup-killed", NULL))
		raise(SIGKILL);
	out(channel(), answer);
}

static void (*brings)(void) = got_suites;

static void take_order(char *line)
{
	if (!strncmp(line, ORDER_SUITES, strlen(ORDER_SUITES))) {
		owed = strtoul(line + strlen(ORDER_SUITES), NULL, 10);
		snprintf(answer, sizeof(answer), SAYS_SUITES "%zu\n", owed);
		brings = got_suites;
	} else if (!strncmp(line, ORDER_SETUP, strlen(ORDER_SETUP))) {
		owed = strtoul(line + strlen(ORDER_SETUP), NULL, 10);
		snprintf(answer, sizeof(answer),
			 plays("setup-fails", NULL) ? "# no such\n# thing\n" SAYS_SETUP "7\n"
						    : "# well done\n" SAYS_SETUP "0\n");
		brings = got_setup;
	} else if (!strncmp(line, ORDER_RUN, strlen(ORDER_RUN))) {
		run_test(line + strlen(ORDER_RUN));
	} else if (!strcmp(line, ORDER_BYE) && !plays("no-bye", NULL)) {
		out(channel(), SAYS_BYE "\n");
		crash("guest-shutdown");
	}
}

static void take_control(int fd)
{
	static char line[4096];
	static size_t len;
	char buf[65536];
	ssize_t n = read(fd, buf, sizeof(buf));

	if (n <= 0)
		exit(0);
	for (ssize_t i = 0; i < n; i++) {
		if (owed) {
			if (!--owed)
				brings();
		} else if (buf[i] == '\n') {
			line[len] = '\0';
			len = 0;
			take_order(line);
		} else if (len < sizeof(line) - 1) {
			line[len++] = buf[i];
		}
	}
}

static const char state[] = "the state of a fake VM";

static void take_command(const char *line)
{
	if (!strcmp(line, "save") && plays("save-fails", NULL))
		out(talk, "not-saved the disk is full\n");
	else if (!strcmp(line, "save"))
		outf(talk, "saved %s\n", state);
	else if (!strcmp(line, "dump") && plays("dump-fails", NULL))
		out(talk, "not-dumped the disk is full\n");
	else if (!strcmp(line, "dump"))
		out(talk, "dumped the memory of a fake VM\n");
	else if (!strcmp(line, "restored?"))
		out(talk, "restored\n");
}

static void take_talk(void)
{
	static char line[200];
	static size_t len;
	char buf[4096];
	ssize_t n = read(talk, buf, sizeof(buf));

	if (n <= 0)
		exit(0);
	for (ssize_t i = 0; i < n; i++) {
		if (buf[i] != '\n') {
			if (len < sizeof(line) - 1)
				line[len++] = buf[i];
			continue;
		}
		line[len] = '\0';
		len = 0;
		take_command(line);
	}
}

static void restore(void)
{
	char found[sizeof(state)] = "";

	if (plays("killed-restoring", NULL))
		raise(SIGKILL);
	if (plays("restore-fails", NULL) || read(saved, found, sizeof(found) - 1) != sizeof(state) - 1 ||
	    strcmp(found, state)) {
		fputs("fake-machine: cannot be restored\n", stderr);
		exit(1);
	}
	restored = true;
	out(talk, "wait\n");
}

static void boot(void)
{
	if (plays("silent-death", NULL))
		exit(0);
	if (plays("killed-booting", NULL))
		raise(SIGKILL);
	if (plays("dies", NULL) || (kvm && plays("kvm-fails", NULL))) {
		fputs("fake-machine: cannot do that\n", stderr);
		exit(1);
	}
	if (plays("mute", NULL))
		return;
	outf(console, "[    0.000000] Linux version %s\r\n", release);
	if (plays("panics", NULL)) {
		out(console, "[    0.100000] Kernel panic - not syncing: VFS: Unable to mount root fs\r\n");
		crash("guest-panic");
	}
	if (!plays("no-hello", NULL))
		say(SAYS_HELLO "%d %s\n", plays("foreign", NULL) ? CONTRACT_VERSION + 1 : CONTRACT_VERSION,
		    release);
}

int main(int argc, char **argv)
{
	if (getenv("FAKE_MACHINE"))
		script = getenv("FAKE_MACHINE");
	if (argc == 2 && !strcmp(argv[1], "--version")) {
		puts("fake 0.1");
		return 0;
	}
	for (int i = 1; i < argc; i++)
		take_argument(argv[i]);
	if (saved >= 0)
		restore();
	else
		boot();
	for (;;) {
		struct pollfd fds[] = {{talk, POLLIN, 0},
				       {channel() == serial2 ? serial2 : control, POLLIN, 0}};

		if (poll(fds, 2, -1) < 0)
			return 1;
		if (fds[0].revents)
			take_talk();
		if (fds[1].revents)
			take_control(fds[1].fd);
	}
}
