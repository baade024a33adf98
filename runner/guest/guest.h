/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_GUEST_GUEST_H
#define RUNNER_GUEST_GUEST_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

/* The parts of nscheck-init, PID 1 of the VM. What only it can find out goes to the kernel log. */

/* Says why on the console and ends the VM: nothing of the harness can go on. */
void die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* init.c: mounts, modules, loopback; afterwards the VM looks like a small Linux system. */
void init_system(void);
/* True if a word of the kernel command line is exactly this. */
bool init_asked_for(const char *word);

/* port.c: the two channels to the host, or one serial line for both where virtio_console is missing. */
struct ports {
	int orders;    /* host to guest */
	FILE *results; /* guest to host */
};
void ports_open(struct ports *ports);
/* Listens for new ports: must be made before virtio_console is loaded. */
int ports_listen(void);

/* orders.c: reads what the host asks for. */
struct orders {
	int fd;
	char buffer[65536];
	size_t used;
};
/* The next whole line without its newline, in the buffer until the next call; NULL if there is none yet. */
char *orders_line(struct orders *orders);
/* Reads once, waiting for input; the end of the channel ends the VM. */
void orders_fill(struct orders *orders);
/* Takes exactly `size` bytes that follow a line to `fd`. False if they cannot be stored. */
bool orders_copy(struct orders *orders, size_t size, int fd);

/* hygiene.c: what a test must leave as it found it in the initial namespaces. */
struct hygiene;
struct hygiene *hygiene_look(void);
/* Brings a state up to date; prints each difference as a "# leak: ..." line, true if there was one. */
bool hygiene_differs(struct hygiene *state, FILE *out);
void hygiene_free(struct hygiene *hygiene);

/* box.c: the cgroup that holds every process of one test; helpers/cgroup.c knows it by this name as well. */
#define BOX_NAME "test"
/* Unless it is still there. */
void box_make(void);
/* Lists processes still in the box as "# leak: ..." lines; true if there are any. */
bool box_occupied(FILE *out);
/* Ends whatever is in the box, waits until it is empty, reaps; removes it, or keeps it if it is as it was made. */
void box_destroy(bool keep);

/* suites.c: the test binary, once the host has sent it. */
void suites_take(struct orders *orders, size_t size);
/* Sends the server of the tests a line: "FACTOR FLAGS ID" starts a test, whose main process is its child in the box. */
bool suites_ask(const char *request);
/* Where its answers are read, without waiting; what it says of a test ends with the verdict. */
int suites_answers(void);
/* Ends the server, if there is one, and gives its wait status; the next test starts another. */
int suites_stop(void);
/* The server, a child of this process; 0: none. */
pid_t suites_server(void);

/* agent.c: serves the host's orders until the VM ends. */
void agent_serve(struct ports *ports) __attribute__((noreturn));
/* test.c: runs one test and prints its result. */
void test_run(struct ports *ports, struct orders *orders, double factor, const char *flags, const char *id);
/* What was not a test has changed the system: what it left is nobody's leak. */
void test_system_changed(void);
/* agent.c: what may be asked while a test runs (a task dump); false for any other order. */
bool agent_urgent(const char *line);

#define SUITES "/bin/nscheck-guest" /* where the streamed test binary lives */

#endif
